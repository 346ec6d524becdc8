package dev.kerr.cli;

import dev.kerr.config.Config;
import dev.kerr.config.Variables;
import dev.kerr.container.ContainerSpec;
import dev.kerr.container.Host;
import dev.kerr.container.Planner;
import dev.kerr.image.Images;
import dev.kerr.linux.Account;
import dev.kerr.linux.Credentials;
import dev.kerr.linux.SubIds;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import dev.kerr.sif.Extra;
import dev.kerr.sif.FsType;
import dev.kerr.sif.NewObject;
import dev.kerr.sif.NewSif;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.PartitionType;
import dev.kerr.sif.SifWriter;
import dev.kerr.sif.Stamp;
import dev.kerr.starter.PlanEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// What the JVM does while its ahead-of-time cache is made: the commands that users wait for, on small images that come
/// with
/// the program, so that the classes that they need are in the cache.
final class Training {
    private static final List<String> IMAGES = List.of("training-zstd.sqfs", "training-gzip.sqfs");

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private Training() {}

    static int run(PrintStream out, PrintStream err) {
        try {
            Path directory = Files.createTempDirectory("kerr-training");
            try {
                return run(directory, out, err);
            } finally {
                delete(directory);
            }
        } catch (IOException | UserException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static int run(Path directory, PrintStream out, PrintStream err) throws IOException, UserException {
        var environment = new HashMap<>(System.getenv());
        environment.put("SINGULARITYENV_TRAINING", "1");
        var variables = new Variables(environment);
        for (List<String> command : commands(directory)) {
            var shown = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
            if (Main.run(command, variables, shown, err) != ExitStatus.SUCCESS) {
                err.println("training failed: " + String.join(" ", command));
                return ExitStatus.FATAL;
            }
        }
        planWithoutPrivilege(directory, variables);
        out.println("trained");
        return ExitStatus.SUCCESS;
    }

    private static List<List<String>> commands(Path directory) throws IOException {
        String zstd = image(directory, IMAGES.get(0));
        String gzip = image(directory, IMAGES.get(1));
        String sif = sif(directory.resolve("training.sif"), Path.of(zstd));
        String sandbox = sandbox(directory.resolve("sandbox")).toString();
        return List.of(
                List.of("exec", "--dry-run", "-B", "/etc:/mnt:ro", "--env", "A=1", zstd, "true"),
                List.of("exec", "--dry-run", "--cleanenv", "--cwd", "/", gzip, "true"),
                List.of("run", "--dry-run", "--no-home", sandbox),
                List.of("exec", "--dry-run", sif, "true"),
                List.of("inspect", sif),
                List.of("help", "exec"),
                List.of("version"));
    }

    private static String sif(Path file, Path squashfs) throws IOException {
        var extra = new Extra.Partition(
                FsType.SQUASHFS,
                PartitionType.PRIMARY_SYSTEM,
                Architecture.ofJavaName(System.getProperty("os.arch", "")));
        var partition = NewObject.partition(extra, new ObjectContent.File(squashfs));
        SifWriter.write(file, NewSif.runnable(Stamp.reproducible(Instant.EPOCH), List.of(partition)), OWNER);
        return file.toString();
    }

    /// Plans as an ordinary user does, whoever trains.
    private static void planWithoutPrivilege(Path directory, Variables variables) throws IOException, UserException {
        var host = Host.probe(Config.defaults(), variables);
        var ordinary = new Host(
                new Credentials(1000, 1000, List.of(), 0, true),
                new Account("trainee", 1000, 1000, "", "/home/trainee", "/bin/sh"),
                host.groups(),
                "/",
                host.architecture(),
                new Host.Facilities(false, Optional.of("/usr/bin/squashfuse_ll"), Optional.of(subIds(directory))),
                host.files());
        var spec = new ContainerSpec(
                new ContainerSpec.Payload(ContainerSpec.Action.EXEC, 1, List.of()),
                ContainerSpec.Identity.CALLER,
                ContainerSpec.Writable.NO,
                new ContainerSpec.HostView(
                        List.of(), ContainerSpec.UserDirectories.WORKING_DIRECTORY, Optional.empty()),
                new ContainerSpec.EnvironmentRules(false, Map.of()));
        try (var image = Images.open(directory.resolve("training.sif").toString())) {
            PlanEncoder.encode(Planner.plan(spec, image, ordinary, Config.defaults()));
        }
    }

    /// A class that is missing in the cache costs a launch some 8 ms, so what only other users' launches need is used
    /// too.
    private static Host.SubIdMapping subIds(Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("subuid"), "trainee:100000:65536\n");
        var range = SubIds.of(file, "trainee", 1).orElse(new SubIds(1, 1));
        return new Host.SubIdMapping(range, range, "/usr/bin/newuidmap", "/usr/bin/newgidmap");
    }

    private static String image(Path directory, String name) throws IOException {
        Path file = directory.resolve(name);
        try (var in = Objects.requireNonNull(Training.class.getResourceAsStream(name), name)) {
            Files.copy(in, file);
        }
        return file.toString();
    }

    private static Path sandbox(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("bin"));
        Files.createFile(directory.resolve("bin/sh"));
        return directory;
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
