package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.config.Variables;
import dev.kerr.log.Log;
import dev.kerr.log.StreamLog;
import dev.kerr.log.UserException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchEnvironmentTest {
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

    private Map<String, String> of(Map<String, String> variables, String... lists)
            throws UsageException, UserException {
        var log = new StreamLog(new PrintStream(said, true, StandardCharsets.UTF_8), Log.Level.INFO);
        var words = new ArrayList<String>();
        for (String list : lists) {
            words.addAll(List.of("--env", list));
        }
        var given = new Variables(variables);
        var invocation = CommandLineParser.command(Command.EXEC, words, 0, given);
        var environment = new LaunchEnvironment(invocation, given, log);
        var all = new LinkedHashMap<>(environment.exported());
        all.putAll(environment.set());
        return all;
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
