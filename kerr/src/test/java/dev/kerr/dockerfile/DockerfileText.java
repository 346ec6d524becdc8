package dev.kerr.dockerfile;

import dev.kerr.log.UserException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Prints what was read from a Dockerfile, and what becomes of it in one build, for people to read.
final class DockerfileText {
    static final BuildArguments ARGUMENTS = new BuildArguments(
            Map.of("GIVEN", "given value", "http_proxy", "http://proxy:3128"), "linux/amd64", "linux/arm64/v8");
    static final Map<String, String> BASE = Map.of("PATH", "/usr/bin:/bin", "FROM_BASE", "base");

    private DockerfileText() {}

    /// Everything, or the one line of the error.
    static String of(String text, String name) {
        StringBuilder printed = new StringBuilder();
        try {
            Dockerfile dockerfile = DockerfileParser.parse(text, name);
            parsed(dockerfile, printed);
            built(dockerfile, printed);
        } catch (UserException e) {
            printed.append("error: ").append(e.line()).append('\n');
        }
        return printed.toString();
    }

    private static void parsed(Dockerfile dockerfile, StringBuilder to) {
        if (!dockerfile.directives().equals(Directives.NONE)) {
            to.append(text(dockerfile.directives())).append('\n');
        }
        dockerfile
                .warnings()
                .forEach(warning -> to.append("warning: ").append(warning).append('\n'));
        dockerfile.globalArgs().forEach(arg -> to.append(text(arg)).append('\n'));
        for (Stage stage : dockerfile.stages()) {
            header(stage, to);
            stage.instructions()
                    .forEach(instruction ->
                            to.append("  ").append(text(instruction)).append('\n'));
        }
    }

    /// What differs once the variables are filled in: for the stages that the last one needs.
    private static void built(Dockerfile dockerfile, StringBuilder to) throws UserException {
        GlobalScope global = GlobalScope.of(dockerfile, ARGUMENTS, dockerfile.last());
        Dockerfile resolved = global.resolve();
        List<Stage> needed = resolved.needed(resolved.last());
        to.append("---- built: ")
                .append(needed.stream().map(Stage::index).toList())
                .append('\n');
        for (Stage stage : needed) {
            if (!stage.equals(dockerfile.stages().get(stage.index()))) {
                header(stage, to);
            }
            StageScope scope = new StageScope(global, BASE);
            for (Instruction instruction : stage.instructions()) {
                Instruction entered = scope.enter(instruction);
                if (!entered.equals(instruction)) {
                    to.append("  ").append(text(entered)).append('\n');
                }
            }
        }
    }

    private static void header(Stage stage, StringBuilder to) {
        to.append("stage ")
                .append(stage.index())
                .append(' ')
                .append(stage.name().isEmpty() ? "-" : stage.name());
        to.append(": ").append(text(stage.base()));
        if (!stage.platform().isEmpty()) {
            to.append(" for ").append(text(stage.platform()));
        }
        to.append(" at ").append(stage.line()).append('\n');
    }

    /// A value on one line; components that are empty, false or zero are left out.
    static String text(Object value) {
        return switch (value) {
            case Instruction instruction -> instruction.line() + " " + record((Record) instruction, "line");
            case Mount.Attributes(int mode, long uid, long gid) -> "0%o of %d:%d".formatted(mode, uid, gid);
            case Record record -> record(record, "");
            case String string -> quoted(string);
            case Character character -> quoted(character.toString());
            case Optional<?> optional -> optional.map(DockerfileText::text).orElse("none");
            case List<?> list ->
                list.stream().map(DockerfileText::text).toList().toString();
            default -> value.toString();
        };
    }

    private static String record(Record record, String leftOut) {
        List<String> parts = new ArrayList<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            String text = text(read(component, record));
            boolean silent = List.of("\"\"", "[]", "false", "0", "PT0S").contains(text)
                    && !component.getName().equals("index");
            if (!silent && !component.getName().equals(leftOut)) {
                parts.add(component.getName() + "=" + text);
            }
        }
        return record.getClass().getSimpleName() + "(" + String.join(", ", parts) + ")";
    }

    private static Object read(RecordComponent component, Record record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '"', '\\' -> quoted.append('\\').append(c);
                default -> quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
