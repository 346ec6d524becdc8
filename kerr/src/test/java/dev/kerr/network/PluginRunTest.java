package dev.kerr.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plugins that are scripts: what they are given, and what becomes of what they answer.
class PluginRunTest {
    @TempDir
    Path directory = Path.of("");

    @BeforeEach
    void plugins_write_down_what_they_get() throws IOException {
        Files.writeString(directory.resolve("namespace"), "");
        Files.writeString(directory.resolve("made"), "");
        for (String name : List.of("one", "two")) {
            plugin(name, """
                    #!/bin/sh
                    { echo "$0 $CNI_COMMAND $CNI_IFNAME $CNI_ARGS"; cat; echo; } >>DIRECTORY/log
                    env | sort >DIRECTORY/environment
                    [ $CNI_COMMAND = DEL ] || echo '{"cniVersion":"0.4.0","by":"@name@"}'
                    """);
        }
    }

    private void plugin(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, text.replace("DIRECTORY", directory.toString()).replace("@name@", name));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private PluginRun run(String... types) throws IOException {
        var plugins = new ArrayList<JsonObject>();
        for (String type : types) {
            plugins.add(JsonReader.readObject(("{\"type\":\"" + type + "\"}").getBytes(StandardCharsets.UTF_8)));
        }
        var network = new PluginList("net", "0.4.0", "eth0", "IP=192.0.2.1", plugins);
        return new PluginRun(
                directory.resolve("namespace"), directory.toString(), List.of(network), directory.resolve("made"));
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("log")).replace(directory + "/", "");
    }

    @Test
    void each_plugin_gets_the_result_of_the_one_before() throws Exception {
        run("one", "two").up();
        assertThat(log()).isEqualTo("""
                one ADD eth0 IP=192.0.2.1
                {"type":"one","name":"net","cniVersion":"0.4.0"}
                two ADD eth0 IP=192.0.2.1
                {"type":"two","name":"net","cniVersion":"0.4.0","prevResult":{"cniVersion":"0.4.0","by":"one"}}
                """);
    }

    @Test
    void they_are_undone_backwards_with_the_last_result() throws Exception {
        run("one", "two").up();
        Files.delete(directory.resolve("log"));
        run("one", "two").down();
        assertThat(log()).isEqualTo("""
                two DEL eth0 IP=192.0.2.1
                {"type":"two","name":"net","cniVersion":"0.4.0","prevResult":{"cniVersion":"0.4.0","by":"two"}}
                one DEL eth0 IP=192.0.2.1
                {"type":"one","name":"net","cniVersion":"0.4.0","prevResult":{"cniVersion":"0.4.0","by":"two"}}
                """);
    }

    @Test
    void what_was_never_made_is_undone_too() throws Exception {
        run("one", "two").down();
        assertThat(log()).contains("two DEL", "one DEL").doesNotContain("prevResult");
    }

    @Test
    void a_plugin_has_nothing_of_the_caller_s_environment() throws Exception {
        run("one").up();
        assertThat(Files.readAllLines(directory.resolve("environment")))
                .extracting(line -> line.substring(0, line.indexOf('=')))
                .contains("CNI_COMMAND", "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS", "CNI_PATH", "PATH")
                .allMatch(name -> name.startsWith("CNI_")
                        || List.of("PATH", "PWD", "_", "SHLVL", "OLDPWD").contains(name));
    }

    private void refused(String message, String... types) throws IOException {
        var run = run(types);
        assertThatExceptionOfType(UserException.class).isThrownBy(run::up).withMessage(message);
    }

    @Test
    void a_plugin_s_error_is_told_in_its_words() throws Exception {
        plugin(
                "bad",
                "#!/bin/sh\nprintf %s '{\"code\":7,\"msg\":\"no such\\nmaster\",\"details\":\"eth9\"}'; exit 1\n");
        refused("network net: plugin bad: no such master: eth9", "bad");
        plugin("mute", "#!/bin/sh\nexit 3\n");
        refused("network net: plugin mute: it ended with status 3", "mute");
    }

    @Test
    void an_answer_that_is_no_result_is_refused() throws Exception {
        plugin("odd", "#!/bin/sh\necho 'hello'\n");
        refused("network net: plugin odd: its answer is no result: malformed JSON at offset 0", "odd");
        plugin("long", "#!/bin/sh\nhead -c 2000000 /dev/zero\n");
        refused("network net: plugin long: its answer has more than 1048576 bytes", "long");
    }

    @Test
    void one_that_cannot_be_undone_does_not_keep_the_others_from_it() throws Exception {
        plugin("bad", "#!/bin/sh\nexit 1\n");
        var run = run("one", "bad");
        assertThatExceptionOfType(UserException.class).isThrownBy(run::down);
        assertThat(log()).contains("one DEL");
    }

    @Test
    void the_words_are_those_of_the_c_program() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> PluginRun.run(List.of("--network", "sideways", "/x", "/y", "{}")));
    }
}
