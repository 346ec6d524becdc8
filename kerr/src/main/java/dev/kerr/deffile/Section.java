package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.stream.Collectors;

/// One section of a definition: `%name arguments` and the lines below it.
///
/// @param name which section it is
/// @param arguments what follows the name on its line, without comment and outer blanks; empty if nothing
/// does
/// @param lines the lines below, unchanged
/// @param line number of the line with the name, from 1
public record Section(SectionName name, String arguments, List<Line> lines, int line) {
    public Section {
        requireNonNull(name);
        requireNonNull(arguments);
        lines = List.copyOf(lines);
        if (line < 1) {
            throw new IllegalArgumentException("line " + line);
        }
    }

    /// The lines below as one text, each with its newline.
    public String body() {
        return lines.stream().map(line -> line.text() + "\n").collect(Collectors.joining());
    }

    /// Whether the body has nothing but blanks.
    public boolean isBlank() {
        return lines.stream().allMatch(line -> line.text().isBlank());
    }

    /// The first word of the arguments: the application's name in an `%app…` section; empty if there are no
    /// arguments.
    public String firstArgument() {
        return arguments.isEmpty() ? "" : arguments.split("\\s+", 2)[0];
    }
}
