package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.config.Config;
import dev.kerr.container.Attachments;
import dev.kerr.container.Bind;
import dev.kerr.container.ContainerSpec;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.ContainerSpec.HostView;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.container.Host;
import dev.kerr.container.Isolation;
import dev.kerr.container.Isolation.Namespace;
import dev.kerr.container.Plan;
import dev.kerr.container.Planner;
import dev.kerr.container.Recording;
import dev.kerr.container.Rights;
import dev.kerr.container.RootMapping;
import dev.kerr.container.Security;
import dev.kerr.gpu.GpuMounts;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import dev.kerr.network.Connection;
import dev.kerr.network.Network;
import dev.kerr.starter.Starter;
import dev.kerr.starter.Worker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs the steps of a build as launches are run: planned here, performed by the C program.
public final class PlannedRunner implements BuildRunner {
    private final Host host;
    private final Config config;
    private final RootMapping root;
    private final Starter starter;
    private final StepView view;
    private final Log log;
    private final List<Worker> hired = new ArrayList<>();
    private @Nullable Worker worker;
    private long workerMemory;
    private @Nullable Path directory;

    /// @param root how a caller who is not root is it in the steps
    /// @param view what steps in the container see of the host besides what all of them do
    public PlannedRunner(Host host, Config config, RootMapping root, Starter starter, StepView view, Log log) {
        this.host = requireNonNull(host);
        this.config = requireNonNull(config);
        this.root = requireNonNull(root);
        this.starter = requireNonNull(starter);
        this.view = requireNonNull(view);
        this.log = requireNonNull(log);
    }

    @Override
    public void workIn(Path directory) {
        this.directory = requireNonNull(directory);
    }

    @Override
    public int onHost(List<String> argv, Map<String, String> environment) throws IOException, UserException {
        return perform(Planner.planOnHost(step(argv, environment, Writable.YES, List.of()), root, host));
    }

    @Override
    public int ourselves(long memoryBytes, List<String> words, Map<String, String> environment)
            throws IOException, UserException {
        return worker(memoryBytes, environment).perform(words);
    }

    @Override
    public void prepareOurselves(long memoryBytes, Map<String, String> environment) throws IOException, UserException {
        worker(memoryBytes, environment);
    }

    @Override
    public void dismissOurselves() {
        if (worker != null) {
            worker.dismiss();
            worker = null;
        }
    }

    /// The process that may use so much memory, if there is one; else a new one.
    private Worker worker(long memoryBytes, Map<String, String> environment) throws IOException, UserException {
        if (worker != null && worker.isAlive() && workerMemory == memoryBytes) {
            return worker;
        }
        dismissOurselves();
        var argv = List.of(starter.program().toString(), "--tree", Long.toString(memoryBytes));
        Plan plan = Planner.planOnHost(step(argv, environment, Writable.YES, List.of()), root, host);
        Worker made;
        synchronized (hired) { // one that is being started is stopped, too
            made = starter.hire(plan, requireNonNull(directory, "no build has begun"));
            hired.add(made);
        }
        worker = made;
        workerMemory = memoryBytes;
        return made;
    }

    @Override
    public int inContainer(Path rootfs, List<String> argv, Map<String, String> environment)
            throws IOException, UserException {
        return inContainer(rootfs, argv, environment, Writable.YES);
    }

    @Override
    public int inFinished(Path rootfs, List<String> argv, Map<String, String> environment)
            throws IOException, UserException {
        return inContainer(rootfs, argv, environment, view.writableOfTest());
    }

    private int inContainer(Path rootfs, List<String> argv, Map<String, String> environment, Writable writable)
            throws IOException, UserException {
        var image = new Image.Sandbox(rootfs.toAbsolutePath());
        GpuMounts gpus = view.gpus().find(image.tree());
        var all = new HashMap<>(environment);
        if (!gpus.libraries().isEmpty()) {
            all.put("LD_LIBRARY_PATH", GpuMounts.LIBRARIES);
        }
        var attachments = new Attachments(List.of(), Map.of(), gpus);
        return perform(Planner.plan(step(argv, all, writable, view.binds()), image, attachments, host, config));
    }

    @Override
    public int inImage(Path rootfs, ImageCommand command) throws IOException, UserException {
        var image = new Image.Sandbox(rootfs.toAbsolutePath());
        var user = command.user().isEmpty()
                ? Optional.<Security.OtherUser>empty()
                : Optional.of(Security.OtherUser.ofImage(
                        command.user(), text(rootfs, "etc/passwd"), text(rootfs, "etc/group")));
        var environment = new HashMap<>(command.environment());
        environment.putIfAbsent("HOME", user.map(of -> of.account().home()).orElse("/root"));
        List<Namespace> namespaces = command.networked() ? List.of() : List.of(Namespace.NET);
        var isolation = Isolation.of(namespaces, Isolation.Processes.HOST)
                .with(Rights.USUAL, Security.of(Optional.empty(), user))
                .on(command.networked() ? Network.HOST : new Network(Connection.NONE, List.of()));
        if (user.isPresent() && !isRealRoot() && root != RootMapping.SUB_IDS) {
            log.warning("USER " + command.user() + ": the build has one id, and runs this as root");
        }
        var view = new HostView(
                command.binds(),
                Optional.empty(),
                false,
                List.of("home", "cwd"),
                List.of(),
                Optional.empty(),
                Optional.of(command.directory()));
        var spec = new ContainerSpec(
                new Payload(Action.STEP, 0, command.argv()),
                new Identity.Fakeroot(root),
                Writable.YES,
                view,
                new EnvironmentRules(true, environment),
                isolation);
        return perform(Planner.plan(spec, image, Attachments.NONE, host, config));
    }

    private static String text(Path rootfs, String name) throws IOException, UserException {
        Path file = ScopedPath.resolve(rootfs, name);
        return Files.isRegularFile(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    }

    @Override
    public void checkRecording() throws UserException {
        String server = host.facilities().squashfsServer();
        if (!Files.isExecutable(Path.of(server))) {
            throw new UserException(
                    "cannot profile: there is no " + server + ", which records what a launch reads",
                    "install all of Kerr, or build without --profile");
        }
    }

    @Override
    public int recorded(Path image, String command, Path record) throws IOException, UserException {
        var recording = new Recording(record.toString());
        try (Image opened = Images.open(image.toString())) {
            return perform(Planner.plan(launch(command), opened, Attachments.recorded(recording), host, config));
        }
    }

    private static ContainerSpec launch(String command) {
        return new ContainerSpec(
                new Payload(Action.EXEC, 0, List.of("/bin/sh", "-c", command)),
                Identity.CALLER,
                Writable.NO,
                new HostView(
                        List.of(),
                        Optional.empty(),
                        true,
                        List.of("home", "cwd", "proc"),
                        List.of(),
                        Optional.empty(),
                        Optional.of("/")),
                new EnvironmentRules(true, Map.of()));
    }

    @Override
    public boolean isRealRoot() {
        return host.credentials().mayMount();
    }

    @Override
    public String kindOfRoot() {
        return (isRealRoot() ? "root" : root.name()) + " " + view.binds();
    }

    @Override
    public void stop() {
        starter.stop();
        synchronized (hired) {
            hired.forEach(Worker::stop);
        }
    }

    @Override
    public void await() throws IOException {
        dismissOurselves();
        for (Worker ending : hired) {
            ending.await();
        }
    }

    private int perform(Plan plan) throws IOException, UserException {
        plan.warnings().forEach(log::warning);
        return starter.perform(plan, requireNonNull(directory, "no build has begun"));
    }

    private ContainerSpec step(
            List<String> argv, Map<String, String> environment, Writable writable, List<Bind> binds) {
        return new ContainerSpec(
                new Payload(Action.STEP, 0, argv),
                new Identity.Fakeroot(root),
                writable,
                new HostView(
                        binds,
                        Optional.empty(),
                        false,
                        List.of("home", "cwd"),
                        List.of(),
                        Optional.empty(),
                        Optional.empty()),
                new EnvironmentRules(true, environment));
    }
}
