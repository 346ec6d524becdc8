package dev.kerr.deffile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Reads the text of a definition file.
///
/// The grammar is that of Singularity and Apptainer, which is by lines: what stands before the first line
/// whose first word
/// starts with `%` is the header; a line that starts with `bootstrap:` in its first column begins a further
/// stage.
public final class DefinitionParser {
    private static final String BOOTSTRAP = "bootstrap:";
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final SourceText source;
    private final BuildArguments arguments;

    private DefinitionParser(SourceText source, BuildArguments arguments) {
        this.source = source;
        this.arguments = arguments;
    }

    /// Reads a definition that needs no build arguments.
    ///
    /// @throws UserException as {@link #parse(String, String, BuildArguments)} does
    public static List<Definition> parse(String text, String sourceName) throws UserException {
        return parse(text, sourceName, BuildArguments.NONE);
    }

    /// Reads a definition.
    ///
    /// @param text the whole file
    /// @param sourceName how the user named the file; every message begins with it, the line and the column
    /// @param arguments values for the `{{ NAME }}` places
    /// @return the stages in the order of the file, at least one
    /// @throws UserException if the text is empty or any line of it is wrong, or if a build argument lacks or
    /// has no use
    public static List<Definition> parse(String text, String sourceName, BuildArguments arguments)
            throws UserException {
        return new DefinitionParser(SourceText.of(sourceName, text), arguments).stages(text);
    }

    /// Whether a text is a definition in JSON, which [#parse] reads too.
    public static boolean isJson(String text) {
        return JsonDefinitionReader.is(text);
    }

    private List<Definition> stages(String file) throws UserException {
        boolean ofWindows = file.contains("\r\n");
        String marked = ofWindows ? file.replace("\r\n", "\n") : file;
        String text = marked.startsWith(BYTE_ORDER_MARK) ? marked.substring(1) : marked;
        if (text.isBlank()) {
            throw source.error(1, "the definition is empty", "begin with 'Bootstrap: AGENT'");
        }
        Set<String> used = new HashSet<>();
        List<Definition> stages = new ArrayList<>();
        if (isJson(text)) {
            for (Definition stage : new JsonDefinitionReader(source, text).read()) {
                check(stage);
                stages.add(stage);
            }
        } else {
            for (List<Line> lines : split(text)) {
                stages.add(stage(lines, used, text));
            }
        }
        if (stages.size() > 1) {
            String whole = wholeText(stages);
            stages.add(stages.removeLast().withText(whole));
        }
        if (ofWindows) {
            String warning = source.name() + ": lines end in CR LF, as on Windows; they are read without the CR";
            stages.set(0, stages.getFirst().withWarning(warning));
        }
        warnOrRefuseUnused(stages, used);
        new StageOrder(source).check(stages);
        return List.copyOf(stages);
    }

    private static String wholeText(List<Definition> stages) {
        StringBuilder whole = new StringBuilder();
        for (Definition stage : stages) {
            boolean begun = !whole.isEmpty() && whole.charAt(whole.length() - 1) != '\n';
            whole.append(begun ? "\n" : "").append(stage.text());
        }
        return whole.toString();
    }

    /// Splits before each second and further line that begins a stage.
    private static List<List<Line>> split(String text) {
        List<List<Line>> stages = new ArrayList<>();
        List<Line> current = new ArrayList<>();
        boolean begun = false;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            boolean begins = line.regionMatches(true, 0, BOOTSTRAP, 0, BOOTSTRAP.length());
            if (begins && begun) {
                stages.add(current);
                current = new ArrayList<>();
            }
            begun |= begins;
            current.add(new Line(number, line));
        }
        if (text.endsWith("\n")) {
            current.removeLast();
        }
        stages.add(current);
        return stages;
    }

    private Definition stage(List<Line> raw, Set<String> used, String text) throws UserException {
        List<String> warnings = new ArrayList<>();
        Template template = new Template(source, defaults(raw, warnings), arguments.values());
        List<Line> lines = new ArrayList<>();
        for (Line line : raw) {
            for (String part : template.fill(line).text().split("\n", -1)) {
                lines.add(new Line(line.number(), part));
            }
        }
        used.addAll(template.used());
        int firstSection = firstSection(lines);
        Header header = new HeaderReader(source).read(lines.subList(0, firstSection));
        List<Section> sections = new SectionsReader(source).read(lines.subList(firstSection, lines.size()));
        Definition definition = new Definition(source, header, sections, joined(lines, text), warnings);
        check(definition);
        return definition;
    }

    private static void check(Definition definition) throws UserException {
        if (!definition.header().isEmpty()) {
            definition.bootstrap();
        }
        definition.files();
        for (App app : definition.apps()) {
            app.files();
        }
    }

    private static int firstSection(List<Line> lines) {
        int index = 0;
        while (index < lines.size() && !lines.get(index).beginsSection()) {
            index++;
        }
        return index;
    }

    private static String joined(List<Line> lines, String text) {
        String joined = String.join("\n", lines.stream().map(Line::text).toList());
        return text.endsWith("\n") ? joined + "\n" : joined;
    }

    /// The values that `%arguments` sections of a stage set, read before any place is filled.
    private Map<String, String> defaults(List<Line> raw, List<String> warnings) {
        Map<String, String> defaults = new LinkedHashMap<>();
        boolean inside = false;
        for (Line line : raw) {
            if (line.beginsSection()) {
                inside = line.text()
                        .strip()
                        .split("\\s+", 2)[0]
                        .toLowerCase(Locale.ROOT)
                        .equals("%arguments");
            } else if (inside && !line.isSilent()) {
                int equals = line.text().indexOf('=');
                if (equals < 1) {
                    warnings.add(source.at(
                            line.number(),
                            "ignored, for it is not NAME=value: " + line.text().strip()));
                } else {
                    defaults.put(
                            line.text().substring(0, equals).strip(),
                            line.text().substring(equals + 1).strip());
                }
            }
        }
        return defaults;
    }

    private void warnOrRefuseUnused(List<Definition> stages, Set<String> used) throws UserException {
        Set<String> unused = new TreeSet<>(arguments.values().keySet());
        unused.removeAll(used);
        if (unused.isEmpty()) {
            return;
        }
        String message = "unused build arguments: " + String.join(", ", unused);
        switch (arguments.unused()) {
            case REFUSED -> throw new UserException(source.name() + ": " + message, "use --warn-unused-build-args");
            case WARNED_ABOUT -> stages.set(0, stages.getFirst().withWarning(source.name() + ": " + message));
        }
    }
}
