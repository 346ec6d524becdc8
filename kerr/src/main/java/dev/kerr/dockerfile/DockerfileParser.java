package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;

/// Reads the text of a Dockerfile.
///
/// Source: docs.docker.com, Dockerfile reference; where that is silent, BuildKit's `frontend/dockerfile`.
public final class DockerfileParser {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final SourceText source;
    private final List<Instruction.Arg> globalArgs = new ArrayList<>();
    private final StageNames names = new StageNames();
    private final List<Stage> stages = new ArrayList<>();
    private final List<Instruction> instructions = new ArrayList<>();

    private DockerfileParser(SourceText source) {
        this.source = source;
    }

    /// Reads a file.
    ///
    /// @param text the whole file, with whatever ends of lines
    /// @param sourceName how the user named the file; every message begins with it, the line and the column
    /// @throws UserException if a line is wrong, or the file has no stage
    public static Dockerfile parse(String text, String sourceName) throws UserException {
        return new DockerfileParser(SourceText.of(sourceName, text)).read(text);
    }

    private Dockerfile read(String text) throws UserException {
        String body = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        List<String> lines = List.of(body.split("\n", -1));
        if (lines.getLast().isEmpty()) {
            lines = lines.subList(0, lines.size() - 1);
        }
        Directives directives = DirectivesReader.read(lines, source);
        LogicalLines logical = new LogicalLines(source, directives.escape(), lines);
        for (LogicalLine line : logical.read()) {
            add(new InstructionReader(source, directives.escape(), names, line), line);
        }
        if (stages.isEmpty()) {
            throw source.error(Math.max(1, lines.size()), "the file has no stage", "begin one with 'FROM IMAGE'");
        }
        endStage();
        checkOrigins();
        return new Dockerfile(source, directives, globalArgs, stages, logical.warnings());
    }

    private void add(InstructionReader reader, LogicalLine line) throws UserException {
        if (reader.keyword().equals("from")) {
            endStage();
            stages.add(reader.stage(stages.size()));
            return;
        }
        Instruction instruction = reader.read();
        if (!stages.isEmpty()) {
            instructions.add(instruction);
        } else if (instruction instanceof Instruction.Arg arg) {
            globalArgs.add(arg);
        } else {
            throw source.error(
                    line.number(), "an instruction stands before the first FROM", "only ARG may stand there");
        }
    }

    private void endStage() {
        if (!stages.isEmpty()) {
            Stage last = stages.removeLast();
            Stage whole = new Stage(last.index(), last.name(), last.base(), last.platform(), instructions, last.line());
            stages.add(whole);
            names.add(whole);
            instructions.clear();
        }
    }

    /// Refuses to take files from a stage that is not there yet: its name would be taken for that of an image.
    private void checkOrigins() throws UserException {
        for (Stage stage : stages) {
            for (Instruction instruction : stage.instructions()) {
                for (Origin origin : Stage.origins(instruction)) {
                    if (origin instanceof Origin.Image(String reference)) {
                        checkOrigin(reference, instruction.line());
                    }
                }
            }
        }
    }

    private void checkOrigin(String reference, int line) throws UserException {
        for (Stage stage : stages) {
            if (stage.name().equalsIgnoreCase(reference)) {
                throw source.errorAt(
                        line,
                        reference,
                        "stage '" + stage.name() + "' is not before this one",
                        "it begins on line " + stage.line());
            }
        }
    }
}
