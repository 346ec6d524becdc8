package dev.kerr.deffile;

import dev.kerr.log.SourceText;
import dev.kerr.log.Spelling;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads the lines from the first section on.
final class SectionsReader {
    private final SourceText source;

    SectionsReader(SourceText source) {
        this.source = source;
    }

    /// @param lines empty, or the first of them begins a section
    List<Section> read(List<Line> lines) throws UserException {
        Map<String, Section> sections = new LinkedHashMap<>();
        int start = 0;
        while (start < lines.size()) {
            int end = start + 1;
            while (end < lines.size() && !lines.get(end).beginsSection()) {
                end++;
            }
            Section section = section(lines.get(start), lines.subList(start + 1, end));
            sections.merge(key(section), section, SectionsReader::joined);
            start = end;
        }
        return List.copyOf(sections.values());
    }

    /// What sets sections of one name apart: the application's name, or where files come from.
    private static String key(Section section) {
        if (section.name().ofApp()) {
            return section.name() + " " + section.firstArgument();
        }
        return section.name() == SectionName.FILES
                ? section.name() + " " + section.arguments()
                : section.name().toString();
    }

    private static Section joined(Section first, Section second) {
        List<Line> lines = new ArrayList<>(first.lines());
        lines.addAll(second.lines());
        return new Section(first.name(), second.arguments(), lines, first.line());
    }

    /// One section, of the line that begins it and those below.
    Section section(Line title, List<Line> lines) throws UserException {
        String[] words = title.text().strip().substring(1).split("\\s", 2);
        SectionName name = name(title, words[0]);
        Section section = new Section(name, words.length > 1 ? withoutComment(words[1]) : "", lines, title.number());
        if (name.ofApp()) {
            checkApp(section, title);
        }
        return section;
    }

    private SectionName name(Line title, String word) throws UserException {
        Optional<SectionName> name = SectionName.of(word);
        if (name.isPresent()) {
            return name.get();
        }
        List<String> known =
                Arrays.stream(SectionName.values()).map(SectionName::word).toList();
        throw source.error(
                title.number(),
                title.column(),
                "unknown section %" + word,
                Spelling.nearest(word.toLowerCase(Locale.ROOT), known)
                        .map(near -> "did you mean %" + near + "?")
                        .orElse("sections are " + SectionName.list() + "; a line of a script cannot begin with %"));
    }

    private void checkApp(Section section, Line line) throws UserException {
        String title = "%" + section.name().word();
        String app = section.firstArgument();
        if (app.isEmpty()) {
            throw source.error(
                    line.number(), line.column(), title + " names no application", "write '" + title + " NAME'");
        }
        if (app.contains("/") || app.startsWith(".")) {
            int column = line.text().indexOf(app, line.column() - 1 + title.length()) + 1;
            throw source.error(line.number(), column, "'" + app + "' cannot be the name of an application", "");
        }
    }

    private static String withoutComment(String arguments) {
        int comment = arguments.indexOf('#');
        return (comment < 0 ? arguments : arguments.substring(0, comment)).strip();
    }
}
