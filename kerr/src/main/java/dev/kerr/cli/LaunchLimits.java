package dev.kerr.cli;

import dev.kerr.cgroups.Hierarchy;
import dev.kerr.cgroups.HostFiles;
import dev.kerr.cgroups.Limits;
import dev.kerr.cgroups.OptionLimits;
import dev.kerr.cgroups.Placement;
import dev.kerr.cgroups.Placer;
import dev.kerr.cgroups.Placer.Systemd;
import dev.kerr.cgroups.Scope;
import dev.kerr.cgroups.TomlLimits;
import dev.kerr.config.Config;
import dev.kerr.container.Host;
import dev.kerr.linux.Inputs;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The limits of a launch, from what was typed to the control groups that are to be made.
final class LaunchLimits {
    private static final String FILE = "apply-cgroups";

    /// By which batch systems tell their jobs that they are.
    private static final List<String> JOB_VARIABLES = List.of("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID");

    private static final int FILE_BYTES_MAX = 1 << 20;

    private final Session session;
    private final Config config;
    private final Invocation invocation;
    private final Host host;
    private final Inputs inputs;

    LaunchLimits(Session session, Config config, Invocation invocation, Host host, Inputs inputs) {
        this.session = session;
        this.config = config;
        this.invocation = invocation;
        this.host = host;
        this.inputs = inputs;
    }

    /// The groups to be made; empty if nothing is to be limited. Systemd may have made one already when this returns.
    ///
    /// @throws UserException if a limit is wrong, or cannot be applied here
    Optional<Placement.Direct> groups() throws UserException, IOException {
        Optional<String> file = Optional.empty();
        Optional<String> option = Optional.empty();
        for (String[] row : Options.LIMITS) { // every launch comes here
            String name = row[0];
            if (invocation.given().containsKey(name)
                    || invocation.variables().setting(row[2]).isPresent()) {
                if (name.equals(FILE)) {
                    file = invocation.value(name);
                } else if (!name.equals("oom-kill-disable") || invocation.flag(name)) {
                    option = Optional.of(name);
                }
            }
        }
        if (file.isEmpty() && option.isEmpty()) {
            return Optional.empty();
        }
        if (file.isPresent() && option.isPresent()) {
            throw new UserException(
                    "--" + FILE + " and --" + option.get() + " exclude each other", "write all limits into the file");
        }
        inputs.missSome(); // the caller's groups, of which no file tells that they are as they were
        Limits limits = file.isPresent()
                ? TomlLimits.parse(file.get(), text(file.get()), HostFiles.HERE)
                : OptionLimits.parse(values(), HostFiles.HERE);
        return limits.isNone() ? Optional.empty() : Optional.of(place(limits));
    }

    private OptionLimits.Values values() {
        return new OptionLimits.Values() {
            @Override
            public Optional<String> value(String option) {
                return invocation.value(option);
            }

            @Override
            public List<String> items(String option) {
                return invocation.items(option);
            }

            @Override
            public boolean flag(String option) {
                return invocation.flag(option);
            }
        };
    }

    private static String text(String file) throws UserException {
        Path path = Path.of(file);
        try {
            if (Files.isRegularFile(path) && Files.size(path) > FILE_BYTES_MAX) {
                throw new UserException("--" + FILE + " " + file + " is too large to be a file of limits");
            }
            return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UserException("cannot read --" + FILE + " " + file + ": " + Reason.of(unreadable));
        }
    }

    private Placement.Direct place(Limits limits) throws UserException, IOException {
        String status = HostFiles.HERE.text("/proc/self/status").orElse("");
        long planner = number(status, "\nPid:\t");
        long launch = number(status, "\nPPid:\t");
        var processes = Set.of(planner, launch);
        String process = Long.toString(launch);
        boolean isRoot = host.credentials().mayMount();
        Optional<String> busctl = Host.program(config, "busctl");
        var caller = new Placer.Caller(isRoot, processes, systemd(isRoot, busctl));
        Placement placement = Placer.place(limits, hierarchy(process), caller);
        if (placement instanceof Placement.Scope scope) {
            if (invocation.flag("dry-run")) {
                throw new UserException(
                        "--dry-run has no plan to show: systemd makes a group for these limits first",
                        "it would be in " + scope.slice());
            }
            new Scope(busctl.orElseThrow(), HostFiles.HERE).start(launch, scope);
            caller = new Placer.Caller(isRoot, processes, new Systemd.Asked());
            placement = Placer.place(limits, hierarchy(process), caller);
        }
        if (placement instanceof Placement.Direct direct) {
            return direct;
        }
        throw new IllegalStateException("systemd was asked already: " + placement);
    }

    private static long number(String status, String name) {
        int start = status.indexOf(name) + name.length();
        return Long.parseLong(status.substring(start, status.indexOf('\n', start)));
    }

    private Hierarchy hierarchy(String process) {
        Optional<String> job = Optional.empty();
        for (String variable : JOB_VARIABLES) {
            if (session.variables().value(variable).isPresent()) {
                job = Optional.of("$" + variable);
            }
        }
        return Hierarchy.of(process, HostFiles.HERE, job);
    }

    /// Root asks the host's systemd, others their own.
    private Systemd systemd(boolean isRoot, Optional<String> busctl) {
        if (!config.users().systemdGroups()) {
            return new Systemd.None("the site's configuration says systemd cgroups = no");
        }
        if (busctl.isEmpty()) {
            return new Systemd.None("there is no busctl to ask systemd with");
        }
        if (isRoot) {
            boolean runs = Files.isDirectory(Path.of("/run/systemd/system"));
            return runs ? new Systemd.Manager(false) : new Systemd.None("systemd does not run here");
        }
        Optional<String> bus = session.variables().value("DBUS_SESSION_BUS_ADDRESS");
        Optional<String> runtime = session.variables().value("XDG_RUNTIME_DIR");
        boolean runs = bus.isPresent() || runtime.isPresent() && Files.exists(Path.of(runtime.get(), "bus"));
        return runs
                ? new Systemd.Manager(true)
                : new Systemd.None("there is no systemd of the caller's to ask: no bus in $XDG_RUNTIME_DIR");
    }
}
