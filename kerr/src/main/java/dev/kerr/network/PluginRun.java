package dev.kerr.network;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.log.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Runs plugins of CNI: the helper program of a network that the site configures, in a process of its own, as root.
///
/// What the plugins have made is kept in a file that the C program gives, and that goes with the network: so it is
/// undone
/// with what they said of it.
///
/// **Source:** [CNI specification](https://github.com/containernetworking/cni/blob/main/SPEC.md), sections 2 to 4.
public final class PluginRun {
    /// By which the C program calls for it.
    public static final String OPTION = "--network";

    private static final Path MADE = Path.of("/proc/self/fd/3");
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int ANSWER_BYTES_MAX = 1 << 20;
    private static final int PATIENCE_SECONDS = 60;
    private static final int WORDS = 5;

    private final Path namespace;
    private final String plugins;
    private final List<PluginList> networks;
    private final Path made;

    PluginRun(Path namespace, String plugins, List<PluginList> networks, Path made) {
        this.namespace = namespace;
        this.plugins = plugins;
        this.networks = List.copyOf(networks);
        this.made = made;
    }

    /// Makes the networks, or undoes them.
    ///
    /// @param words [#OPTION], `up` or `down`, a path of the namespace, the directory of plugins, the networks
    /// @throws UserException if a plugin fails; what was made is left to be undone
    public static void run(List<String> words) throws UserException, IOException {
        if (words.size() != WORDS || !words.get(1).equals("up") && !words.get(1).equals("down")) {
            throw new UserException(OPTION + " is for the C program");
        }
        var networks = new ArrayList<PluginList>();
        byte[] document = words.getLast().getBytes(StandardCharsets.UTF_8);
        for (JsonObject network : JsonReader.readObject(document).objects("networks")) {
            networks.add(PluginList.of(network));
        }
        var run = new PluginRun(Path.of(words.get(2)), words.get(3), networks, MADE);
        if (words.get(1).equals("up")) {
            run.up();
        } else {
            run.down();
        }
    }

    void up() throws UserException, IOException {
        var results = new ArrayList<Json>();
        for (PluginList network : networks) {
            Optional<JsonObject> result = Optional.empty();
            for (JsonObject plugin : network.plugins()) {
                result = Optional.of(call("ADD", network, plugin, result));
            }
            results.add(result.orElseThrow());
            keep(results);
        }
    }

    /// Undoes all, in the opposite order; also what was made in part, and what is undone already.
    void down() throws UserException, IOException {
        var results = kept();
        Optional<UserException> first = Optional.empty();
        for (int i = networks.size() - 1; i >= 0; i--) {
            Optional<JsonObject> result = i < results.size() ? Optional.of(results.get(i)) : Optional.empty();
            for (JsonObject plugin : networks.get(i).plugins().reversed()) {
                try {
                    call("DEL", networks.get(i), plugin, result);
                } catch (UserException failed) {
                    first = Optional.of(first.orElse(failed)); // and the others are undone all the same
                }
            }
        }
        if (first.isPresent()) {
            throw first.get();
        }
    }

    private void keep(List<Json> results) throws IOException {
        var members = new LinkedHashMap<String, Json>();
        members.put("results", new Json.Array(results));
        Files.write(made, JsonWriter.compact(new JsonObject(members)));
    }

    private List<JsonObject> kept() throws IOException {
        byte[] bytes = Files.readAllBytes(made);
        return bytes.length == 0 ? List.of() : JsonReader.readObject(bytes).objects("results");
    }

    /// Runs one plugin.
    ///
    /// @param before the result of the plugin before, or of the whole network
    /// @return what it answered; an empty object to `DEL`
    private JsonObject call(String command, PluginList network, JsonObject plugin, Optional<JsonObject> before)
            throws UserException, IOException {
        String type = plugin.text("type");
        var input = plugin.with("name", new Json.Text(network.name()))
                .with("cniVersion", new Json.Text(network.cniVersion()));
        if (before.isPresent()) {
            input = input.with("prevResult", before.get());
        }
        var builder = new ProcessBuilder(Path.of(plugins).resolve(type).toString());
        builder.directory(new File("/"));
        builder.environment().clear();
        builder.environment().putAll(environment(command, network));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        byte[] answer = exchange(builder, JsonWriter.compact(input), network, type);
        return answer.length == 0 || command.equals("DEL")
                ? new JsonObject(new LinkedHashMap<>())
                : result(answer, network, type);
    }

    private Map<String, String> environment(String command, PluginList network) throws IOException {
        return Map.of(
                "CNI_COMMAND", command,
                "CNI_CONTAINERID", containerId(),
                "CNI_NETNS", namespace.toString(),
                "CNI_IFNAME", network.interfaceName(),
                "CNI_ARGS", network.arguments(),
                "CNI_PATH", plugins,
                "PATH", PATH);
    }

    /// The namespace's number, which no other has as long as this one is there.
    private String containerId() throws IOException {
        return "kerr-" + Files.getAttribute(namespace, "unix:ino");
    }

    private static byte[] exchange(ProcessBuilder builder, byte[] input, PluginList network, String type)
            throws UserException, IOException {
        Process process = start(builder, network, type);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        try (var in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException unread) {
            // it has ended before it has read all: its answer says why
        }
        byte[] answer = process.getInputStream().readNBytes(ANSWER_BYTES_MAX + 1);
        if (answer.length > ANSWER_BYTES_MAX) {
            process.destroyForcibly();
            throw fault(network, type, "its answer has more than " + ANSWER_BYTES_MAX + " bytes");
        }
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw fault(network, type, why(answer, status));
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            throw new IOException("interrupted", interrupted);
        }
        return answer;
    }

    private static Process start(ProcessBuilder builder, PluginList network, String type) throws UserException {
        try {
            return builder.start();
        } catch (IOException unstarted) {
            throw fault(network, type, String.valueOf(unstarted.getMessage()));
        }
    }

    private static JsonObject result(byte[] answer, PluginList network, String type) throws UserException {
        try {
            return JsonReader.readObject(answer);
        } catch (FormatException malformed) {
            throw fault(network, type, "its answer is no result: " + malformed.getMessage());
        }
    }

    /// What a plugin that fails says of it: an object with `msg` and perhaps `details`.
    private static String why(byte[] answer, int status) {
        try {
            JsonObject error = JsonReader.readObject(answer);
            String details = error.textOrEmpty("details");
            return error.text("msg") + (details.isEmpty() ? "" : ": " + details);
        } catch (FormatException silent) {
            return status > 128
                    ? "it was ended, after at most " + PATIENCE_SECONDS + " s"
                    : "it ended with status " + status;
        }
    }

    private static UserException fault(PluginList network, String type, String why) {
        return new UserException("network " + network.name() + ": plugin " + type + ": "
                + why.strip().replace('\n', ' '));
    }
}
