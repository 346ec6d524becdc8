package dev.kerr.starter;

import dev.kerr.container.Plan;
import dev.kerr.log.UserException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The C program, as Java uses it.
///
/// @param program `bin/kerr`
public record Starter(Path program) {
    /// Gives the plan to the C program that waits for it: our parent.
    ///
    /// @param descriptor the pipe's number
    public static void send(Plan plan, int descriptor) throws IOException, UserException {
        byte[] bytes = PlanEncoder.encode(plan);
        try (var pipe = new FileOutputStream("/proc/self/fd/" + descriptor)) {
            pipe.write(bytes);
        }
    }

    /// Performs a plan in a process of its own and waits for it. Its standard output goes to our standard error: what was
    /// asked for on standard output is never what a step prints.
    ///
    /// @param directory where the plan is put for the moment until it is read
    /// @return the payload's exit status, 128 + n if signal n ended it
    public int perform(Plan plan, Path directory) throws IOException, UserException {
        byte[] bytes = PlanEncoder.encode(plan);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path file = Files.createTempFile(directory, "plan-", "", ownerOnly);
        try {
            Files.write(file, bytes);
            var builder = new ProcessBuilder(program.toString(), "--perform", file.toString());
            builder.inheritIO();
            if (!Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString().startsWith("socket:")) {
                builder.redirectOutput(ProcessBuilder.Redirect.appendTo(Path.of("/dev/stderr").toFile()));
            }
            return await(builder.start());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static int await(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a step ran", interrupted);
        }
    }
}
