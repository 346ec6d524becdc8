package dev.kerr.dockerfile;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The variables of a stage while its instructions are gone through, in their order.
///
/// `ENV` and `ARG` set variables of one name space, so the later one wins, as in BuildKit. Only those of `ENV` stay in
/// the
/// image. Not thread-safe.
public final class StageScope {
    private final GlobalScope global;
    private final Map<String, String> variables;
    private final Map<String, String> environment;

    /// @param environment variables of the base image, or of the stage that this one begins with
    public StageScope(GlobalScope global, Map<String, String> environment) {
        this.global = global;
        this.environment = new LinkedHashMap<>(environment);
        this.variables = new LinkedHashMap<>(environment);
    }

    /// What the image's environment is by now.
    public Map<String, String> environment() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }

    /// What a command run now has in its environment: the image's variables, arguments and proxies.
    public Map<String, String> commandEnvironment() {
        Map<String, String> all = new LinkedHashMap<>(global.proxies());
        all.putAll(variables);
        return Collections.unmodifiableMap(all);
    }

    /// Fills variables into an instruction, and sets those that it declares. Commands stay as they are: a shell will
    /// expand
    /// them, or nobody. Arguments have their values then, not their defaults.
    ///
    /// @throws UserException if a text cannot be expanded, or what it becomes is wrong
    public Instruction enter(Instruction instruction) throws UserException {
        Expander expander = global.expander(instruction.line(), variables);
        return switch (instruction) {
            case Instruction.Run run -> run(run, expander);
            case Instruction.Copy copy ->
                new Instruction.Copy(transfer(copy.transfer(), expander), copy.from(), copy.parents(), copy.line());
            case Instruction.Add add ->
                new Instruction.Add(
                        transfer(add.transfer(), expander),
                        expander.word(add.checksum()),
                        add.keepsGitDirectory(),
                        add.unpacking(),
                        add.line());
            case Instruction.Env env -> env(env, expander);
            case Instruction.Arg arg -> arg(arg);
            case Instruction.Label label -> new Instruction.Label(pairs(label.labels(), expander), label.line());
            case Instruction.Workdir workdir -> new Instruction.Workdir(expander.word(workdir.path()), workdir.line());
            case Instruction.User user -> new Instruction.User(expander.word(user.user()), user.line());
            case Instruction.Expose expose -> expose(expose, expander);
            case Instruction.Volume volume -> new Instruction.Volume(words(volume.paths(), expander), volume.line());
            case Instruction.StopSignal stop -> new Instruction.StopSignal(signal(stop, expander), stop.line());
            case Instruction.Shell _,
                    Instruction.Entrypoint _,
                    Instruction.Cmd _,
                    Instruction.Healthcheck _,
                    Instruction.Maintainer _ -> instruction;
        };
    }

    private Instruction run(Instruction.Run run, Expander expander) throws UserException {
        List<Mount> mounts = new ArrayList<>();
        for (Mount mount : run.mounts()) {
            mounts.add(mount instanceof Mount.Unexpanded unexpanded ? mount(unexpanded, run.line(), expander) : mount);
        }
        return new Instruction.Run(run.command(), mounts, run.network(), run.line());
    }

    private Mount mount(Mount.Unexpanded mount, int line, Expander expander) throws UserException {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry :
                MountOptions.of(mount.text(), line, global.source()).values().entrySet()) {
            values.put(entry.getKey(), expander.word(entry.getValue()));
        }
        return new MountReader(global.source(), line, values, mount.from()).read();
    }

    private static Instruction.Transfer transfer(Instruction.Transfer transfer, Expander expander)
            throws UserException {
        List<Heredoc> documents = new ArrayList<>();
        for (Heredoc document : transfer.documents()) {
            documents.add(document.expands() ? document.withContent(expander.document(document.content())) : document);
        }
        Instruction.Ownership ownership = transfer.ownership();
        return new Instruction.Transfer(
                words(transfer.paths(), expander),
                documents,
                expander.word(transfer.destination()),
                new Instruction.Ownership(expander.word(ownership.chown()), expander.word(ownership.chmod())),
                transfer.link(),
                transfer.excludes());
    }

    /// Every value is expanded with what held before the instruction.
    private Instruction env(Instruction.Env env, Expander expander) throws UserException {
        List<Instruction.Variable> set = pairs(env.variables(), expander);
        for (Instruction.Variable variable : set) {
            environment.put(variable.name(), variable.value());
            variables.put(variable.name(), variable.value());
        }
        return new Instruction.Env(set, env.line());
    }

    /// A default is expanded with the arguments before it, those of the same instruction among them.
    private Instruction arg(Instruction.Arg arg) throws UserException {
        List<Instruction.Argument> arguments = new ArrayList<>();
        for (Instruction.Argument argument : arg.arguments()) {
            Optional<String> value = value(argument, arg.line());
            value.ifPresent(text -> variables.put(argument.name(), text));
            arguments.add(new Instruction.Argument(argument.name(), value));
        }
        return new Instruction.Arg(arguments, arg.line());
    }

    private Optional<String> value(Instruction.Argument argument, int line) throws UserException {
        Optional<String> given = global.given(argument.name());
        if (given.isPresent()) {
            return given;
        }
        if (argument.value().isEmpty()) {
            return global.value(argument.name());
        }
        return Optional.of(
                global.expander(line, variables).word(argument.value().get()));
    }

    private Instruction expose(Instruction.Expose expose, Expander expander) throws UserException {
        List<String> ports = new ArrayList<>();
        for (String port : expose.ports()) {
            for (String word : expander.words(port)) {
                ports.addAll(Ports.of(word, expose.line(), global.source()));
            }
        }
        return new Instruction.Expose(ports, expose.line());
    }

    private static List<Instruction.Variable> pairs(List<Instruction.Variable> pairs, Expander expander)
            throws UserException {
        List<Instruction.Variable> expanded = new ArrayList<>();
        for (Instruction.Variable pair : pairs) {
            expanded.add(new Instruction.Variable(expander.word(pair.name()), expander.word(pair.value())));
        }
        return expanded;
    }

    private static List<String> words(List<String> words, Expander expander) throws UserException {
        List<String> expanded = new ArrayList<>();
        for (String word : words) {
            expanded.add(expander.word(word));
        }
        return expanded;
    }

    private String signal(Instruction.StopSignal stop, Expander expander) throws UserException {
        String signal = expander.word(stop.signal());
        if (signal.isEmpty()) {
            throw global.source()
                    .errorAt(
                            stop.line(),
                            stop.signal(),
                            "STOPSIGNAL " + Wording.quoted(stop.signal()) + " is empty",
                            "give its variable a value with ARG or ENV");
        }
        return signal;
    }
}
