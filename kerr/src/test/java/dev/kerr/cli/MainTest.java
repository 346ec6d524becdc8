package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.config.Variables;
import dev.kerr.image.MapTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Command lines, with what they print and the status that they end with.
class MainTest {
    @TempDir
    Path directory = Path.of("");

    private final Map<String, String> variables = new HashMap<>(Map.of("HOME", "/nowhere"));

    private record Result(int status, String out, String err) {}

    @Test
    void no_command_shows_the_help_and_is_no_success() {
        assertThat(run()).isEqualTo(new Result(1, Help.overview(), ""));
    }

    @Test
    void help_is_the_same_however_it_is_asked_for() {
        var expected = new Result(0, Help.overview(), "");
        assertThat(run("help")).isEqualTo(expected);
        assertThat(run("--help")).isEqualTo(expected);
        assertThat(run("-h")).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void help_for_a_command_is_the_same_however_it_is_asked_for(Command command) {
        var expected = new Result(0, Help.page(command), "");
        assertThat(run("help", command.word())).isEqualTo(expected);
        assertThat(run(command.word(), "--help")).isEqualTo(expected);
        assertThat(run(command.word(), "-h")).isEqualTo(expected);
        assertThat(run("--help", command.word())).isEqualTo(expected);
    }

    @Test
    void the_version_is_a_semantic_version() {
        assertThat(run("version").out()).matches("\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?\n");
        assertThat(run("--version"))
                .isEqualTo(new Result(0, "kerr version " + run("version").out(), ""));
    }

    @Test
    void an_unknown_command_is_named() {
        assertThat(run("exce", "image")).isEqualTo(new Result(1, "", """
                        Error: unknown command exce
                        Usage:
                          kerr [global options] <command> …
                        Run `kerr help` for the options.
                        """));
        assertThat(run("help", "exce").status()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sign", "verify", "key", "plugin"})
    void a_command_that_is_not_yet_there_is_called_so(String word) {
        assertThat(run(word, "x"))
                .isEqualTo(new Result(255, "", "FATAL:   command " + word + " is not yet available in this version\n"));
    }

    @Test
    void an_unknown_option_is_named_with_the_usage_of_its_command() {
        assertThat(run("exec", "--bnid", "/a", "image", "true")).isEqualTo(new Result(1, "", """
                        Error: unknown option --bnid of exec
                        Usage:
                          kerr exec [options] <image> <command> [argument...]
                        Run `kerr help exec` for the options.
                        """));
        assertThat(run("--bnid").err()).startsWith("Error: unknown option --bnid\nUsage:\n");
    }

    @Test
    void what_the_user_wrote_cannot_speak_to_the_terminal() {
        assertThat(run("\u001b[31m").err()).doesNotContain("\u001b");
        assertThat(run("exec", "--\u001b[31m\nx").err())
                .doesNotContain("\u001b")
                .hasLineCount(4);
        assertThat(run("exec", "\u001b[31m\nx", "true").err())
                .doesNotContain("\u001b")
                .hasLineCount(1);
    }

    @Test
    void operands_that_are_missing_are_named() {
        assertThat(run("exec").err()).startsWith("Error: exec needs an image\n");
        assertThat(run("exec", "image").err()).startsWith("Error: exec needs a command\n");
        assertThat(run("run").err()).startsWith("Error: run needs an image\n");
        assertThat(run("inspect").err()).startsWith("Error: inspect needs one image\n");
        assertThat(run("build", "x").err()).startsWith("Error: build needs ");
        assertThat(run("sif").err())
                .startsWith("Error: sif needs add, del, dump, header, info, list, new or setprim\n");
        for (String command : List.of("exec", "run", "shell", "test", "inspect", "build", "sif")) {
            assertThat(run(command).status()).as(command).isEqualTo(1);
            assertThat(run(command).out()).as(command).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "run", "shell", "test", "inspect"})
    void an_image_that_is_missing_is_named_in_one_line_with_a_hint(String command) {
        assertThat(run(command, "no/such.sif", "true", "x").status()).isNotZero();
        var result = command.equals("inspect") ? run(command, "no/such.sif") : run(command, "no/such.sif", "true");
        assertThat(result)
                .isEqualTo(new Result(
                        255,
                        "",
                        "FATAL:   image no/such.sif does not exist"
                                + " (hint: is the path right, and the disk mounted?)\n"));
    }

    @Test
    void objects_of_a_sif_are_listed() throws Exception {
        String golden = Files.readString(resource("/dev/kerr/sif/busybox.list.txt"));
        assertThat(run("sif", "list", resource("/images/busybox.sif").toString()))
                .isEqualTo(new Result(0, golden, ""));
    }

    @Test
    void an_object_of_a_sif_is_shown() throws Exception {
        String golden = Files.readString(resource("/dev/kerr/sif/busybox.info-2.txt"));
        String image = resource("/images/busybox.sif").toString();
        assertThat(run("sif", "info", "2", image)).isEqualTo(new Result(0, golden, ""));
        assertThat(run("sif", "info", "9", image).err())
                .startsWith("FATAL:   image " + image + " has no object 9 (hint");
        assertThat(run("sif", "info", "two", image).err()).startsWith("Error: object id two is no number\n");
        assertThat(run("sif", "info", "99999999999", image).status()).isEqualTo(1);
        assertThat(run("sif", "info", image).status()).isEqualTo(1);
        assertThat(run("sif", "add", image).status()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "header"})
    void what_is_no_sif_is_named_in_one_line(String verb) throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "hello\n");
        for (String name : List.of("no/such", text.toString(), directory.toString(), "/dev/null", "")) {
            var result = run("sif", verb, name);
            assertThat(result.status()).as(name).isEqualTo(255);
            assertThat(result.err()).as(name).startsWith("FATAL:   ").hasLineCount(1);
        }
    }

    @Test
    void a_dry_run_prints_the_plan_and_nothing_else() throws Exception {
        var result = run("exec", "--dry-run", "--cleanenv", sandbox(), "true");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("\nmount-directory ", "\nenv-keep ")
                .containsPattern("\nexec +[0-9]+ /bin/sh -c ");
        assertThat(result.err().lines()).allMatch(line -> line.startsWith("WARNING: "));
    }

    @Test
    void the_payload_s_words_are_counted_from_the_program_s_own_name() throws Exception {
        assertThat(run("exec", "--dry-run", sandbox(), "true").out()).containsPattern("\nexec +4 /bin/sh");
        assertThat(run("-q", "exec", "--dry-run", "--", sandbox(), "true").out())
                .containsPattern("\nexec +6 /bin/sh");
        assertThat(run("run", "--dry-run", sandbox()).out()).containsPattern("\nexec +4 /bin/sh");
    }

    @Test
    void binds_of_variables_are_added_to_those_of_options() throws Exception {
        variables.put("KERR_BIND", "/tmp:/b");
        variables.put("APPTAINER_BIND", "/tmp:/not");
        variables.put("SINGULARITY_BINDPATH", "/tmp:/c:ro");
        assertThat(run("exec", "--dry-run", "-B", "/tmp:/a", sandbox(), "true").out())
                .containsPattern("env-set +KERR_BIND /a,/b,/c\n");
    }

    @Test
    void what_contradicts_itself_is_refused() throws Exception {
        assertThat(run("exec", "--dry-run", "--writable", "--writable-tmpfs", sandbox(), "true")
                        .err())
                .isEqualTo("FATAL:   --writable and --writable-tmpfs contradict each other\n");
    }

    @Test
    void how_much_is_said_is_chosen() throws Exception {
        String sandbox = sandbox();
        assertThat(run("exec", "--dry-run", "--env", "HOME=/x", sandbox, "true").err())
                .contains("WARNING: ");
        assertThat(run("--silent", "exec", "--dry-run", "--env", "HOME=/x", sandbox, "true")
                        .err())
                .isEmpty();
        variables.put("APPTAINER_SILENT", "1");
        assertThat(run("exec", "--dry-run", "--env", "HOME=/x", sandbox, "true").err())
                .isEmpty();
        assertThat(run("exec", "no/such", "true").err()).startsWith("FATAL:   ");
    }

    @Test
    void a_configuration_that_was_named_must_be_there() throws Exception {
        assertThat(run("--config", "/no/such.conf", "exec", "--dry-run", sandbox(), "true")
                        .err())
                .startsWith("FATAL:   ")
                .contains("/no/such.conf");
    }

    @Test
    void a_mistake_in_the_configuration_is_named_with_its_line() throws Exception {
        Path file = Files.writeString(directory.resolve("kerr.conf"), "mount proc = yes\nmont sys = no\n");
        variables.put("KERR_CONFIG_FILE", file.toString());
        assertThat(run("exec", "--dry-run", sandbox(), "true").err())
                .startsWith(
                        "FATAL:   " + file + ":2: unknown directive \"mont sys\" (hint: `kerr help config` lists them)")
                .hasLineCount(1);
    }

    @Test
    void an_image_of_another_architecture_is_refused() throws Exception {
        byte[] bytes = Files.readAllBytes(resource("/images/busybox.sif"));
        bytes[45] = '1';
        bytes[46] = '1';
        Path image = Files.write(directory.resolve("s390x.sif"), bytes);
        assertThat(run("exec", "--dry-run", image.toString(), "true").err())
                .startsWith("FATAL:   image " + image + " targets 's390x', cannot run on '")
                .hasLineCount(1);
    }

    private String sandbox() throws IOException {
        Path sandbox = directory.resolve("sandbox");
        if (!Files.exists(sandbox)) {
            Files.createDirectory(sandbox);
            new MapTree()
                    .directories("/a", "/b", "/c", "/not", "/tmp", "/var/tmp", "/proc", "/sys", "/dev", "/etc")
                    .file("/bin/sh", "")
                    .writeTo(sandbox);
        }
        return sandbox.toString();
    }

    private Result run(String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = Main.run(
                List.of(words),
                new Variables(variables),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(MainTest.class.getResource(name), name).toURI());
    }
}
