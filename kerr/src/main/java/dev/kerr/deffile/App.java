package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One application (SCIF) of a definition: its `%app…` sections.
///
/// @param source the definition file, for messages
/// @param name the application's name
/// @param sections its sections in order of appearance
public record App(SourceText source, String name, Map<SectionName, Section> sections) {
    public App {
        requireNonNull(source);
        requireNonNull(name);
        sections = Collections.unmodifiableMap(new LinkedHashMap<>(sections));
    }

    /// The text of one of its sections; empty (not just blank) if it is absent.
    public Optional<String> body(SectionName section) {
        return Optional.ofNullable(sections.get(section)).map(Section::body);
    }

    /// What `%appfiles` copies.
    ///
    /// @throws UserException if a line cannot be understood
    public List<FilesTransfer> files() throws UserException {
        Section files = sections.get(SectionName.APPFILES);
        return files == null ? List.of() : FilesSection.of(files, source).transfers();
    }

    /// The labels of `%applabels`.
    public Map<String, String> labels() {
        Section labels = sections.get(SectionName.APPLABELS);
        return labels == null ? Map.of() : Labels.of(labels);
    }
}
