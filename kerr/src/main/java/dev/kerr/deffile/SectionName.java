package dev.kerr.deffile;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// The sections a definition file can have; the list is closed, there are no sections of one's own.
public enum SectionName {
    ARGUMENTS,
    PRE,
    SETUP,
    FILES,
    POST,
    ENVIRONMENT,
    RUNSCRIPT,
    STARTSCRIPT,
    TEST,
    LABELS,
    HELP,
    APPINSTALL,
    APPFILES,
    APPENV,
    APPLABELS,
    APPRUN,
    APPSTART,
    APPTEST,
    APPHELP;

    /// The name as it stands after the `%`: `post`, `appinstall`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether the section belongs to one application and is named after it: `%apprun NAME`.
    public boolean ofApp() {
        return compareTo(APPINSTALL) >= 0;
    }

    /// Finds a section by its name in any case, without the `%`; empty for a name that no section has.
    public static Optional<SectionName> of(String word) {
        return Arrays.stream(values())
                .filter(name -> name.word().equalsIgnoreCase(word))
                .findFirst();
    }

    static String list() {
        return Arrays.stream(values()).map(name -> "%" + name.word()).collect(Collectors.joining(", "));
    }
}
