package dev.kerr.cli;

import dev.kerr.config.Variables;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the JVM does while its ahead-of-time cache is made: the commands that users wait for, on a small image that comes
/// with the installation, so that the classes that they need are in the cache.
final class Training {
    private Training() {}

    static int run(PrintStream out, PrintStream err) {
        try {
            Path directory = Files.createTempDirectory("kerr-training");
            try {
                return run(sandbox(directory), out, err);
            } finally {
                delete(directory);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static int run(Path sandbox, PrintStream out, PrintStream err) {
        var variables = new HashMap<String, String>(Map.of("HOME", "/", "SINGULARITYENV_X", "1"));
        String image = System.getProperty("kerr.train.image", sandbox.toString());
        var commands = List.of(
                List.of("exec", "--dry-run", "-B", "/etc:/mnt:ro", "--env", "A=1", sandbox.toString(), "true"),
                List.of("exec", "--dry-run", "-e", "--cwd", "/", image, "true"),
                List.of("run", "--dry-run", image),
                List.of("help", "exec"),
                List.of("version"));
        for (List<String> command : commands) {
            var shown = new ByteArrayOutputStream();
            int status = Main.run(command, new Variables(variables), new PrintStream(shown, true, StandardCharsets.UTF_8), err);
            if (status != ExitStatus.SUCCESS) {
                err.println("training failed: " + String.join(" ", command));
                return status;
            }
        }
        out.println("trained on " + commands.size() + " commands");
        return ExitStatus.SUCCESS;
    }

    private static Path sandbox(Path directory) throws IOException {
        for (String name : List.of("bin", "etc", ".singularity.d")) {
            Files.createDirectories(directory.resolve(name));
        }
        Files.createFile(directory.resolve("bin/sh"));
        Files.writeString(directory.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Files.writeString(directory.resolve("etc/group"), "root:x:0:\n");
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
