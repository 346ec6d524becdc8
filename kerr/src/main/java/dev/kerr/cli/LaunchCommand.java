package dev.kerr.cli;

import dev.kerr.bytes.FormatException;
import dev.kerr.container.Attachments;
import dev.kerr.container.Bind;
import dev.kerr.container.ContainerSpec;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.container.Host;
import dev.kerr.container.Overlay;
import dev.kerr.container.Plan;
import dev.kerr.container.Planner;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.image.Volume;
import dev.kerr.image.Volumes;
import dev.kerr.log.UserException;
import dev.kerr.starter.Starter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        try (var volumes = new Volumes();
                var image = Images.open(invocation.operands().getFirst())) {
            var spec = spec(host);
            var attachments = new Attachments(overlays(host, image, volumes), images(spec, volumes));
            plan = Planner.plan(effective(spec, attachments), image, attachments, host, config);
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

    private ContainerSpec spec(Host host) throws UsageException, UserException {
        // the C program counts its own name as word 0
        int callerFrom = invocation.operandsFrom() + 1 + 1;
        return new ContainerSpec(
                new Payload(
                        action(),
                        callerFrom,
                        List.of(),
                        app(),
                        invocation.value("shell").orElse("")),
                invocation.flag("fakeroot") ? Identity.FAKEROOT : Identity.CALLER,
                writable(),
                new LaunchView(invocation, session.variables(), host).view(),
                new LaunchEnvironment(invocation, session.variables(), session.log()).rules(host));
    }

    /// The name becomes part of a path and of a script.
    private String app() throws UserException {
        String name = invocation.value("app").orElse("");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "._-".indexOf(c) >= 0;
            if (!plain || name.startsWith(".")) {
                throw new UserException(
                        "--app " + name + " is no name of an application", "letters, digits, . _ and -");
            }
        }
        return name;
    }

    private Action action() {
        return switch (invocation.command()) {
            case EXEC -> Action.EXEC;
            case RUN -> Action.RUN;
            case SHELL -> Action.SHELL;
            case TEST -> Action.TEST;
            case BUILD, INSPECT, SIF, OVERLAY, CONFIG, DOCTOR, VERSION, HELP ->
                throw new IllegalStateException("not a launch");
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

    /// The file systems that are laid over the image: its own, and over it those that were asked for.
    private List<Overlay> overlays(Host host, Image image, Volumes volumes) throws UserException {
        var overlays = new ArrayList<Overlay>();
        var own = volumes.overlayOf(image);
        if (own.isPresent()) {
            overlays.add(Overlay.of(own.get(), !invocation.flag("writable")));
        }
        for (String item : invocation.items("overlay")) {
            overlays.add(Overlay.open(item, host.workingDirectory(), volumes));
        }
        return overlays;
    }

    private static Map<Bind, Volume> images(ContainerSpec spec, Volumes volumes) throws UserException {
        var images = new HashMap<Bind, Volume>();
        for (Bind bind : spec.hostView().binds()) {
            if (bind.part().isPresent()) {
                images.put(bind, volumes.image(bind.source(), bind.part().get().id()));
            }
        }
        return images;
    }

    /// `--writable` with an overlay that is written to is the overlay's, not the image's.
    private static ContainerSpec effective(ContainerSpec spec, Attachments attachments) {
        for (Overlay overlay : attachments.overlays()) {
            if (!overlay.readOnly() && spec.writable() == Writable.YES) {
                return new ContainerSpec(
                        spec.payload(), spec.identity(), Writable.NO, spec.hostView(), spec.environment());
            }
        }
        return spec;
    }

    private void warnOfParts() {
        if (invocation.flag("containall") || invocation.flag("compat")) {
            session.log().warning("PID and IPC namespaces are not yet available: --contain and --cleanenv are applied");
        }
    }
}
