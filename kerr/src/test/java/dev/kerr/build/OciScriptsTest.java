package dev.kerr.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.oci.ImageConfig.Execution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The scripts in a real shell.
class OciScriptsTest {
    private static final List<String> NASTY =
            List.of("a  b", "$HOME", "`id`", "\"q\"", "'s'", "\\", "x}y", "*", "", "l\nm");

    @TempDir
    Path directory;

    private static Execution execution(List<String> environment, List<String> entrypoint, List<String> command) {
        return new Execution("", environment, entrypoint, command, "", new TreeMap<>(), List.of(), List.of());
    }

    private String output(String script, String... arguments) throws Exception {
        Path file = Files.writeString(directory.resolve("script"), script);
        var command = new ArrayList<>(List.of("/bin/sh", file.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SET", "by the user");
        builder.environment().put("EMPTY", "");
        var process = builder.start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }

    private static List<String> program(List<String> words) {
        var program = new ArrayList<>(List.of("printf", "<%s>"));
        program.addAll(words);
        return program;
    }

    private static String shown(List<String> words) {
        var text = new StringBuilder();
        words.forEach(word -> text.append('<').append(word).append('>'));
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "a b", "$HOME", "`id`", "a \"b\" \\ 'c' }d} *", "two\nlines", "ü", "=x=", ""})
    void a_variable_has_its_value_whatever_is_in_it(String value) throws Exception {
        String script = OciScripts.environment(execution(List.of("V=" + value), List.of(), List.of()));
        assertThat(output(script + "printf %s \"$V\"\n")).isEqualTo(value);
    }

    @Test
    void a_variable_is_set_unless_it_is_and_the_path_always() throws Exception {
        var environment = List.of("SET=image", "EMPTY=image", "PATH=/image", "no-name=x", "NONE");
        String script = OciScripts.environment(execution(environment, List.of(), List.of()));
        assertThat(script).doesNotContain("no-name");
        assertThat(output(script + "echo \"$SET|$EMPTY|$PATH|${NONE-unset}\"\n"))
                .isEqualTo("by the user|image|/image|\n");
    }

    @Test
    void the_command_follows_the_entry_point_and_gives_way_to_arguments() throws Exception {
        String script = OciScripts.runscript(execution(List.of(), program(NASTY), List.of("$c", "d  e")));
        var words = new ArrayList<>(NASTY);
        words.addAll(List.of("$c", "d  e"));
        assertThat(output(script)).isEqualTo(shown(words));
        words = new ArrayList<>(NASTY);
        words.addAll(NASTY);
        assertThat(output(script, NASTY.toArray(String[]::new))).isEqualTo(shown(words));
    }

    @Test
    void without_an_entry_point_arguments_are_the_program() throws Exception {
        String script = OciScripts.runscript(execution(List.of(), List.of(), program(NASTY)));
        assertThat(output(script)).isEqualTo(shown(NASTY));
        assertThat(output(script, "echo", "$x")).isEqualTo("$x\n");
    }

    @Test
    void without_anything_there_is_a_shell() throws Exception {
        String script = OciScripts.runscript(execution(List.of(), List.of(), List.of()));
        assertThat(output(script, "echo", "x")).isEqualTo("x\n");
        assertThat(output(script)).isEmpty();
    }
}
