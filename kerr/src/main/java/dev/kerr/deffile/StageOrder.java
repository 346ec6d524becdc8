package dev.kerr.deffile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Checks what stages of one definition say about each other.
final class StageOrder {
    private final SourceText source;

    StageOrder(SourceText source) {
        this.source = source;
    }

    /// @throws UserException if two stages have one name, a stage lacks a header, or one copies from a stage
    /// that is not before it
    void check(List<Definition> stages) throws UserException {
        Set<String> earlier = new HashSet<>();
        for (Definition definition : stages) {
            for (Section section : definition.sections()) {
                checkOrigin(section, earlier);
            }
            String name = definition.stage().orElse("");
            if (!name.isEmpty() && !earlier.add(name)) {
                int line = definition
                        .header()
                        .entry("stage")
                        .map(Header.Entry::line)
                        .orElse(1);
                throw source.errorAt(line, name, "a second stage is named '" + name + "'", "");
            }
        }
    }

    private void checkOrigin(Section section, Set<String> earlier) throws UserException {
        if (section.name() == SectionName.FILES
                && FilesSection.of(section, source).origin() instanceof FilesSection.Origin.Stage(String name)
                && !earlier.contains(name)) {
            throw source.errorAt(
                    section.line(),
                    name,
                    "no stage before this one is named '" + name + "'",
                    earlier.isEmpty()
                            ? "name it with 'Stage: " + name + "' in its header"
                            : "stages are " + String.join(", ", earlier));
        }
    }
}
