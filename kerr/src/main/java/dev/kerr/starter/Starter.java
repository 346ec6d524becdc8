package dev.kerr.starter;

import static java.util.Objects.requireNonNull;

import dev.kerr.container.Plan;
import dev.kerr.container.Reuse;
import dev.kerr.log.UserException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The C program, as Java uses it. One step at a time.
public final class Starter {
    private final Path program;
    private final AtomicReference<@Nullable Process> running = new AtomicReference<>();

    /// @param program `bin/kerr`
    public Starter(Path program) {
        this.program = requireNonNull(program);
    }

    /// The C program's path, `bin/kerr`.
    public Path program() {
        return program;
    }

    /// Gives the plan to the C program that waits for it: our parent.
    ///
    /// @param reuse when it may be performed again; empty if never
    /// @param pipe where it reads
    public static void send(Plan plan, Optional<Reuse> reuse, String pipe) throws IOException, UserException {
        byte[] bytes = PlanEncoder.encode(plan, reuse);
        try (var out = new FileOutputStream(pipe)) {
            out.write(bytes);
        } catch (IOException broken) {
            if (!"Broken pipe".equals(broken.getMessage())) {
                throw broken;
            } // whoever waited was killed: there is nobody to tell
        }
    }

    /// Performs a plan in a process of its own and waits for it. Its standard output goes to our standard error: what
    /// was
    /// asked for on standard output is never what a step prints.
    ///
    /// The kernel kills the step with the *thread* that starts it: this must be one that outlives the step.
    ///
    /// @param directory where the plan is put as long as the step takes, mode 0600
    /// @return the payload's exit status, 128 + n if signal n ended it
    public int perform(Plan plan, Path directory) throws IOException, UserException {
        Path file = write(plan, directory);
        try {
            return await(start(file));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /// Starts a plan whose payload is this program as a [Worker]. It takes the file of the plan away.
    ///
    /// The kernel kills it with the *thread* that starts it.
    ///
    /// @param directory where the plan is put, mode 0600
    public Worker hire(Plan plan, Path directory) throws IOException, UserException {
        var command =
                List.of(program.toString(), "--worker", write(plan, directory).toString());
        return new Worker(
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    private static Path write(Plan plan, Path directory) throws IOException, UserException {
        byte[] bytes = PlanEncoder.encode(plan);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        return Files.write(Files.createTempFile(directory, "kerr-plan-", "", ownerOnly), bytes);
    }

    /// Ends the step in progress, if there is one; one that is being started is.
    public void stop() {
        synchronized (running) {
            Process process = running.get();
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private Process start(Path plan) throws IOException {
        var builder = new ProcessBuilder(program.toString(), "--step", plan.toString());
        synchronized (running) {
            Process process = builder.inheritIO().start();
            running.set(process);
            return process;
        }
    }

    private int await(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a step ran", interrupted);
        } finally {
            running.set(null);
        }
    }
}
