package dev.kerr.deffile;

import java.util.List;

/// Writes a definition as a definition file has it.
final class DefinitionText {
    private DefinitionText() {}

    /// The text of one stage: its header and its sections, in the order given.
    static String of(Header header, List<Section> sections) {
        StringBuilder text = new StringBuilder();
        header.values()
                .forEach((keyword, value) -> text.append(keyword)
                        .append(": ")
                        .append(value.replace("\n", "\\n\\\n"))
                        .append('\n'));
        for (Section section : sections) {
            text.append("\n%").append(section.name().word());
            if (!section.arguments().isEmpty()) {
                text.append(' ').append(section.arguments());
            }
            text.append('\n').append(section.body());
        }
        return text.toString();
    }
}
