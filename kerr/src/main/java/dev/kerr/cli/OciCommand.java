package dev.kerr.cli;

import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonWriter;
import dev.kerr.linux.Credentials;
import dev.kerr.log.UserException;
import dev.kerr.runtime.Containers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// `oci`: the commands of the OCI's runtimes.
final class OciCommand {
    private static final Path OF_ROOT = Path.of("/run/kerr/oci");

    private final Session session;
    private final Invocation invocation;

    OciCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    /// @param planDescriptor where a plan goes; negative if nobody waits for one
    int run(int planDescriptor) throws UsageException, UserException, IOException {
        if (invocation.flag("version")) {
            session.out().println("kerr version " + Version.TEXT + "\nspec: " + OciFeatures.NEWEST);
            return ExitStatus.SUCCESS;
        }
        String verb = invocation.verb();
        try {
            checkOptions();
            return perform(verb, planDescriptor);
        } catch (UserException cannot) {
            tellLog(cannot.line());
            throw cannot;
        }
    }

    private int perform(String verb, int planDescriptor) throws UsageException, UserException, IOException {
        return switch (verb) {
            case "create", "run", "exec", "start", "delete" ->
                new OciLaunch(session, invocation, containers()).run(verb, planDescriptor);
            case "state" -> state();
            case "features" -> print(OciFeatures.json());
            case "mount" -> new OciBundle(session).mount(words(2, 2));
            case "umount" -> new OciBundle(session).unmount(words(1, 1).getFirst());
            case "attach" ->
                throw new UserException(
                        "oci attach is not supported: a container's input and output are those of whoever made it",
                        "give `kerr oci create` a terminal with --console-socket, or send its output to a file");
            default -> new OciControl(session, invocation, containers()).run(verb);
        };
    }

    private void checkOptions() throws UserException {
        if (invocation.flag("systemd-cgroup")) {
            throw new UserException(
                    "--systemd-cgroup is not supported: Kerr makes control groups by itself",
                    "podman --cgroup-manager=cgroupfs");
        }
        String format = invocation.value("log-format").orElse("text");
        if (!List.of("text", "json").contains(format)) {
            throw new UserException("--log-format " + format + " is neither text nor json");
        }
    }

    /// The operands behind the verb.
    private List<String> words(int least, int most) throws UsageException {
        return words(invocation, least, most);
    }

    static List<String> words(Invocation invocation, int least, int most) throws UsageException {
        var words = invocation.operands().subList(1, invocation.operands().size());
        if (words.size() < least || words.size() > most) {
            throw new UsageException(
                    "oci " + invocation.operands().getFirst() + " takes "
                            + (least == most ? least : least + " to " + most) + " operands",
                    Optional.of(Command.OCI));
        }
        return words;
    }

    /// Where the containers are: `--root`, else a place that does not depend on how root was called, or that of the
    /// user's running programs, or the user's files.
    private Containers containers() throws IOException {
        var credentials = Credentials.current();
        var runtime = session.variables().value("XDG_RUNTIME_DIR").filter(directory -> directory.startsWith("/"));
        Path usual = credentials.uid() == 0 && credentials.initialUserNamespace()
                ? OF_ROOT
                : runtime.map(directory -> Path.of(directory, "kerr", "oci"))
                        .orElse(session.directories().user().resolve("oci"));
        Path root = invocation.value("root").map(Path::of).orElse(usual);
        return new Containers(root.toAbsolutePath().normalize(), credentials.uid());
    }

    private int state() throws UsageException, UserException, IOException {
        return print(containers().get(words(1, 1).getFirst()).state());
    }

    private int print(JsonObject object) {
        session.out().print(new String(JsonWriter.indented(object), StandardCharsets.UTF_8));
        return ExitStatus.SUCCESS;
    }

    /// Whoever calls a runtime reads there why it failed.
    private void tellLog(String message) throws IOException {
        var file = invocation.value("log");
        if (file.isEmpty()) {
            return;
        }
        String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        var object = new JsonObject(new LinkedHashMap<>())
                .with("level", new Json.Text("error"))
                .with("msg", new Json.Text(message))
                .with("time", new Json.Text(time));
        String line = invocation.value("log-format").equals(Optional.of("json"))
                ? new String(JsonWriter.compact(object), StandardCharsets.UTF_8)
                : "level=error msg=\"" + message + "\" time=\"" + time + "\"";
        Files.writeString(Path.of(file.get()), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
