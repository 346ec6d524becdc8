package dev.kerr.cli;

import dev.kerr.build.TreeWork;
import dev.kerr.config.Config;
import dev.kerr.config.Directories;
import dev.kerr.config.Variables;
import dev.kerr.container.Attachments;
import dev.kerr.container.ContainerSpec;
import dev.kerr.container.Host;
import dev.kerr.container.ImageGlibc;
import dev.kerr.container.JoinPlanner;
import dev.kerr.container.Joined;
import dev.kerr.container.Op;
import dev.kerr.container.OpCode;
import dev.kerr.container.Planner;
import dev.kerr.container.Reuse;
import dev.kerr.gpu.GpuMounts;
import dev.kerr.image.DirectoryTree;
import dev.kerr.image.Images;
import dev.kerr.instance.InstanceName;
import dev.kerr.instance.Instances;
import dev.kerr.linux.Account;
import dev.kerr.linux.Credentials;
import dev.kerr.linux.Inputs;
import dev.kerr.linux.SubIds;
import dev.kerr.log.UserException;
import dev.kerr.starter.Starter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the JVM does while an ahead-of-time cache is made: the commands that users wait for, on the images of
/// [TrainingImages], so that the classes that they need are in the cache.
///
/// There are three caches. A launch maps and relocates the whole of its own, so that one holds what launches need and
/// nothing else: no class may be used here that they do not use. A class that is missing in it costs them some 8 ms.
/// Those of bundles, and entering an instance, read JSON besides, and have another.
final class Training {
    private Training() {}

    /// Runs the commands of one cache.
    ///
    /// @param cache `launch`, `containers` or `commands`
    static int run(String cache, Path images, PrintStream out, PrintStream err) {
        try {
            var environment = new HashMap<>(System.getenv());
            environment.put("SINGULARITYENV_TRAINING", "1");
            var variables = new Variables(environment);
            boolean done = run(trained(cache, images), variables, err);
            if (!cache.equals("commands")) {
                planWithoutPrivilege(images, variables);
            }
            if (cache.equals("containers")) {
                join(
                        images.resolve(TrainingImages.INSTANCES),
                        Credentials.current().uid());
            } else if (cache.equals("commands")) {
                Path scratch = Files.createTempDirectory(images.toAbsolutePath(), "rehearsal");
                TreeWork.rehearse(images.resolve(TrainingImages.SANDBOX), scratch, err);
                environment.put("KERR_CONFIGDIR", scratch.toString());
                environment.put("TMPDIR", scratch.toString());
                done &= pull(images.resolve(TrainingImages.SIF), scratch, new Variables(environment), err);
                build(images.resolve(TrainingImages.SIF).toAbsolutePath(), scratch, new Variables(environment), err);
            }
            out.println("trained");
            return done ? ExitStatus.SUCCESS : ExitStatus.FATAL;
        } catch (IOException | UserException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static List<List<String>> trained(String cache, Path images) {
        return switch (cache) {
            case "launch" -> launches(images);
            case "containers" ->
                Stream.concat(launches(images).stream(), bundles(images).stream())
                        .toList();
            default -> commands(images);
        };
    }

    /// @return whether all succeeded
    private static boolean run(List<List<String>> commands, Variables variables, PrintStream err) {
        for (List<String> command : commands) {
            var shown = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            if (Main.run(command, variables, shown, err) != ExitStatus.SUCCESS) {
                err.println("training failed: " + command);
                return false;
            }
        }
        return true;
    }

    /// An image goes to a layout, and comes from a registry.
    private static boolean pull(Path sif, Path scratch, Variables variables, PrintStream err) throws IOException {
        Path layout = scratch.resolve("layout");
        List<String> push = List.of("--quiet", "push", sif.toString(), "oci:" + layout + ":1");
        if (!run(List.of(push), variables, err)) {
            return false;
        }
        try (var registry = new TrainingRegistry(layout)) {
            String pulled = scratch.resolve("pulled.sif").toString();
            List<String> pull = List.of("--quiet", "pull", "--no-https", pulled, registry.image());
            return run(List.of(pull), variables, err);
        }
    }

    /// Builds an image of a definition and of a Dockerfile, the same once more, and what goes on with a command. The
    /// image has no shell, so that the last two end there; where no step of a build can be done, as by who may make no
    /// user namespaces, all end at their first.
    private static void build(Path sif, Path scratch, Variables variables, PrintStream err) throws IOException {
        Path dockerfile = scratch.resolve("Dockerfile");
        Path definition = scratch.resolve("definition");
        String target = scratch.resolve("built.sif").toString();
        String copy = "FROM " + sif + "\nENV A=1\nCOPY <<END /a\na\nEND\n";
        String files = "Bootstrap: localimage\nFrom: " + sif + "\n%files\n" + dockerfile + " /a\n";
        for (boolean goesOn : List.of(false, false, true)) {
            Files.writeString(dockerfile, goesOn ? copy + "RUN :\n" : copy);
            Files.writeString(definition, goesOn ? files + "%post\n:\n" : files);
            for (Path recipe : List.of(dockerfile, definition)) {
                var shown = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
                Main.run(List.of("build", "--force", target, recipe.toString()), variables, shown, err);
            }
        }
    }

    private static List<List<String>> launches(Path images) {
        String sif = images.resolve(TrainingImages.SIF).toString();
        String gzip = images.resolve(TrainingImages.GZIP).toString();
        String sandbox = images.resolve(TrainingImages.SANDBOX).toString();
        String text = images.resolve(TrainingImages.SUB_IDS).toString();
        return List.of(
                List.of("exec", "--dry-run", "-B", "/etc:/mnt:ro", "--env", "A=1", sif, "true"),
                List.of("exec", "--dry-run", "--nv", "--cleanenv", "--env-file", text, "--cwd", "/", gzip, "true"),
                List.of("exec", "--dry-run", "--overlay", sandbox, "--home", "/:/elsewhere", sif, "true"),
                List.of("exec", "--dry-run", "--contain", "--scratch", "/scratch", gzip, "true"),
                List.of("exec", "--dry-run", "--containall", "--hostname", "training", sif, "true"),
                List.of("exec", "--dry-run", "--fakeroot", sif, "true"),
                List.of("run", "--dry-run", "--no-home", sandbox));
    }

    private static List<List<String>> bundles(Path images) {
        String bundle = images.resolve(TrainingImages.BUNDLE).toString();
        return List.of(
                List.of("oci", "--root", bundle + "/none", "run", "--dry-run", "--bundle", bundle, "training"),
                List.of("oci", "--root", bundle + "/none", "delete", "--force", "training"));
    }

    private static List<List<String>> commands(Path images) {
        return List.of(
                List.of("inspect", images.resolve(TrainingImages.SIF).toString()),
                List.of("sif", "list", images.resolve(TrainingImages.SIF).toString()),
                List.of("oci", "--root", images.resolve("none").toString(), "list"),
                List.of("help", "exec"),
                List.of("version"));
    }

    /// Plans as an ordinary user does, whoever trains.
    private static void planWithoutPrivilege(Path images, Variables variables) throws IOException, UserException {
        var directories = Directories.of(images, variables, images);
        var host = Host.probe(Config.defaults(), variables, directories);
        var range =
                SubIds.of(images.resolve(TrainingImages.SUB_IDS), "trainee", 1).orElse(new SubIds(1, 1));
        var credentials = new Credentials(1000, 1000, List.of(), 0, true);
        var ordinary = new Host(
                credentials,
                new Account("trainee", 1000, 1000, "", "/home/trainee", "/bin/sh"),
                host.groups(),
                "/",
                host.architecture(),
                new Host.Facilities(
                        false,
                        directories.squashfsServer().toString(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Host.SubIdMapping(range, range, "/usr/bin/newuidmap", "/usr/bin/newgidmap")),
                        Host.keepers(variables, credentials, new Inputs())),
                Optional.of("/dev/null"),
                List.of(),
                host.files());
        var attachments = new Attachments(List.of(), Map.of(), driver(host));
        try (var image = Images.open(images.resolve(TrainingImages.SIF).toString())) {
            var reuse = new Reuse(2, 1, "", new Inputs());
            Starter.send(
                    Planner.plan(spec(), image, attachments, ordinary, Config.defaults()),
                    Optional.of(reuse),
                    "/dev/null");
        }
    }

    private static ContainerSpec spec() {
        return new ContainerSpec(
                new ContainerSpec.Payload(ContainerSpec.Action.EXEC, 1, List.of()),
                ContainerSpec.Identity.CALLER,
                ContainerSpec.Writable.NO,
                ContainerSpec.HostView.without(List.of("home")),
                new ContainerSpec.EnvironmentRules(false, Map.of()));
    }

    /// Enters an instance, which need not be there to be planned for.
    private static void join(Path records, int owner) throws IOException, UserException {
        new Instances(records, "host", "trainee", owner, false).find(InstanceName.of("trained"));
        var process = new Joined.FirstProcess(1, 0, "", Map.of("mnt", 1L));
        List<Op> entry = List.of(new Op.Recorded(OpCode.PRIVILEGES, List.of()));
        var instance = new Joined("trained", "/image.sif", "/home/trainee", "/mnt", process, List.of(), entry);
        Starter.send(
                JoinPlanner.plan(spec(), instance, new DirectoryTree(Path.of("/")), "/"),
                Optional.empty(),
                "/dev/null");
    }

    /// A driver for graphics processors, of files that every host has.
    private static GpuMounts driver(Host host) {
        ImageGlibc.of(host.files());
        return new GpuMounts(
                List.of(new GpuMounts.File("/etc/passwd", "/etc/driver.conf", true, false)),
                List.of(new GpuMounts.Library("/etc/passwd", "libdriver.so", true)),
                List.of(new GpuMounts.Device("/dev/null", "/dev/null")),
                List.of(),
                Map.of(),
                List.of(),
                List.of());
    }
}
