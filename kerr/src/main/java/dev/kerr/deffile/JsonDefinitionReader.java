package dev.kerr.deffile;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads a definition that is a JSON document: an object a stage, in a list if there are several.
///
/// | member | |
/// |---|---|
/// | `header` | keywords and their values |
/// | `imageData` | `labels` by their keys; `imageScripts`: `help`, `environment`, `runScript`, `startScript`, `test` |
/// | `buildData` | `files`; `buildScripts`: `arguments`, `pre`, `setup`, `post`, `test` |
/// | `customData` | sections of applications by their first lines, as `appinstall NAME` |
/// | `raw` | the text that the image is to keep of it, in Base64; made from the others if there is none |
///
/// A script is a text, or an object with `script` and the section's arguments in `args`. An element of `files` has
/// `source` and `destination`, or several such in `files` and the section's arguments in `args`. Nothing is filled in.
///
/// **Source:** the structures that Apptainer's `pkg/build/types` decodes, of its older and its later versions.
final class JsonDefinitionReader {
    private static final List<String> STAGE =
            List.of("header", "imageData", "buildData", "customData", "raw", "fullraw", "appOrder");

    private static final List<String> IMAGE_SCRIPTS =
            List.of("help", "environment", "runScript", "startScript", "test");

    private static final List<String> BUILD_SCRIPTS = List.of("arguments", "pre", "setup", "post", "test");

    private final SourceText source;
    private final byte[] document;
    private final SectionsReader sections;

    JsonDefinitionReader(SourceText source, String text) {
        this.source = source;
        this.document = text.getBytes(StandardCharsets.UTF_8);
        this.sections = new SectionsReader(source.generated());
    }

    /// Whether a definition's text is such a document. No header line begins so: `{{` is a place to be filled in.
    static boolean is(String text) {
        String start = text.stripLeading();
        return start.startsWith("[") || start.startsWith("{") && !start.startsWith("{{");
    }

    List<Definition> read() throws UserException {
        try {
            List<Definition> stages = new ArrayList<>();
            for (JsonObject stage : stages(JsonReader.read(document))) {
                stages.add(definition(stage));
            }
            return stages;
        } catch (FormatException wrong) {
            throw source.error(line(wrong.offset()), column(wrong.offset()), wrong.problem(), "");
        }
    }

    private List<JsonObject> stages(Json document) throws FormatException {
        List<JsonObject> stages = new ArrayList<>();
        for (Json element : document instanceof Json.Array(var elements) ? elements : List.of(document)) {
            if (!(element instanceof JsonObject stage)) {
                throw new FormatException("a stage of a definition is an object", 0);
            }
            stages.add(stage);
        }
        if (stages.isEmpty()) {
            throw new FormatException("the definition is empty", 0);
        }
        return stages;
    }

    private int line(long offset) {
        int line = 1;
        for (int i = 0; i < Math.min(offset, document.length); i++) {
            if (document[i] == '\n') {
                line++;
            }
        }
        return line;
    }

    private int column(long offset) {
        int column = 1;
        for (int i = 0; i < Math.min(offset, document.length); i++) {
            boolean isWithin = (document[i] & 0xC0) == 0x80;
            column = document[i] == '\n' ? 1 : isWithin ? column : column + 1;
        }
        return column;
    }

    private Definition definition(JsonObject stage) throws FormatException, UserException {
        require(stage, STAGE);
        Header header = header(stage);
        List<Section> read = new ArrayList<>();
        Optional<JsonObject> image = stage.findObject("imageData");
        Optional<JsonObject> build = stage.findObject("buildData");
        if (build.isPresent()) {
            require(build.get(), List.of("files", "buildScripts"));
            addScripts(read, build.get(), "buildScripts", BUILD_SCRIPTS);
            addFiles(read, build.get());
        }
        if (image.isPresent()) {
            require(image.get(), List.of("metadata", "labels", "imageScripts"));
            addScripts(read, image.get(), "imageScripts", IMAGE_SCRIPTS);
            addLabels(read, image.get().textMap("labels"));
        }
        for (Map.Entry<String, String> custom : stage.textMap("customData").entrySet()) {
            add(read, lineOf(custom.getKey(), stage), custom.getKey(), custom.getValue());
        }
        String text = stage.has("raw") ? raw(stage) : DefinitionText.of(header, read);
        return new Definition(source, header, read, text, List.of());
    }

    /// The line that a member's name stands on; that of the object if it is written with escapes.
    private int lineOf(String member, JsonObject object) {
        int first = line(object.offset());
        for (int number = first; number <= source.lines().size(); number++) {
            if (source.lines().get(number - 1).contains("\"" + member + "\"")) {
                return number;
            }
        }
        return first;
    }

    private Header header(JsonObject stage) throws FormatException, UserException {
        List<Header.Entry> entries = new ArrayList<>();
        HeaderReader reader = new HeaderReader(source.generated());
        for (Map.Entry<String, String> member : stage.textMap("header").entrySet()) {
            int line = lineOf(member.getKey(), stage.object("header"));
            entries.add(reader.entry(new Line(line, member.getKey() + ": " + member.getValue())));
        }
        return new Header(entries);
    }

    private void addScripts(List<Section> read, JsonObject data, String member, List<String> names)
            throws FormatException, UserException {
        Optional<JsonObject> scripts = data.findObject(member);
        if (scripts.isEmpty()) {
            return;
        }
        require(scripts.get(), names);
        for (String name : names) {
            Optional<Json> script = scripts.get().find(name);
            if (script.isPresent()) {
                addScript(read, name, script.get(), scripts.get());
            }
        }
    }

    private void addScript(List<Section> read, String name, Json script, JsonObject scripts)
            throws FormatException, UserException {
        switch (script) {
            case Json.Text(String body) -> add(read, name, body);
            case JsonObject object -> {
                require(object, List.of("args", "script"));
                add(read, name + " " + object.textOrEmpty("args"), object.textOrEmpty("script"));
            }
            case Json.Numeral _, Json.Truth _, Json.Null _, Json.Array _ ->
                throw scripts.fault("\"" + name + "\" is neither a text nor an object");
        }
    }

    private void addLabels(List<Section> read, Map<String, String> labels) throws UserException {
        StringBuilder body = new StringBuilder();
        labels.forEach((key, value) ->
                body.append(key).append(' ').append(value.replace('\n', ' ')).append('\n'));
        add(read, "labels", body.toString());
    }

    private void addFiles(List<Section> read, JsonObject build) throws FormatException, UserException {
        StringBuilder ofHost = new StringBuilder();
        for (JsonObject files : build.objects("files")) {
            if (files.has("source")) {
                ofHost.append(transfer(files));
                continue;
            }
            require(files, List.of("args", "files"));
            StringBuilder body = new StringBuilder();
            for (JsonObject transfer : files.objects("files")) {
                body.append(transfer(transfer));
            }
            add(read, "files " + files.textOrEmpty("args"), body.toString());
        }
        add(read, "files", ofHost.toString());
    }

    private static String transfer(JsonObject transfer) throws FormatException {
        require(transfer, List.of("source", "destination"));
        String destination = transfer.textOrEmpty("destination");
        String line = quoted(transfer.text("source"), transfer);
        return (destination.isEmpty() ? line : line + " " + quoted(destination, transfer)) + "\n";
    }

    /// A name as a line of `%files` writes it.
    private static String quoted(String name, JsonObject transfer) throws FormatException {
        if (name.contains("\n") || name.contains("\"") && name.contains("'")) {
            throw transfer.fault("a name of a file has both quotes, or a newline");
        }
        return name.contains("\"") ? "'" + name + "'" : "\"" + name + "\"";
    }

    /// Adds a section, unless there is nothing in it or there is one of its name already: `test` is in both parts.
    private void add(List<Section> read, String title, String body) throws UserException {
        add(read, 1, title, body);
    }

    private void add(List<Section> read, int number, String title, String body) throws UserException {
        if (body.isBlank()) {
            return;
        }
        List<Line> lines = body.lines().map(text -> new Line(number, text)).toList();
        Section section = sections.section(new Line(number, "%" + title), lines);
        boolean isSecond =
                section.name() == SectionName.TEST && read.stream().anyMatch(other -> other.name() == SectionName.TEST);
        if (!isSecond) {
            read.add(section);
        }
    }

    private static String raw(JsonObject stage) throws FormatException {
        try {
            return new String(Base64.getDecoder().decode(stage.text("raw")), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw stage.fault("\"raw\" is no text in Base64");
        }
    }

    private static void require(JsonObject object, List<String> known) throws FormatException {
        for (String name : object.members().keySet()) {
            if (!known.contains(name)) {
                throw object.fault("unknown member \"" + name + "\": known are " + String.join(", ", known));
            }
        }
    }
}
