package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Reads one instruction, but for `FROM`, which begins a stage.
final class InstructionReader {
    /// What the language knows, in lower case.
    static final Set<String> KEYWORDS = new TreeSet<>(Set.of(
            "add",
            "arg",
            "cmd",
            "copy",
            "entrypoint",
            "env",
            "expose",
            "from",
            "healthcheck",
            "label",
            "maintainer",
            "onbuild",
            "run",
            "shell",
            "stopsignal",
            "user",
            "volume",
            "workdir"));

    private final SourceText source;
    private final char escape;
    private final StageNames stages;
    private final LogicalLine line;
    private final String keyword;
    private final Flags flags;
    private final String rest;

    InstructionReader(SourceText source, char escape, StageNames stages, LogicalLine line) {
        this.source = source;
        this.escape = escape;
        this.stages = stages;
        this.line = line;
        String text = Blanks.strip(line.text());
        this.keyword = Blanks.firstWord(text);
        Words.Flagged flagged = Words.flags(text.substring(keyword.length()), escape);
        this.flags = new Flags(source, line, flagged.flags());
        this.rest = flagged.rest();
    }

    /// The instruction's name in lower case.
    String keyword() {
        return keyword.toLowerCase(Locale.ROOT);
    }

    /// @throws UserException if there is no such instruction, or it is not used so
    Instruction read() throws UserException {
        return switch (keyword()) {
            case "run" -> new RunReader(source, stages, line).read(flags, command());
            case "copy" -> transfers().copy();
            case "add" -> transfers().add();
            case "cmd" -> new Instruction.Cmd(command(true), line.number());
            case "entrypoint" -> new Instruction.Entrypoint(command(true), line.number());
            case "healthcheck" -> new HealthReader(source, line.number()).read(flags, rest());
            case "env" -> new Instruction.Env(variables(), line.number());
            case "label" -> new Instruction.Label(variables(), line.number());
            case "arg" -> arguments();
            case "workdir" -> new Instruction.Workdir(plain(), line.number());
            case "user" -> new Instruction.User(plain(), line.number());
            case "stopsignal" -> new Instruction.StopSignal(plain(), line.number());
            case "maintainer" -> new Instruction.Maintainer(plain(), line.number());
            case "shell" -> new Instruction.Shell(shell(), line.number());
            case "expose" -> expose();
            case "volume" -> volume();
            case "onbuild" ->
                throw error(
                        "ONBUILD is not supported",
                        "write the instruction into the Dockerfiles that are built on this image");
            default -> throw unknown();
        };
    }

    /// Reads a `FROM`: `[--platform=PLATFORM] BASE [AS NAME]`.
    Stage stage(int index) throws UserException {
        flags.check("platform");
        List<String> words = Blanks.split(rest());
        boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("as");
        if (words.size() != 1 && !named) {
            throw error("FROM has " + words.size() + " words", "write it as 'FROM IMAGE' or 'FROM IMAGE AS NAME'");
        }
        String name = named ? words.get(2).toLowerCase(Locale.ROOT) : "";
        checkName(name);
        String base = words.getFirst();
        Base from = isPlain(base) ? stages.base(base, line.number(), source) : new Base.Variable(base);
        return new Stage(index, name, from, flags.text("platform"), List.of(), line.number());
    }

    private void checkName(String name) throws UserException {
        String shown = Wording.quoted(name);
        if (!name.isEmpty() && !name.matches("[a-z][a-z0-9_.-]*")) {
            throw source.errorAt(
                    line.number(),
                    name,
                    "a stage cannot be named " + shown,
                    "begin with a letter; letters, digits, '-', '_' and '.' follow");
        }
        Optional<Stage> other = stages.find(name);
        if (!name.isEmpty() && other.isPresent()) {
            throw source.errorAt(
                    line.number(),
                    name,
                    "a second stage is named " + shown,
                    "the first is on line " + other.get().line());
        }
    }

    /// Whether expanding a text would leave it as it is.
    private boolean isPlain(String text) {
        return text.chars().noneMatch(c -> c == '$' || c == '"' || c == '\'' || c == escape);
    }

    private TransferReader transfers() throws UserException {
        return new TransferReader(source, stages, line, flags, rest());
    }

    private Command command() throws UserException {
        return command(false);
    }

    private Command command(boolean mayBeEmpty) throws UserException {
        if (!keyword().equals("run")) {
            flags.check();
        }
        return switch (strings()) {
            case JsonStrings.Result.Strings(List<String> words) -> {
                if (words.isEmpty() && !mayBeEmpty) {
                    throw error(shown() + " has an empty command", "write what to run");
                }
                yield new Command.Exec(words);
            }
            default -> {
                Optional<Heredoc> alone =
                        HeredocWords.of(rest).filter(_ -> line.heredocs().size() == 1);
                yield alone.isPresent()
                        ? new Command.Script(line.heredocs().getFirst())
                        : new Command.Shell(rest, line.heredocs());
            }
        };
    }

    private JsonStrings.Result strings() throws UserException {
        JsonStrings.Result result = JsonStrings.read(rest());
        if (result instanceof JsonStrings.Result.OtherArray) {
            throw source.errorAt(
                    line.number(),
                    "[",
                    shown() + " has an array with something that is no string",
                    "write each word in double quotes");
        }
        return result;
    }

    /// The words of an array, or else those between blanks.
    private List<String> list() throws UserException {
        flags.check();
        return strings() instanceof JsonStrings.Result.Strings(List<String> words) ? words : Blanks.split(rest);
    }

    private List<String> shell() throws UserException {
        flags.check();
        if (strings() instanceof JsonStrings.Result.Strings(List<String> words) && !words.isEmpty()) {
            return words;
        }
        throw error("SHELL is not an array of strings", "write it as 'SHELL [\"/bin/bash\", \"-c\"]'");
    }

    private Instruction volume() throws UserException {
        List<String> paths = list().stream().map(Blanks::strip).toList();
        if (paths.isEmpty() || paths.contains("")) {
            throw error("VOLUME has an empty path", "name a directory");
        }
        return new Instruction.Volume(paths, line.number());
    }

    private Instruction expose() throws UserException {
        flags.check();
        List<String> ports = Blanks.split(rest());
        for (String port : ports) {
            if (isPlain(port)) {
                Ports.of(port, line.number(), source);
            }
        }
        return new Instruction.Expose(ports, line.number());
    }

    /// `NAME=VALUE …`, or `NAME VALUE` up to the end of the line.
    private List<Instruction.Variable> variables() throws UserException {
        flags.check();
        List<String> words = Words.raw(rest(), escape);
        if (words.isEmpty() || words.getFirst().indexOf('=') < 0) {
            String name = Blanks.firstWord(rest);
            String value = Blanks.stripStart(rest.substring(name.length()));
            if (value.isEmpty()) {
                throw source.errorAt(
                        line.number(),
                        name,
                        shown() + " " + Wording.quoted(name) + " has no value",
                        "write it as '" + shown() + " NAME=VALUE'");
            }
            return List.of(new Instruction.Variable(name, value));
        }
        List<Instruction.Variable> variables = new ArrayList<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw source.errorAt(
                        line.number(),
                        word,
                        "there is no '=' in " + Wording.quoted(word),
                        "write each as NAME=VALUE; quote values with blanks");
            }
            variables.add(new Instruction.Variable(named(word.substring(0, equals)), word.substring(equals + 1)));
        }
        return variables;
    }

    private Instruction.Arg arguments() throws UserException {
        flags.check();
        List<Instruction.Argument> arguments = new ArrayList<>();
        for (String word : Words.raw(rest(), escape)) {
            int equals = word.indexOf('=');
            arguments.add(
                    equals < 0
                            ? new Instruction.Argument(named(word), Optional.empty())
                            : new Instruction.Argument(
                                    named(word.substring(0, equals)), Optional.of(word.substring(equals + 1))));
        }
        return new Instruction.Arg(arguments, line.number());
    }

    private String named(String name) throws UserException {
        if (name.isEmpty()) {
            throw error(shown() + " has an empty name", "write it as 'NAME=VALUE'");
        }
        return name;
    }

    private String plain() throws UserException {
        flags.check();
        return rest();
    }

    /// What stands behind the flags.
    ///
    /// @throws UserException if there is nothing
    private String rest() throws UserException {
        if (rest.isEmpty()) {
            throw error(shown() + " has nothing behind it", "write what it is for, or take it away");
        }
        return rest;
    }

    private UserException unknown() {
        return error("unknown instruction " + Wording.quoted(keyword), Wording.meant(keyword, KEYWORDS));
    }

    private String shown() {
        return keyword().toUpperCase(Locale.ROOT);
    }

    private UserException error(String message, String hint) {
        return source.error(line.number(), message, hint);
    }
}
