package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.dockerfile.Command;
import dev.kerr.dockerfile.Instruction;
import dev.kerr.oci.ImageConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What an image says of itself while the instructions of a Dockerfile are gone through.
///
/// **Source:** the Dockerfile reference; OCI image specification 1.1, `config.md`.
final class ImageState {
    private static final List<String> USUAL_SHELL = List.of("/bin/sh", "-c");

    private final TreeMap<String, String> labels;
    private final TreeSet<String> volumes;
    private final TreeSet<String> ports;
    private String user;
    private String directory;
    private List<String> entrypoint;
    private List<String> command;
    private List<String> shell = USUAL_SHELL;
    private boolean hasOwnCommand;

    private ImageState(ImageConfig.Execution base) {
        this.labels = new TreeMap<>(base.labels());
        this.volumes = new TreeSet<>(base.volumes());
        this.ports = new TreeSet<>(base.exposedPorts());
        this.user = base.user();
        this.directory = base.workingDirectory().isEmpty() ? "/" : base.workingDirectory();
        this.entrypoint = base.entrypoint();
        this.command = base.command();
    }

    /// The state of a stage that begins with an image that says this.
    static ImageState of(ImageConfig.Execution base) {
        return new ImageState(requireNonNull(base));
    }

    /// The working directory, absolute.
    String directory() {
        return directory;
    }

    String user() {
        return user;
    }

    /// The words of a command.
    List<String> words(Command of) {
        return switch (of) {
            case Command.Exec exec -> exec.words();
            case Command.Shell line -> shell(line.script());
            case Command.Script script -> shell(script.document().text());
        };
    }

    private List<String> shell(String text) {
        var words = new ArrayList<>(shell);
        words.add(text);
        return words;
    }

    /// Where a path of an instruction leads.
    String absolute(String path) {
        return absolute(directory, path);
    }

    /// The same, where the working directory is this one.
    static String absolute(String directory, String path) {
        return path.startsWith("/") ? path : (directory.equals("/") ? "" : directory) + "/" + path;
    }

    /// Takes what an instruction says of the image; those that change its files say nothing here.
    void take(Instruction instruction) {
        switch (instruction) {
            case Instruction.Label label -> label.labels().forEach(pair -> labels.put(pair.name(), pair.value()));
            case Instruction.Maintainer author -> labels.put("maintainer", author.author());
            case Instruction.Workdir workdir -> {
                if (!workdir.path().isEmpty()) {
                    directory = absolute(workdir.path());
                }
            }
            case Instruction.User named -> user = named.user();
            case Instruction.Shell words -> shell = words.words();
            case Instruction.Entrypoint start -> {
                entrypoint = words(start.command());
                command = hasOwnCommand ? command : List.of(); // the base's belongs to the base's entry point
            }
            case Instruction.Cmd start -> {
                command = words(start.command());
                hasOwnCommand = true;
            }
            case Instruction.Expose expose -> ports.addAll(expose.ports());
            case Instruction.Volume volume -> volumes.addAll(volume.paths());
            case Instruction.Run _,
                    Instruction.Copy _,
                    Instruction.Add _,
                    Instruction.Env _,
                    Instruction.Arg _,
                    Instruction.StopSignal _,
                    Instruction.Healthcheck _ -> {}
        }
    }

    /// What an image with this state and this environment says.
    ImageConfig.Execution execution(Map<String, String> environment) {
        var variables = new ArrayList<String>();
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        return new ImageConfig.Execution(
                user,
                variables,
                entrypoint,
                command,
                directory.equals("/") ? "" : directory,
                labels,
                List.copyOf(volumes),
                List.copyOf(ports));
    }
}
