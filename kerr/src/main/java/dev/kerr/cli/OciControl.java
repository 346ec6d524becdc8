package dev.kerr.cli;

import dev.kerr.cgroups.HostFiles;
import dev.kerr.cgroups.NamedGroups;
import dev.kerr.cgroups.Setting;
import dev.kerr.json.Json;
import dev.kerr.json.JsonWriter;
import dev.kerr.linux.HeldProcess;
import dev.kerr.linux.ProcessStatus;
import dev.kerr.linux.Signals;
import dev.kerr.log.UserException;
import dev.kerr.runtime.ContainerProcesses;
import dev.kerr.runtime.ContainerRecord;
import dev.kerr.runtime.Containers;
import dev.kerr.runtime.Containers.Found;
import dev.kerr.runtime.Containers.Status;
import dev.kerr.runtime.Freezer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Those of the `oci` commands that look at containers and change them from outside: `kill`, `list`, `ps`, `pause`,
/// `resume` and `update`.
final class OciControl {
    private final Session session;
    private final Invocation invocation;
    private final Containers containers;

    OciControl(Session session, Invocation invocation, Containers containers) {
        this.session = session;
        this.invocation = invocation;
        this.containers = containers;
    }

    int run(String verb) throws UsageException, UserException, IOException {
        return switch (verb) {
            case "kill" -> kill();
            case "list" -> list();
            case "ps" -> processes();
            case "pause" -> freeze(true);
            case "resume" -> freeze(false);
            default -> update();
        };
    }

    private int kill() throws UsageException, UserException, IOException {
        List<String> words = OciCommand.words(invocation, 1, 2);
        String name = words.size() > 1
                ? words.get(1)
                : invocation.value("signal").orElse(invocation.flag("force") ? "SIGKILL" : "SIGTERM");
        int signal = Signals.number(name)
                .orElseThrow(() -> new UserException(
                        name + " is no signal", "it is a name, as SIGTERM, or a number from 1 to 64"));
        Found found = containers.get(words.getFirst());
        if (found.record().isEmpty() || found.pid() == 0) {
            throw new UserException(
                    "container " + found.id() + " is " + found.status().word() + ": no signal can be sent to it");
        }
        ContainerRecord container = found.record().get();
        if (invocation.flag("all")) {
            var all = new ContainerProcesses(container);
            for (long pid : all.list()) {
                if (pid != container.process().pid()) {
                    send(pid, signal, () -> all.has(pid));
                }
            }
        }
        send(container.process().pid(), signal, container.process()::isAlive);
        return ExitStatus.SUCCESS;
    }

    /// Looks at a process while its number is held for us.
    private interface Look {
        boolean isRight() throws IOException;
    }

    private static void send(long pid, int signal, Look look) throws IOException {
        var held = HeldProcess.open(pid);
        if (held.isPresent()) {
            try (HeldProcess process = held.get()) {
                if (look.isRight()) {
                    process.signal(signal);
                }
            }
        }
    }

    private int list() throws UsageException, UserException, IOException {
        OciCommand.words(invocation, 0, 0);
        containers.sweep();
        List<Found> all = containers.all();
        if (invocation.flag("quiet")) {
            for (Found found : all) {
                session.out().println(found.id());
            }
        } else if (isJson()) {
            var list = new ArrayList<Json>();
            for (Found found : all) {
                list.add(found.state().with("created", new Json.Text(created(found))));
            }
            session.out().println(new String(JsonWriter.compact(new Json.Array(list)), StandardCharsets.UTF_8));
        } else {
            var rows = new ArrayList<List<String>>();
            rows.add(List.of("ID", "PID", "STATUS", "BUNDLE", "CREATED"));
            for (Found found : all) {
                rows.add(List.of(
                        found.id(),
                        Long.toString(found.pid()),
                        found.status().word(),
                        found.record().map(ContainerRecord::bundle).orElse(""),
                        created(found)));
            }
            session.out().print(new Columns(rows).text());
        }
        return ExitStatus.SUCCESS;
    }

    private static String created(Found found) {
        return found.record()
                .map(record -> Instant.ofEpochMilli(record.created()).toString())
                .orElse("");
    }

    private boolean isJson() throws UserException {
        String format = invocation.value("format").orElse("table");
        if (!format.equals("json") && !format.equals("table")) {
            throw new UserException("--format " + format + " is neither table nor json");
        }
        return format.equals("json");
    }

    private int processes() throws UsageException, UserException, IOException {
        ContainerRecord container = running();
        List<Long> pids = new ContainerProcesses(container).list();
        if (isJson()) {
            var list = new ArrayList<Json>();
            for (long pid : pids) {
                list.add(new Json.Numeral(pid));
            }
            session.out().println(new String(JsonWriter.compact(new Json.Array(list)), StandardCharsets.UTF_8));
            return ExitStatus.SUCCESS;
        }
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("PID", "PPID", "STATE", "COMMAND"));
        for (long pid : pids) {
            var status = ProcessStatus.of(pid);
            if (status.isPresent()) {
                rows.add(List.of(
                        Long.toString(pid),
                        Long.toString(status.get().parent()),
                        Character.toString(status.get().state()),
                        command(pid)));
            }
        }
        session.out().print(new Columns(rows).text());
        return ExitStatus.SUCCESS;
    }

    private static String command(long pid) {
        try {
            byte[] words = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
            String text =
                    new String(words, StandardCharsets.UTF_8).replace('\0', ' ').strip();
            var printable = new StringBuilder();
            text.chars().forEach(c -> printable.append(c < ' ' || c == 0x7f ? '?' : (char) c));
            return printable.toString();
        } catch (IOException ended) {
            return "";
        }
    }

    /// The container that is named, which must have a process.
    private ContainerRecord running() throws UsageException, UserException, IOException {
        Found found = containers.get(
                OciCommand.words(invocation, 1, Integer.MAX_VALUE).getFirst());
        if (found.record().isEmpty() || found.pid() == 0) {
            throw new UserException(
                    "container " + found.id() + " is " + found.status().word());
        }
        return found.record().get();
    }

    private int freeze(boolean frozen) throws UsageException, UserException, IOException {
        Found found = containers.get(OciCommand.words(invocation, 1, 1).getFirst());
        Status needed = frozen ? Status.RUNNING : Status.PAUSED;
        if (found.status() != needed || found.record().isEmpty()) {
            throw new UserException(
                    "container " + found.id() + " is " + found.status().word() + ", not " + needed.word());
        }
        new Freezer(found.record().get().groups()).set(frozen);
        return ExitStatus.SUCCESS;
    }

    private int update() throws UsageException, UserException, IOException {
        ContainerRecord container = running();
        var limits = new OciResources(invocation).limits();
        if (limits.isNone()) {
            throw new UsageException("oci update needs a limit to change", Optional.of(Command.OCI));
        }
        for (NamedGroups.Group group : NamedGroups.update(limits, container.groups(), HostFiles.HERE)) {
            for (Setting setting : group.settings()) {
                Path file = Path.of(group.directory(), setting.file());
                try {
                    Files.writeString(file, setting.value());
                } catch (IOException refused) {
                    throw new UserException(
                            "cannot set " + file + " to " + setting.value(), "the kernel or its owner refuses it");
                }
            }
        }
        return ExitStatus.SUCCESS;
    }
}
