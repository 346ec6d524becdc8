package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.config.Variables;
import dev.kerr.container.ContainerSpec.CallersVariables;
import dev.kerr.container.ContainerSpec.EnvironmentFile;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.RawText;
import dev.kerr.log.Log;
import dev.kerr.log.StreamLog;
import dev.kerr.log.UserException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchEnvironmentTest {
    @TempDir
    Path process = Path.of("");

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @Test
    void the_option_goes_before_our_variables_and_these_before_those_of_the_field() throws Exception {
        var variables = Map.of(
                "SINGULARITYENV_A",
                "s",
                "APPTAINERENV_A",
                "a",
                "KERRENV_A",
                "k",
                "SINGULARITYENV_B",
                "s",
                "APPTAINERENV_B",
                "a",
                "SINGULARITYENV_C",
                "s",
                "KERRENV_D",
                "k",
                "OTHER",
                "x");
        assertThat(of(variables, "D=option,E=1"))
                .isEqualTo(Map.of("A", "k", "B", "a", "C", "s", "D", "option", "E", "1"));
        assertThat(said()).isEmpty();
    }

    @Test
    void items_are_separated_by_commas_that_are_not_quoted() throws Exception {
        assertThat(of(Map.of(), "A=1,\"B=x,y\",C=say \"hi\"", "D="))
                .isEqualTo(Map.of("A", "1", "B", "x,y", "C", "say \"hi\"", "D", ""));
    }

    @Test
    void a_value_may_have_an_equals_sign_lines_and_nothing() throws Exception {
        assertThat(of(Map.of("KERRENV_X", ""), "A=b=c", "B=one\ntwo"))
                .isEqualTo(Map.of("A", "b=c", "B", "one\ntwo", "X", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "=x", "A=1,B", ""})
    void what_is_no_name_with_a_value_is_refused(String list) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> of(Map.of(), list))
                .withMessageMatching("--env .*is not NAME=VALUE");
    }

    @Test
    void names_that_the_runtime_sets_are_left_alone_with_a_warning() throws Exception {
        assertThat(of(Map.of("KERRENV_HOME", "/x"), "UID=0,GID=0,A=1")).isEqualTo(Map.of("A", "1"));
        assertThat(said().lines())
                .hasSize(3)
                .allMatch(line -> line.matches("WARNING: variable (HOME|UID|GID) cannot be set .*"));
    }

    @Test
    void what_is_no_identifier_never_reaches_a_shell() throws Exception {
        var variables =
                Map.of("KERRENV_A; rm -rf x", "1", "KERRENV_1A", "1", "KERRENV_", "1", "KERRENV_BASH_FUNC_x%%", "1");
        assertThat(of(variables, "B-C=1", "Ä=1")).isEmpty();
        assertThat(said().lines())
                .hasSize(6)
                .allMatch(line -> line.endsWith(" is no name of a variable and is not set"));
    }

    @Test
    void bytes_that_are_no_text_are_kept() throws Exception {
        byte[] bytes =
                "X=1\0KERRENV_A=a?$HOME\0exec\0--env\0B=?,C=c\0--env=D=?\0".getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '?' ? (byte) 0xff : bytes[i];
        }
        Files.write(process.resolve("environ"), bytes);
        Files.write(process.resolve("cmdline"), bytes);
        String raw = RawText.decode(new byte[] {(byte) 0xff});
        assertThat(of(Map.of("KERRENV_A", "a\ufffd$HOME"), "B=\ufffd,C=c", "D=\ufffd"))
                .isEqualTo(Map.of("A", "a" + raw + "$HOME", "B", raw, "C", "c", "D", raw));
    }

    @Test
    void files_come_between_the_variables_and_the_options() throws Exception {
        Path file = Files.writeString(process.resolve("file"), "A=3\nUID=5\n");
        var rules = rules(Map.of("KERRENV_A", "1"), "--env", "A=2", "--env-file", file + "");
        assertThat(rules.set()).isEqualTo(Map.of("A", "1"));
        assertThat(rules.files()).containsExactly(new EnvironmentFile(file + "", "A=3\n_kerr_aside_UID=5\n"));
        assertThat(rules.last()).isEqualTo(Map.of("A", "2"));
        assertThat(said()).isEqualTo("WARNING: variable UID cannot be set for a container this way\n");
    }

    @Test
    void the_variable_names_files_if_the_option_does_not() throws Exception {
        Path one = Files.writeString(process.resolve("one"), "A=1");
        Path two = Files.writeString(process.resolve("two"), "A=2");
        var variables = Map.of("KERR_ENV_FILE", one + "," + two);
        assertThat(rules(variables).files()).extracting(EnvironmentFile::text).containsExactly("A=1", "A=2");
        assertThat(rules(variables, "--env-file", two + "").files()).hasSize(1);
    }

    @Test
    void a_file_that_cannot_be_read_is_fatal() throws Exception {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> rules(Map.of(), "--env-file", "/no/file"))
                .withMessage("cannot read environment file /no/file: no such file or directory");
        Path nul = Files.writeString(process.resolve("nul"), "A=\0");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> rules(Map.of(), "--env-file", nul + ""))
                .withMessage("environment file " + nul + " has a NUL byte: it is no text");
    }

    @Test
    void names_that_are_left_out_are_names_or_their_beginnings() throws Exception {
        assertThat(rules(Map.of(), "--no-env", "A,B*", "--no-env", "*").caller())
                .isEqualTo(new CallersVariables(false, List.of("A", "B*", "*")));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> rules(Map.of(), "--no-env", "A=1"))
                .withMessage("--no-env A=1 is no name of a variable");
    }

    @Test
    void a_path_that_is_set_makes_additions_void_with_a_warning() throws Exception {
        assertThat(rules(Map.of("KERRENV_PREPEND_PATH", "/x"), "--env", "PATH=/bin")
                        .set())
                .isEqualTo(Map.of("PATH", "/bin"));
        assertThat(said()).isEqualTo("WARNING: variable PREPEND_PATH has no effect: PATH is set too\n");
    }

    private EnvironmentRules rules(Map<String, String> variables, String... words) throws Exception {
        var line = new ArrayList<>(List.of(words));
        line.addAll(List.of("image", "true"));
        var caller = new Variables(variables);
        var log = new StreamLog(new PrintStream(said, true, StandardCharsets.UTF_8), Log.Level.INFO);
        return new LaunchEnvironment(caller, new CallerBytes(process), log)
                .rules(CommandLineParser.command(Command.EXEC, line, 0, caller));
    }

    private Map<String, String> of(Map<String, String> variables, String... lists)
            throws UsageException, UserException {
        var log = new StreamLog(new PrintStream(said, true, StandardCharsets.UTF_8), Log.Level.INFO);
        var environment = new LaunchEnvironment(new Variables(variables), new CallerBytes(process), log);
        var set = environment.ofVariables();
        environment.addOptions(set, List.of(lists));
        return set;
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
