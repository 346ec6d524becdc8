package dev.kerr.cli;

import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import dev.kerr.registry.Login;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Fetches the image of a launch, in a process of its own: the planner's JVM is too lean for that.
final class FetchStep {
    private static final List<String> VALUES = List.of("authfile", "docker-host");

    private final Session session;
    private final Invocation invocation;

    FetchStep(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    /// An image that was fetched.
    ///
    /// @param once whether the file is there for this launch alone: the cache is not to be used
    record Fetched(Path file, boolean once) {}

    Fetched fetch(String source) throws UserException, IOException {
        var command = new ArrayList<>(List.of(session.directories().program().toString()));
        if (session.log().level().compareTo(Log.Level.INFO) < 0) {
            command.add("--quiet");
        }
        command.addAll(List.of("--config", session.configuration().toString(), "pull", "--to-cache", "--no-oci"));
        boolean once = invocation.flag("disable-cache");
        Path file = session.directories().temporary().resolve("kerr-image-" + UUID.randomUUID() + ".sif");
        if (once) {
            command.addAll(List.of("--disable-cache", file.toString()));
        }
        for (String option : VALUES) {
            invocation.value(option).ifPresent(value -> command.add("--" + option + "=" + value));
        }
        if (invocation.flag("no-https")) {
            command.add("--no-https");
        }
        command.add(source);
        var step = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        login(step.environment());
        var process = step.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new UserException("cannot get the image " + source);
            }
        } catch (InterruptedException interrupted) {
            process.destroy();
            throw new InterruptedIOException("interrupted while fetching " + source);
        }
        return new Fetched(once ? file : Path.of(output.strip()), once);
    }

    /// Hands the login over: arguments could be seen by all, and the step cannot ask, as its output is not the
    /// terminal.
    private void login(Map<String, String> environment) throws UserException {
        if (invocation.flag("docker-login")) {
            Login.Password login = new PromptedLogin(invocation).password();
            environment.put("KERR_DOCKER_USERNAME", login.user());
            environment.put("KERR_DOCKER_PASSWORD", login.password());
            return;
        }
        invocation.value("docker-username").ifPresent(user -> environment.put("KERR_DOCKER_USERNAME", user));
        invocation.value("docker-password").ifPresent(word -> environment.put("KERR_DOCKER_PASSWORD", word));
    }
}
