package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kerr.config.Variables;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `kerr config`, with what it prints, what becomes of the file, and the status that it ends with.
class ConfigCommandTest {
    private static final String BEFORE = "# ours\nbind path = /a\nmount home = no # why\n";

    @TempDir
    Path directory = Path.of("");

    private Path file = Path.of("");

    private record Result(int status, String out, String err) {}

    @BeforeEach
    void write_a_file() throws IOException {
        file = Files.writeString(directory.resolve("kerr.conf"), BEFORE);
    }

    @Test
    void a_value_is_printed() {
        assertThat(run("global", "--get", "bind path")).isEqualTo(new Result(0, "/a\n", ""));
        assertThat(run("global", "-g", "mount home")).isEqualTo(new Result(0, "no\n", ""));
        assertThat(run("global", "-g", "mount sys")).isEqualTo(new Result(0, "yes\n", ""));
        assertThat(run("global", "-g", "limit container paths")).isEqualTo(new Result(0, "\n", ""));
    }

    @Test
    void a_change_is_shown_and_not_made() {
        assertThat(run("global", "--dry-run", "--set", "bind path", "/b"))
                .isEqualTo(new Result(0, "# ours\nbind path = /a\nbind path = /b\nmount home = no # why\n", ""));
        assertThat(run("global", "-d", "-u", "bind path", "/a").out())
                .isEqualTo("# ours\nbind path =\nmount home = no # why\n");
        assertThat(run("global", "-dr", "mount home").out())
                .isEqualTo("# ours\nbind path = /a\nmount home = yes # why\n");
        assertThat(file).hasContent(BEFORE);
    }

    @Test
    void root_changes_the_file() throws IOException {
        assumeThat(isRoot()).as("only root may").isTrue();
        assertThat(run("global", "-s", "bind path", "/b")).isEqualTo(new Result(0, "", ""));
        assertThat(file).hasContent("# ours\nbind path = /a\nbind path = /b\nmount home = no # why\n");
        assertThat(run("global", "-s", "sif fuse", "yes").err())
                .isEqualTo("INFO:    sif fuse has no effect: FUSE mounts all images of users\n");
    }

    @Test
    void nobody_else_does() throws IOException {
        assumeThat(isRoot()).as("root may").isFalse();
        assertThat(run("global", "-s", "bind path", "/b").err())
                .contains("only root may change the configuration " + file);
        assertThat(file).hasContent(BEFORE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "global -s nonsense yes          | unknown directive \"nonsense\"",
                "global -g nonsense              | unknown directive \"nonsense\"",
                "global -ds sif maybe            | unknown directive \"sif\"",
                "global -ds mount_home maybe     | mount home is not yes or no: maybe",
                "global -ds image_driver x       | image driver cannot be obeyed, for there are no plugins: x",
                "global -du bind_path /b         | bind path has no value /b",
            })
    void what_is_wrong_changes_nothing(String words, String message) {
        var result = run(words(words));
        assertThat(result.status()).isEqualTo(255);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("FATAL:   " + message).hasLineCount(1);
        assertThat(file).hasContent(BEFORE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                          | config needs fakeroot or global",
                "nonsense                    | config needs fakeroot or global",
                "fakeroot ada                | config fakeroot needs --add, --remove, --enable or --disable",
                "fakeroot --add              | config fakeroot needs one user",
                "fakeroot -a -r ada          | --add and --remove contradict each other",
                "fakeroot --set ada          | option --set is for config global, not for config fakeroot",
                "global --add mount_home     | option --add is for config fakeroot, not for config global",
                "global                      | config global needs --set, --unset, --get or --reset",
                "global -s                   | config global --set needs a directive",
                "global -s mount_home        | config global --set needs a value",
                "global -g mount_home yes    | config global --get takes no value",
                "global -r mount_home yes    | config global --reset takes no value",
                "global -g -s mount_home yes | --set and --get contradict each other",
                "global -g -d mount_home     | --get changes nothing",
                "global -x mount_home        | unknown option -x of config",
            })
    void a_command_line_that_says_nothing_is_a_usage_error(String words, String message) {
        var result = run(words(words));
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).startsWith("Error: " + message).contains("Usage:");
    }

    private boolean isRoot() throws IOException {
        return (Integer) Files.getAttribute(file, "unix:uid") == 0;
    }

    /// Words with a blank between; `_` stands for a blank in a word.
    private static String[] words(String text) {
        var words = new ArrayList<String>();
        for (String word : text.split(" ")) {
            if (!word.isEmpty()) {
                words.add(word.replace('_', ' '));
            }
        }
        return words.toArray(String[]::new);
    }

    private Result run(String... words) {
        var all = new ArrayList<>(List.of("--config", file.toString(), "config"));
        all.addAll(List.of(words));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = Main.run(all, new Variables(Map.of("HOME", "/nowhere")), stream(out), stream(err));
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
