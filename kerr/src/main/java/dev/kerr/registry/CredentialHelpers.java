package dev.kerr.registry;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The programs `docker-credential-NAME` that keep logins in a safer place than a file. A request is the program's
/// standard input, never an argument; its answer and its time are bounded, and what it prints is never shown.
///
/// **Source:** docker/docker-credential-helpers, README, Development; `client/client.go`.
///
/// @param environment that the programs get; its `PATH` says where they are
/// @param limit how long one may take
public record CredentialHelpers(Map<String, String> environment, Duration limit) {
    private static final int LONGEST_ANSWER = 1 << 20;
    private static final String NOT_FOUND = "credentials not found in native keychain";

    /// What a helper gives for the user's name if the secret is an identity token.
    private static final String TOKEN_USER = "<token>";

    public CredentialHelpers {
        environment = Map.copyOf(environment);
        Objects.requireNonNull(limit);
    }

    /// The login that `helper` keeps for a registry.
    ///
    /// @param server the name that the registry has among Docker's logins
    /// @throws UserException if the program is missing or fails
    Login get(String helper, String server) throws UserException {
        Answer answer = run(helper, "get", server);
        if (answer.status != 0 && answer.text.strip().equals(NOT_FOUND)) {
            return new Login.Anonymous();
        }
        JsonObject json = object(helper, answer);
        try {
            String user = json.textOrEmpty("Username");
            String secret = json.text("Secret");
            return user.equals(TOKEN_USER) ? new Login.IdentityToken(secret) : new Login.Password(user, secret);
        } catch (FormatException e) {
            throw failure(helper, "its answer has no login");
        }
    }

    void store(String helper, String server, Login.Password login) throws UserException {
        var request = new LinkedHashMap<String, Json>();
        request.put("ServerURL", new Json.Text(server));
        request.put("Username", new Json.Text(login.user()));
        request.put("Secret", new Json.Text(login.password()));
        String json = new String(JsonWriter.compact(new JsonObject(request)), StandardCharsets.UTF_8);
        requireSuccess(helper, run(helper, "store", json));
    }

    void erase(String helper, String server) throws UserException {
        requireSuccess(helper, run(helper, "erase", server));
    }

    /// The user's name by registry.
    SortedMap<String, String> list(String helper) throws UserException {
        JsonObject json = object(helper, run(helper, "list", ""));
        try {
            return new JsonObject(new LinkedHashMap<>(Map.of("list", json))).textMap("list");
        } catch (FormatException e) {
            throw failure(helper, "its answer is no list of logins");
        }
    }

    private record Answer(int status, String text) {}

    private static JsonObject object(String helper, Answer answer) throws UserException {
        requireSuccess(helper, answer);
        try {
            return JsonReader.readObject(answer.text.getBytes(StandardCharsets.UTF_8));
        } catch (FormatException e) {
            throw failure(helper, "its answer is not JSON");
        }
    }

    private static void requireSuccess(String helper, Answer answer) throws UserException {
        if (answer.status != 0) {
            throw failure(helper, "it ended with status " + answer.status);
        }
    }

    private Answer run(String helper, String verb, String input) throws UserException {
        var builder = new ProcessBuilder(program(helper).toString(), verb);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = builder.start();
            try {
                return converse(helper, process, input);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw failure(helper, Reason.of(e));
        }
    }

    private Answer converse(String helper, Process process, String input) throws UserException {
        var answer = CompletableFuture.supplyAsync(() -> bounded(process.getInputStream()), Thread::startVirtualThread);
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // One that answers without reading has what it needs.
        }
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failure(helper, "it did not end within " + limit.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(helper, "interrupted");
        }
        return new Answer(process.exitValue(), answer.join());
    }

    /// What comes after the bound is not read; nothing comes if the program is killed.
    private static String bounded(InputStream in) {
        try (in) {
            return new String(in.readNBytes(LONGEST_ANSWER), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private Path program(String helper) throws UserException {
        String name = "docker-credential-" + helper;
        boolean isName = !helper.isEmpty()
                && helper.chars().allMatch(c -> Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0);
        if (!isName) {
            throw failure(helper, "that is no name of a program");
        }
        Optional<Path> found = List.of(environment.getOrDefault("PATH", "").split(":")).stream()
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
        return found.orElseThrow(() -> new UserException(
                "cannot ask " + name + " for a login: there is no such program in PATH",
                "install it, or remove it from credsStore and credHelpers of the file with the logins"));
    }

    private static UserException failure(String helper, String reason) {
        return new UserException("cannot ask docker-credential-" + helper + " for a login: " + reason);
    }
}
