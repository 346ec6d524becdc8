package dev.kerr.cli;

import dev.kerr.build.OciScripts;
import dev.kerr.bytes.FormatException;
import dev.kerr.config.ByteSize;
import dev.kerr.config.Config;
import dev.kerr.container.Attachments;
import dev.kerr.container.Bind;
import dev.kerr.container.Bind.ImagePart;
import dev.kerr.container.ContainerSpec;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.ContainerSpec.Variant;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.container.Host;
import dev.kerr.container.Overlay;
import dev.kerr.container.Plan;
import dev.kerr.container.Planner;
import dev.kerr.container.Reuse;
import dev.kerr.container.Rights;
import dev.kerr.container.RootMapping;
import dev.kerr.container.WatchedTree;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.image.Volume;
import dev.kerr.image.Volumes;
import dev.kerr.linux.Inputs;
import dev.kerr.log.UserException;
import dev.kerr.network.Network;
import dev.kerr.starter.Starter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `exec`, `run`, `shell`, `test`: from what was typed to a plan.
final class LaunchCommand {
    /// A day.
    private static final int LONGEST_LINGER = 86_400;

    private static final long LEAST_TMPFS = 1 << 20;

    private final Session session;
    private final Config site;
    private final KeptLog log;
    private final Inputs inputs = new Inputs();
    private final Invocation invocation;

    LaunchCommand(Session session, Invocation invocation) throws UserException {
        this.log = new KeptLog(session.log());
        this.session =
                new Session(session.out(), log, session.variables(), session.directories(), session.configuration());
        inputs.content(session.configuration());
        this.site = session.config();
        this.invocation = OciMode.effective(invocation, site);
    }

    /// Sends the plan to the waiting C program, or prints it.
    ///
    /// @param planDescriptor the pipe to the C program
    int run(int planDescriptor) throws UsageException, UserException, IOException {
        checkOperands();
        String name = invocation.operands().getFirst();
        if (InstanceJoin.isOne(name)) {
            send(join(), Optional.empty(), planDescriptor);
            return ExitStatus.SUCCESS;
        }
        if (!Images.isElsewhere(name)) {
            Planned planned = plan(name);
            send(planned.plan, planned.reuse, planDescriptor);
            return ExitStatus.SUCCESS;
        }
        var fetched = new FetchStep(session, invocation).fetch(name);
        boolean sent = false;
        try {
            Plan plan = plan(fetched.file().toString()).plan;
            sent = send(fetched.once() ? plan.withImageOnce() : plan, Optional.empty(), planDescriptor);
        } finally {
            if (fetched.once() && !sent) {
                Files.deleteIfExists(fetched.file());
            }
        }
        return ExitStatus.SUCCESS;
    }

    private Plan join() throws UsageException, UserException, IOException {
        if (InstanceStart.isOne(invocation)) {
            throw new UserException(
                    "an instance cannot be started of " + invocation.operands().getFirst());
        }
        var host = Host.probe(site, session.variables(), session.directories(), inputs);
        var spec = spec(host, new OciMode(Identity.CALLER, Optional.empty(), false), Network.HOST);
        return new InstanceJoin(session, invocation).plan(spec, host.account(), host.workingDirectory());
    }

    /// @param reuse empty if it must be planned each time
    private record Planned(Plan plan, Optional<Reuse> reuse) {}

    private Planned plan(String imageName) throws UsageException, UserException, IOException {
        var config = config();
        var host = host(config);
        try (var volumes = new Volumes();
                var image = watched(Images.open(imageName))) {
            var network = new LaunchNetwork(session, config).find(invocation, host);
            var spec = spec(host, OciMode.of(image, invocation, config, caller(host)), network);
            var attachments = new Attachments(
                    overlays(host, image, volumes),
                    images(spec, volumes),
                    new LaunchGpus(session, config, inputs).find(invocation, image.tree(), host),
                    image instanceof Image.Layered layered ? OciScripts.files(layered) : Map.of());
            Plan plan = Planner.plan(effective(spec, attachments), image, attachments, host, config);
            plan.warnings().forEach(session.log()::warning);
            return new Planned(plan, reuse(plan, spec, image, attachments, config));
        } catch (FormatException damaged) {
            throw Images.damaged(invocation.operands().getFirst(), damaged);
        }
    }

    private Host host(Config config) throws IOException {
        var host = Host.probe(config, session.variables(), session.directories(), inputs);
        return invocation.flag("userns") ? host.inUserNamespace() : host;
    }

    private Image watched(Image image) {
        if (image instanceof Image.Sandbox sandbox) {
            return WatchedTree.of(sandbox, inputs);
        }
        inputs.content(image.path());
        return image;
    }

    /// When the plan may be performed again. Never, if it depends on more than what was given and what was looked at by
    /// way of [Inputs].
    private Optional<Reuse> reuse(Plan plan, ContainerSpec spec, Image image, Attachments attachments, Config config) {
        Config.Limits limits = config.limits();
        boolean isPlain = !(image instanceof Image.Layered)
                && attachments.overlays().isEmpty()
                && attachments.images().isEmpty()
                && spec.environment().files().isEmpty()
                && spec.isolation().network().isAsTyped()
                && !config.mounts().hostfs()
                && limits.owners().isEmpty()
                && limits.groups().isEmpty()
                && limits.paths().isEmpty();
        boolean isInstance = spec.isolation().background().isPresent();
        if (!isPlain
                || isInstance
                || !plan.isForShell()
                || !log.isWhole()
                || !inputs.areAll()
                || invocation.flag("replan")) {
            return Optional.empty();
        }
        int fewest = invocation.command() == Command.EXEC ? 1 : 0;
        return Optional.of(new Reuse(invocation.operandsFrom() + 1, fewest, log.said(), inputs));
    }

    /// @return whether the plan was sent, not shown
    private boolean send(Plan plan, Optional<Reuse> reuse, int planDescriptor) throws UserException, IOException {
        if (invocation.flag("dry-run")) {
            session.out().print(plan.text());
            return false;
        }
        Starter.send(plan, reuse, "/proc/self/fd/" + planDescriptor);
        return true;
    }

    /// The site's configuration, but for what the user asks for.
    private Config config() throws UserException {
        var seconds = invocation.value("shared-mount-linger");
        if (seconds.isEmpty()) {
            return configOfSession();
        }
        try {
            int linger = Integer.parseInt(seconds.get());
            if (linger >= 0 && linger <= LONGEST_LINGER) {
                return configOfSession().withLinger(linger);
            }
        } catch (NumberFormatException word) {
            // said below
        }
        throw new UserException(
                "--shared-mount-linger " + seconds.get() + " is no time",
                "it is a number of seconds, at most " + LONGEST_LINGER);
    }

    private Config configOfSession() throws UserException {
        var size = invocation.value("writable-tmpfs-size");
        if (size.isEmpty()) {
            return site;
        }
        var bytes = ByteSize.parseMebibytes(size.get());
        if (bytes.isEmpty() || bytes.getAsLong() < LEAST_TMPFS) {
            throw new UserException(
                    "--writable-tmpfs-size " + size.get() + " is no size",
                    "it is a number of MiB, or such as 512M or 2G");
        }
        if (writable() != Writable.TMPFS) {
            throw new UserException("--writable-tmpfs-size without --writable-tmpfs means nothing");
        }
        return site.withSession(bytes.getAsLong());
    }

    private void checkOperands() throws UsageException {
        boolean isInstance = InstanceStart.isOne(invocation);
        int needed = invocation.command() == Command.EXEC || isInstance ? 2 : 1;
        if (invocation.operands().size() < needed) {
            String second = isInstance ? "a name for the instance" : "a command";
            String missing = invocation.operands().isEmpty() ? "an image" : second;
            throw new UsageException(
                    invocation.command().word() + " needs " + missing, Optional.of(invocation.command()));
        }
    }

    private Rights rights(Host host) throws UserException, IOException {
        Path capabilities = session.directories().capabilities();
        return new LaunchRights(invocation, site, host, capabilities, inputs).rights();
    }

    /// Who a caller is who is not to be a user of the image.
    private Identity caller(Host host) throws UserException, IOException {
        if (!invocation.flag("fakeroot")) {
            return Identity.CALLER;
        }
        var root = LaunchRights.root(invocation, host, site);
        root.tell(host, log);
        if (root.mapping() != RootMapping.SUB_IDS) {
            inputs.missSome(); // how kerr was started, and what the kernel forbids
        }
        return root.identity();
    }

    private ContainerSpec spec(Host host, OciMode mode, Network network)
            throws UsageException, UserException, IOException {
        // the C program counts its own name as word 0
        int callerFrom = invocation.operandsFrom() + 1 + ownOperands();
        var rights = rights(host);
        var security = new LaunchSecurity(invocation, host, session.directories(), inputs, log);
        return new ContainerSpec(
                new Payload(action(), callerFrom, words(), variant()),
                mode.identity(),
                writable(),
                new LaunchView(invocation, session.variables(), host).view(mode),
                new LaunchEnvironment(session.variables(), CallerBytes.OURS, session.log()).rules(invocation),
                new LaunchIsolation(invocation, network, new LaunchLimits(session, site, invocation, host, inputs))
                        .isolation(rights, security.security(mode.identity(), rights))
                        .in(new InstanceStart(session, invocation).background(host.account())));
    }

    /// How many operands are not the payload's: the image, and the name of an instance.
    private int ownOperands() {
        return InstanceStart.isOne(invocation) ? 2 : 1;
    }

    private List<String> words() {
        var operands = invocation.operands();
        var words = new ArrayList<String>();
        for (int i = ownOperands(); i < operands.size(); i++) {
            words.add(CallerBytes.OURS.word(operands.get(i)));
        }
        return words;
    }

    private Variant variant() {
        boolean ownUmask = invocation.flag("no-umask") || invocation.flag("compat");
        return new Variant(named("app"), named("shell"), ownUmask);
    }

    /// An option's value; an empty one is none.
    private Optional<String> named(String option) {
        return invocation.value(option).filter(value -> !value.isEmpty());
    }

    private Action action() {
        return switch (invocation.command()) {
            case EXEC -> Action.EXEC;
            case RUN -> Action.RUN;
            case SHELL -> Action.SHELL;
            case TEST -> Action.TEST;
            case INSTANCE_START -> Action.START;
            case INSTANCE_RUN -> Action.RUN;
            case BUILD,
                    PULL,
                    PUSH,
                    REGISTRY,
                    REMOTE,
                    KEYSERVER,
                    CACHE,
                    MOUNT,
                    OCI,
                    INSTANCE,
                    INSPECT,
                    SIF,
                    OVERLAY,
                    DATA,
                    CAPABILITY,
                    CONFIG,
                    DOCTOR,
                    VERSION,
                    HELP -> throw new IllegalStateException("not a launch");
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
        for (Volume own : volumes.over(image)) {
            overlays.add(Overlay.of(own, !invocation.flag("writable")));
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
                int id = bind.part().get().id();
                images.put(bind, id == ImagePart.DATA ? volumes.data(bind.source()) : volumes.image(bind.source(), id));
            }
        }
        return images;
    }

    /// `--writable` with an overlay that is written to is the overlay's, not the image's.
    private static ContainerSpec effective(ContainerSpec spec, Attachments attachments) {
        for (Overlay overlay : attachments.overlays()) {
            if (!overlay.readOnly() && spec.writable() == Writable.YES) {
                return new ContainerSpec(
                        spec.payload(),
                        spec.identity(),
                        Writable.NO,
                        spec.hostView(),
                        spec.environment(),
                        spec.isolation());
            }
        }
        return spec;
    }
}
