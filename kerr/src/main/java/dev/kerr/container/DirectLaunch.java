package dev.kerr.container;

import dev.kerr.container.ContainerSpec.EnvironmentFile;
import dev.kerr.image.FileTree;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// A launch of an image that has no `/bin/sh`: what the [ActionScript] does is done while planning, as far as the
/// image's scripts are simple.
final class DirectLaunch {
    private static final String SCRIPTS = "/.singularity.d/env";

    /// Scripts that are the same in each image; what they do is done here.
    private static final List<String> GENERATED =
            List.of("01-base.sh", "95-apps.sh", "99-base.sh", "99-runtimevars.sh");

    /// More than any script of an environment has.
    private static final int SCRIPT_BYTES_MAX = 256 << 10;

    private final ContainerSpec spec;
    private final ContainerView view;
    private final String imagePath;
    private final SimpleScript.Variables variables = new SimpleScript.Variables();

    /// What the image and the user set.
    ///
    /// @param exported what the payload gets
    /// @param own the names of these, and of what is set and not exported or was emptied: none comes from the caller
    record Environment(Map<String, String> exported, List<String> own) {}

    /// @param view the tree that the payload will see
    DirectLaunch(ContainerSpec spec, ContainerView view, String imagePath) {
        this.spec = spec;
        this.view = view;
        this.imagePath = imagePath;
    }

    /// @param before what is set before the image's scripts
    /// @throws UserException if a script needs a shell; it names the file and the line
    Environment environment(String home, Map<String, String> before) throws UserException, IOException {
        if (spec.payload().variant().app().isPresent()) {
            throw new UserException(
                    "--app needs a shell, and " + imagePath + " has no /bin/sh", "start the program with exec");
        }
        variables.export("PATH", PayloadRules.DEFAULT_PATH);
        variables.export("HOME", home);
        before.forEach(variables::export);
        boolean userDone = false;
        for (String name : new TreeSet<>(view.list(view.resolve(SCRIPTS).path()))) {
            if (name.endsWith(".sh") && !GENERATED.contains(name)) {
                evaluate(SCRIPTS + "/" + name);
            }
            if (name.startsWith("10-docker")) {
                addDefaultPath();
            }
            if (name.equals("99-base.sh")) {
                String libraries = variables.value("LD_LIBRARY_PATH");
                variables.export("LD_LIBRARY_PATH", join(libraries, "/.singularity.d/libs"));
                user(home);
                userDone = true;
            }
        }
        if (!userDone) {
            user(home);
        }
        if (variables.value("PS1").isEmpty()) {
            variables.export("PS1", "Kerr> ");
        }
        return result();
    }

    /// What is executed.
    Op exec() throws UserException, IOException {
        var payload = spec.payload();
        return switch (payload.action()) {
            case EXEC -> withArguments(List.of());
            case SHELL -> shell();
            case RUN -> {
                String path = "/.singularity.d/runscript";
                yield script(text(path).isPresent() ? path : "/singularity", "runscript");
            }
            case START -> script("/.singularity.d/startscript", "startscript");
            case TEST -> script("/.singularity.d/test", "test script");
            case STEP -> throw new IllegalArgumentException("a step runs without a shell anyway");
        };
    }

    private Op shell() throws UserException, IOException {
        var shell = spec.payload().variant().shell();
        if (shell.isEmpty()) {
            throw new UserException(
                    "/bin/sh doesn't exist in container " + imagePath, "name a shell of the image with --shell");
        }
        return withArguments(List.of(shell.get()));
    }

    /// A script whose interpreter is in the image is started as it is; another is understood, if it is simple.
    private Op script(String path, String what) throws UserException, IOException {
        var text = text(path);
        if (text.isEmpty()) {
            throw new UserException(
                    "no " + what + " and no /bin/sh in container " + imagePath, "start a program with exec");
        }
        String first = text.get().lines().findFirst().orElse("");
        if (first.startsWith("#!")) {
            String interpreter = first.substring(2).strip();
            interpreter =
                    interpreter.indexOf(' ') < 0 ? interpreter : interpreter.substring(0, interpreter.indexOf(' '));
            if (interpreter.startsWith("/") && view.resolve(interpreter).node().isPresent()) {
                return withArguments(List.of(path));
            }
        }
        var script = new SimpleScript(path, variables);
        var entryPoint = ociWords(script, text.get(), "OCI_ENTRYPOINT=");
        var command = ociWords(script, text.get(), "OCI_CMD=");
        if (entryPoint.isEmpty() && command.isEmpty()) {
            return withArguments(script.program(text.get()));
        }
        var words = new ArrayList<String>(entryPoint.orElse(List.of()));
        if (spec.payload().command().isEmpty()) {
            words.addAll(command.orElse(List.of()));
        }
        return withArguments(words);
    }

    /// The words of a line that begins so, whose value is a quoted list of words; empty if there is no such line.
    ///
    /// **Source:** the runscript that the field writes into images of OCI images.
    private static Optional<List<String>> ociWords(SimpleScript script, String text, String beginning)
            throws UserException {
        for (String line : text.split("\n")) {
            if (line.startsWith(beginning)) {
                var value = script.words(line.substring(beginning.length()));
                return Optional.of(value.isEmpty() ? List.of() : script.words(value.getFirst()));
            }
        }
        return Optional.empty();
    }

    /// @param command what goes before the caller's words; if it is empty, the first of these is the program
    private Op withArguments(List<String> command) throws UserException {
        var payload = spec.payload();
        int words = payload.command().size();
        if (!command.isEmpty()) {
            return new Op.Exec(words > 0 ? payload.callerFrom() : 0, command);
        }
        if (words == 0) {
            throw new UserException("the image " + imagePath + " starts nothing", "start a program with exec");
        }
        return new Op.Exec(
                words > 1 ? payload.callerFrom() + 1 : 0,
                List.of(payload.command().getFirst()));
    }

    private void evaluate(String path) throws UserException, IOException {
        var text = text(path);
        if (text.isPresent()) {
            new SimpleScript(path, variables).evaluate(text.get(), false);
        }
    }

    private Optional<String> text(String path) throws IOException {
        var resolved = view.resolve(path);
        if (resolved.node().isEmpty() || resolved.node().get().kind() != FileTree.Kind.FILE) {
            return Optional.empty();
        }
        return Optional.of(RawText.decode(view.read(resolved.path(), SCRIPT_BYTES_MAX)));
    }

    private void addDefaultPath() {
        for (String directory : PayloadRules.DEFAULT_PATH.split(":")) {
            String path = variables.value("PATH");
            if (!(":" + path + ":").contains(":" + directory + ":")) {
                variables.export("PATH", path + ":" + directory);
            }
        }
    }

    private void user(String home) throws UserException {
        var rules = spec.environment();
        String libraries = variables.value("LD_LIBRARY_PATH");
        for (String name : ActionScript.ADDED) {
            variables.unset(name);
        }
        set(rules.set());
        for (EnvironmentFile file : rules.files()) {
            new SimpleScript(file.name(), variables).evaluate(file.text(), true);
        }
        variables.export("HOME", home);
        set(rules.last());
        if (!variables.value("LD_LIBRARY_PATH").equals(libraries)) {
            variables.export("LD_LIBRARY_PATH", join(variables.value("LD_LIBRARY_PATH"), "/.singularity.d/libs"));
        }
        for (String name : List.of("PATH", "LD_LIBRARY_PATH")) {
            String value = join(
                    join(variables.value("PREPEND_" + name), variables.value(name)), variables.value("APPEND_" + name));
            if (!value.isEmpty()) {
                variables.export(name, value);
            }
            variables.unset("PREPEND_" + name);
            variables.unset("APPEND_" + name);
        }
    }

    private void set(Map<String, String> values) throws UserException {
        for (var value : values.entrySet()) {
            String name = value.getKey();
            String text = value.getValue();
            boolean literal = spec.environment().literal();
            variables.export(
                    name, literal ? text : new SimpleScript("variable " + name, variables).inDoubleQuotes(text));
        }
    }

    private Environment result() {
        var own = new ArrayList<String>();
        for (String name : variables.names()) {
            if (!name.startsWith("_kerr_")) {
                own.add(name);
            }
        }
        var exported = new LinkedHashMap<String, String>();
        for (var variable : variables.exported().entrySet()) {
            if (own.contains(variable.getKey()) && !variable.getValue().isEmpty()) {
                exported.put(variable.getKey(), variable.getValue());
            }
        }
        return new Environment(exported, own);
    }

    private static String join(String first, String second) {
        return first.isEmpty() || second.isEmpty() ? first + second : first + ":" + second;
    }
}
