package dev.kerr.inspect;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The metadata of an image, or of one application in it; a text is empty where the image has none.
///
/// @param environment scripts that set variables, by their path
/// @param labels by key
/// @param scripts the other texts
public record Attributes(SortedMap<String, String> environment, SortedMap<String, String> labels, Scripts scripts) {
    /// The texts of an image that stand alone.
    ///
    /// @param deffile the definition it was built from; always empty for an application
    public record Scripts(String runscript, String test, String helpfile, String deffile, String startscript) {
        /// No text at all.
        public static final Scripts NONE = new Scripts("", "", "", "", "");

        public Scripts {
            requireNonNull(runscript);
            requireNonNull(test);
            requireNonNull(helpfile);
            requireNonNull(deffile);
            requireNonNull(startscript);
        }
    }

    /// Nothing.
    public static final Attributes NONE = new Attributes(new TreeMap<>(), new TreeMap<>(), Scripts.NONE);

    public Attributes {
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        requireNonNull(scripts);
    }

    /// These attributes without all that is not in `aspects`.
    Attributes only(Set<Aspect> aspects) {
        Scripts kept = new Scripts(
                aspects.contains(Aspect.RUNSCRIPT) ? scripts.runscript() : "",
                aspects.contains(Aspect.TEST) ? scripts.test() : "",
                aspects.contains(Aspect.HELPFILE) ? scripts.helpfile() : "",
                aspects.contains(Aspect.DEFFILE) ? scripts.deffile() : "",
                aspects.contains(Aspect.STARTSCRIPT) ? scripts.startscript() : "");
        return new Attributes(
                new TreeMap<>(aspects.contains(Aspect.ENVIRONMENT) ? environment : Map.of()),
                new TreeMap<>(aspects.contains(Aspect.LABELS) ? labels : Map.of()),
                kept);
    }
}
