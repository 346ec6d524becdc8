package dev.kerr.inspect;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an image says about itself.
///
/// @param image the image's own attributes
/// @param apps those of its applications (SCIF), by name
public record Inspection(Attributes image, SortedMap<String, Attributes> apps) {
    public Inspection {
        requireNonNull(image);
        apps = Collections.unmodifiableSortedMap(new TreeMap<>(apps));
    }

    /// Reads the metadata of an image.
    ///
    /// @throws UserException if its labels are not what labels must be
    public static Inspection of(ImageFiles files) throws IOException, UserException {
        return new MetadataReader(files).read();
    }

    /// Only the given aspects of the image itself, without applications.
    public Inspection only(Set<Aspect> aspects) {
        return new Inspection(image.only(aspects), new TreeMap<>());
    }

    /// Only the given aspects of one application; nothing at all if the image has no application of this
    /// name.
    public Inspection only(Set<Aspect> aspects, String app) {
        SortedMap<String, Attributes> one = new TreeMap<>();
        Attributes attributes = apps.get(app);
        if (attributes != null) {
            one.put(app, attributes.only(aspects));
        }
        return new Inspection(Attributes.NONE, one);
    }

    /// Only the applications, with all their attributes.
    public Inspection onlyApps() {
        return new Inspection(Attributes.NONE, apps);
    }

    /// The names of the applications, a line each, as `inspect --list-apps` prints them.
    public String appNames() {
        return String.join("", apps.keySet().stream().map(name -> name + "\n").toList());
    }

    /// For a person: the attributes of the image and then of each application.
    public String text() {
        StringBuilder text = new StringBuilder();
        InspectionText.append(text, image);
        apps.values().forEach(app -> InspectionText.append(text, app));
        return text.toString();
    }

    /// The JSON document that `inspect --json` prints, indented by tabs and with a newline at its end.
    public String json() {
        return InspectionJson.indented(this) + "\n";
    }

    /// The same document on one line, as it is stored beside the image in a SIF (`inspect-metadata.json`).
    public String compactJson() {
        return InspectionJson.compact(this);
    }
}
