package dev.kerr.build;

import dev.kerr.deffile.Section;
import java.util.stream.Collectors;

/// Makes a file that can be executed from a section that is a script.
final class ScriptText {
    private static final String SHELL = "#!/bin/sh";

    private ScriptText() {}

    /// The section's own `#!` line if it has one, else the shell's; the section's arguments follow on that
    /// line.
    static String of(Section section) {
        return of(section.body(), section.arguments());
    }

    static String of(String body, String arguments) {
        String interpreter = SHELL;
        String rest = body;
        if (body.stripLeading().startsWith("#!")) {
            String text = body.strip();
            interpreter = text.lines().findFirst().orElse(SHELL).stripTrailing();
            rest = text.lines().skip(1).map(line -> line + "\n").collect(Collectors.joining());
        }
        return interpreter + (arguments.isEmpty() ? "" : " " + arguments) + "\n\n" + rest + "\n";
    }
}
