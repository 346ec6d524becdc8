package dev.kerr.cli;

import dev.kerr.bytes.FormatException;
import dev.kerr.container.ContainerSpec;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.container.Host;
import dev.kerr.container.Overlay;
import dev.kerr.container.Plan;
import dev.kerr.container.Planner;
import dev.kerr.image.Images;
import dev.kerr.log.UserException;
import dev.kerr.starter.Starter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `exec`, `run`, `shell`, `test`: from what was typed to a plan.
final class LaunchCommand {
    private final Session session;
    private final Invocation invocation;

    LaunchCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    /// Sends the plan to the waiting C program, or prints it.
    ///
    /// @param planDescriptor the pipe to the C program
    int run(int planDescriptor) throws UsageException, UserException, IOException {
        checkOperands();
        warnOfParts();
        var config = session.config();
        var host = Host.probe(config, session.variables());
        Plan plan;
        try (var image = Images.open(invocation.operands().getFirst())) {
            plan = Planner.plan(spec(host), image, overlays(host), host, config);
        } catch (FormatException damaged) {
            throw Images.damaged(invocation.operands().getFirst(), damaged);
        }
        plan.warnings().forEach(session.log()::warning);
        if (invocation.flag("dry-run")) {
            session.out().print(plan.text());
            return ExitStatus.SUCCESS;
        }
        Starter.send(plan, planDescriptor);
        return ExitStatus.SUCCESS;
    }

    private void checkOperands() throws UsageException {
        int needed = invocation.command() == Command.EXEC ? 2 : 1;
        if (invocation.operands().size() < needed) {
            String missing = invocation.operands().isEmpty() ? "an image" : "a command";
            throw new UsageException(
                    invocation.command().word() + " needs " + missing, Optional.of(invocation.command()));
        }
    }

    private ContainerSpec spec(Host host) throws UserException {
        // the C program counts its own name as word 0
        int callerFrom = invocation.operandsFrom() + 1 + 1;
        return new ContainerSpec(
                new Payload(action(), callerFrom, List.of()),
                invocation.flag("fakeroot") ? Identity.FAKEROOT : Identity.CALLER,
                writable(),
                new LaunchView(invocation, session.variables(), host).view(),
                new EnvironmentRules(
                        invocation.flag("cleanenv") || invocation.flag("containall") || invocation.flag("compat"),
                        LaunchEnvironment.of(invocation.values("env"), session.variables(), session.log())));
    }

    private Action action() {
        return switch (invocation.command()) {
            case EXEC -> Action.EXEC;
            case RUN -> Action.RUN;
            case SHELL -> Action.SHELL;
            case TEST -> Action.TEST;
            case BUILD, INSPECT, SIF, DOCTOR, VERSION, HELP -> throw new IllegalStateException("not a launch");
        };
    }

    private Writable writable() throws UserException {
        if (invocation.flag("writable") && invocation.flag("writable-tmpfs")) {
            throw new UserException("--writable and --writable-tmpfs contradict each other");
        }
        if (invocation.flag("writable")) {
            return Writable.YES;
        }
        boolean compatible =
                invocation.flag("compat") && invocation.values("overlay").isEmpty();
        return invocation.flag("writable-tmpfs") || compatible ? Writable.TMPFS : Writable.NO;
    }

    /// The file systems that are laid over the image.
    private List<Overlay> overlays(Host host) throws UserException {
        var overlays = new ArrayList<Overlay>();
        for (String item : invocation.items("overlay")) {
            overlays.add(Overlay.open(item, host.workingDirectory()));
        }
        return overlays;
    }

    private void warnOfParts() {
        if (invocation.flag("containall") || invocation.flag("compat")) {
            session.log().warning("PID and IPC namespaces are not yet available: --contain and --cleanenv are applied");
        }
    }
}
