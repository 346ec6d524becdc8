package dev.kerr.cli;

import dev.kerr.cgroups.HostFiles;
import dev.kerr.cgroups.NamedGroups;
import dev.kerr.container.Op;
import dev.kerr.container.OpCode;
import dev.kerr.container.Plan;
import dev.kerr.container.RuntimeOp;
import dev.kerr.linux.Capability;
import dev.kerr.linux.Credentials;
import dev.kerr.log.UserException;
import dev.kerr.runtime.BundleConfig;
import dev.kerr.runtime.BundlePlanner;
import dev.kerr.runtime.BundlePlanner.Manner;
import dev.kerr.runtime.ConfigReader;
import dev.kerr.runtime.ContainerRecord;
import dev.kerr.runtime.ContainerRecord.Anchor;
import dev.kerr.runtime.Containers;
import dev.kerr.runtime.ExecPlanner;
import dev.kerr.runtime.HostView;
import dev.kerr.runtime.SeccompFilters;
import dev.kerr.sif.Architecture;
import dev.kerr.starter.Starter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Those of the `oci` commands that have a plan: `create`, `run`, `exec`, `start` and `delete`.
final class OciLaunch {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/osrelease");
    private static final List<String> PROGRAM_DIRECTORIES = List.of("/usr/bin", "/bin", "/usr/local/bin");

    private final Session session;
    private final Invocation invocation;
    private final Containers containers;

    OciLaunch(Session session, Invocation invocation, Containers containers) {
        this.session = session;
        this.invocation = invocation;
        this.containers = containers;
    }

    int run(String verb, int planDescriptor) throws UsageException, UserException, IOException {
        Optional<Plan> plan = switch (verb) {
            case "create" -> Optional.of(make(Manner.WAIT));
            case "run" -> Optional.of(make(invocation.flag("detach") ? Manner.LEAVE : Manner.STAY));
            case "exec" -> Optional.of(exec());
            case "start" -> Optional.of(start());
            default -> delete();
        };
        if (plan.isEmpty()) {
            return ExitStatus.SUCCESS;
        }
        Plan logged = withLog(plan.get());
        if (invocation.flag("dry-run")) {
            session.out().print(logged.text());
        } else {
            Starter.send(logged, Optional.empty(), "/proc/self/fd/" + planDescriptor);
        }
        return ExitStatus.SUCCESS;
    }

    private Plan withLog(Plan plan) {
        var file = invocation.value("log");
        if (file.isEmpty()) {
            return plan;
        }
        var ops = new ArrayList<Op>();
        ops.add(RuntimeOp.of(
                OpCode.LOG, absolute(file.get()), invocation.value("log-format").orElse("text")));
        ops.addAll(plan.ops());
        return new Plan(ops, plan.warnings());
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize().toString();
    }

    private Plan make(Manner manner) throws UsageException, UserException, IOException {
        String id = Containers.checkId(OciCommand.words(invocation, 1, 1).getFirst());
        Path bundle = Path.of(invocation.value("bundle").orElse(".")).toAbsolutePath();
        if (!Files.isDirectory(bundle)) {
            throw new UserException("the bundle " + bundle + " is no directory");
        }
        bundle = bundle.toRealPath();
        var config = ConfigReader.ofBundle(bundle);
        if (manner == Manner.STAY) {
            containers.sweep();
        }
        if (containers.find(id).isPresent()) {
            throw new UserException(
                    "container " + id + " exists already", "choose another id, or `kerr oci delete` it");
        }
        String path = config.linux().cgroupsPath();
        var groups =
                NamedGroups.place(config.linux().limits(), path.isEmpty() ? "kerr-oci-" + id : path, HostFiles.HERE);
        var names = new ArrayList<String>();
        for (NamedGroups.Group group : groups) {
            names.add(group.directory());
        }
        var runner = manner == Manner.STAY ? Anchor.ofParent() : Anchor.NOBODY;
        var making = new BundlePlanner.Making(
                id,
                bundle,
                containers.directories(),
                containers.directory(id),
                asked(manner, config.process().terminal()),
                groups,
                filters(config, config.process().rights()),
                !invocation.flag("no-new-keyring"),
                ContainerRecord.texts(id, bundle.toString(), session.clock().millis(), names, runner, config));
        return BundlePlanner.plan(config, making, HostView.HERE, caller());
    }

    private BundlePlanner.Asked asked(Manner manner, boolean terminal) throws UserException {
        String socket =
                invocation.value("console-socket").map(OciLaunch::absolute).orElse("");
        if (terminal && socket.isEmpty()) {
            checkTerminal(manner);
        }
        if (!terminal && !socket.isEmpty()) {
            throw new UserException("--console-socket is for processes that have a terminal", "process.terminal: true");
        }
        return new BundlePlanner.Asked(
                manner, invocation.value("pid-file").map(OciLaunch::absolute).orElse(""), socket, keptFiles());
    }

    /// Without a socket for a new terminal the process has that of whoever calls, if that stays.
    private static void checkTerminal(Manner manner) throws UserException {
        String input = "";
        try {
            input = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
        } catch (IOException closed) {
            // no terminal either
        }
        boolean isTerminal = input.startsWith("/dev/pts/") || input.startsWith("/dev/tty");
        if (manner != Manner.STAY || !isTerminal) {
            throw new UserException(
                    "config.json: process.terminal is true, and there is no terminal",
                    "name a --console-socket that takes it, call it from a terminal, or set process.terminal to false");
        }
    }

    private int keptFiles() throws UserException {
        String text = invocation.value("preserve-fds").orElse("0");
        try {
            int count = Integer.parseInt(text);
            if (count >= 0 && count <= 1024) {
                return count;
            }
        } catch (NumberFormatException word) {
            // said below
        }
        throw new UserException("--preserve-fds " + text + " is no number from 0 to 1024");
    }

    private List<Op.Seccomp> filters(BundleConfig config, BundleConfig.Rights rights)
            throws UserException, IOException {
        String kernel = Files.readString(KERNEL, StandardCharsets.US_ASCII).strip();
        String architecture =
                Architecture.ofJavaName(System.getProperty("os.arch", "")).goName();
        return SeccompFilters.compile(config.linux().seccomp(), rights, architecture, kernel);
    }

    /// Root of a user namespace that another program made counts as one who may mount, too.
    private static HostView.Caller caller() throws IOException {
        var credentials = Credentials.current();
        boolean mayMount = credentials.uid() == 0 && (credentials.capabilities() & Capability.SYS_ADMIN.mask()) != 0;
        return new HostView.Caller(
                credentials.uid(), credentials.gid(), mayMount, program("newuidmap"), program("newgidmap"));
    }

    private static String program(String name) {
        for (String directory : PROGRAM_DIRECTORIES) {
            Path file = Path.of(directory, name);
            if (Files.isExecutable(file)) {
                return file.toString();
            }
        }
        return "";
    }

    private Plan exec() throws UsageException, UserException, IOException {
        List<String> words = OciCommand.words(invocation, 1, Integer.MAX_VALUE);
        var found = containers.get(words.getFirst());
        if (found.status() != Containers.Status.RUNNING && found.status() != Containers.Status.CREATED) {
            throw new UserException(
                    "container " + found.id() + " is " + found.status().word() + ": no process can be started in it");
        }
        ContainerRecord container = found.record().orElseThrow();
        var config = container.readConfig();
        var process = new OciProcess(invocation).of(config.process(), words.subList(1, words.size()));
        var asked = asked(invocation.flag("detach") ? Manner.LEAVE : Manner.STAY, process.terminal());
        return ExecPlanner.exec(container, process, asked, filters(config, process.rights()), caller());
    }

    private Plan start() throws UsageException, UserException, IOException {
        var found = containers.get(OciCommand.words(invocation, 1, 1).getFirst());
        if (found.status() != Containers.Status.CREATED) {
            throw new UserException("container " + found.id() + " is "
                    + found.status().word() + ": only one that is created can be started");
        }
        return ExecPlanner.start(
                found.record().orElseThrow(), containers.directory(found.id()).toString());
    }

    private Optional<Plan> delete() throws UsageException, UserException, IOException {
        String id = OciCommand.words(invocation, 1, 1).getFirst();
        boolean isForced = invocation.flag("force");
        var found = containers.find(id);
        if (found.isEmpty() && isForced) {
            return Optional.empty(); // what is to be gone is gone
        }
        String directory = containers.directory(id).toString();
        var record = found.isEmpty() ? containers.get(id).record() : found.get().record();
        return Optional.of(
                record.isEmpty()
                        ? ExecPlanner.deleteUnrecorded(id, directory)
                        : ExecPlanner.delete(record.get(), directory, isForced));
    }
}
