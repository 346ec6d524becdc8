package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One stage of a definition file.
///
/// @param source the file, for messages
/// @param header what the root file system starts from; empty in a definition that only updates a sandbox
/// @param sections in the order of the file; each name (with its arguments, where they set sections apart)
/// occurs once
/// @param text as it is stored in the image: verbatim but for the build arguments, which are filled in; the stage's
/// own,
///     and that of the last stage the whole file, from which the image can be built again
/// @param warnings what is odd in the text, though not wrong enough to stop
public record Definition(SourceText source, Header header, List<Section> sections, String text, List<String> warnings) {
    public Definition {
        requireNonNull(source);
        requireNonNull(header);
        sections = List.copyOf(sections);
        requireNonNull(text);
        warnings = List.copyOf(warnings);
    }

    /// The stage's name, by which a later stage copies from it; empty if it has none.
    public Optional<String> stage() {
        return header.value("stage");
    }

    /// What the root file system is made from.
    ///
    /// @throws UserException if the header is missing, names an agent that is unknown or not yet available,
    /// or lacks a keyword
    public Bootstrap bootstrap() throws UserException {
        return new BootstrapReader(source, header).read();
    }

    /// The section of this name; the first one of several that differ in their arguments. Empty if there is
    /// none.
    public Optional<Section> section(SectionName name) {
        return sections.stream().filter(section -> section.name() == name).findFirst();
    }

    /// The text of a section, empty if there is no such section.
    public String body(SectionName name) {
        return section(name).map(Section::body).orElse("");
    }

    /// All `%files` sections in order: one for the host, one for each stage that is copied from.
    ///
    /// @throws UserException if a section's arguments or a line cannot be understood
    public List<FilesSection> files() throws UserException {
        List<FilesSection> files = new ArrayList<>();
        for (Section section : sections) {
            if (section.name() == SectionName.FILES) {
                files.add(FilesSection.of(section, source));
            }
        }
        return files;
    }

    /// The labels of `%labels`: the first word of a line is the key, the rest the value.
    public Map<String, String> labels() {
        return section(SectionName.LABELS).map(Labels::of).orElse(Map.of());
    }

    /// The applications that have a section, in order of appearance.
    public List<App> apps() {
        Set<String> names = new LinkedHashSet<>();
        sections.stream()
                .filter(section -> section.name().ofApp())
                .forEach(section -> names.add(section.firstArgument()));
        return names.stream().map(this::app).toList();
    }

    Definition withWarning(String warning) {
        List<String> more = new ArrayList<>(warnings);
        more.add(warning);
        return new Definition(source, header, sections, text, more);
    }

    Definition withText(String other) {
        return new Definition(source, header, sections, other, warnings);
    }

    private App app(String name) {
        Map<SectionName, Section> own = new LinkedHashMap<>();
        sections.stream()
                .filter(section ->
                        section.name().ofApp() && section.firstArgument().equals(name))
                .forEach(section -> own.putIfAbsent(section.name(), section));
        return new App(source, name, own);
    }
}
