package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.config.Variables;
import dev.kerr.log.UserException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineParserTest {
    @ParameterizedTest
    @ValueSource(strings = {"--bind=/a:/b", "--bind /a:/b", "-B/a:/b", "-B /a:/b", "-B=/a:/b", "-eB/a:/b", "-eB /a:/b"})
    void a_value_is_written_in_many_ways(String words) throws Exception {
        var invocation = exec(words + " image true");
        assertThat(invocation.values("bind")).containsExactly("/a:/b");
        assertThat(invocation.operands()).containsExactly("image", "true");
    }

    @Test
    void flags_go_together() throws Exception {
        var invocation = exec("-we image true");
        assertThat(invocation.flag("writable")).isTrue();
        assertThat(invocation.flag("cleanenv")).isTrue();
        assertThat(invocation.flag("fakeroot")).isFalse();
    }

    @Test
    void flags_may_be_given_a_value() throws Exception {
        assertThat(exec("--cleanenv=false image true").flag("cleanenv")).isFalse();
        assertThat(exec("--cleanenv=true image true").flag("cleanenv")).isTrue();
        assertThat(exec("--cleanenv --cleanenv=false image true").flag("cleanenv"))
                .isFalse();
    }

    @Test
    void the_last_of_several_values_counts_where_there_can_be_one() throws Exception {
        assertThat(exec("--cwd /a --cwd=/b image true").value("cwd")).contains("/b");
        assertThat(exec("--cwd= image true").value("cwd")).contains("");
    }

    @Test
    void lists_are_repeated_or_have_commas() throws Exception {
        var invocation = exec("-B /a,/b --bind /c image true");
        assertThat(invocation.values("bind")).containsExactly("/a,/b", "/c");
        assertThat(invocation.items("bind")).containsExactly("/a", "/b", "/c");
    }

    @Test
    void whatever_comes_after_the_image_is_the_payload_s() throws Exception {
        var invocation = exec("-e image ls --all -l -- --bind");
        assertThat(invocation.operands()).containsExactly("image", "ls", "--all", "-l", "--", "--bind");
        assertThat(invocation.operandsFrom()).isEqualTo(1);
        assertThat(invocation.values("bind")).isEmpty();
    }

    @Test
    void two_dashes_end_the_options() throws Exception {
        var invocation = exec("-e -- --image -x");
        assertThat(invocation.operands()).containsExactly("--image", "-x");
        assertThat(invocation.operandsFrom()).isEqualTo(2);
    }

    @Test
    void one_dash_is_no_option() throws Exception {
        assertThat(exec("- true").operands()).containsExactly("-", "true");
    }

    @Test
    void a_value_may_look_like_an_option() throws Exception {
        assertThat(exec("--cwd --bind image true").value("cwd")).contains("--bind");
    }

    @Test
    void options_of_other_commands_may_stand_anywhere() throws Exception {
        var invocation = parse(Command.INSPECT, "image --json -l", Map.of());
        assertThat(invocation.operands()).containsExactly("image");
        assertThat(invocation.flag("json")).isTrue();
        assertThat(invocation.flag("labels")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--bnid /a image true | unknown option --bnid of exec",
                "--bnid=/a image true | unknown option --bnid of exec",
                "--sandbox image true | unknown option --sandbox of exec",
                "-x image true        | unknown option -x of exec",
                "-ex image true       | unknown option -x of exec",
                "--=x image true      | unknown option -- of exec",
                "--bin /a image true  | unknown option --bin of exec",
                "--bind               | option --bind needs a value",
                "-eB                  | option -B needs a value",
                "--cleanenv=maybe i t | option --cleanenv takes no value but true or false",
                "--cleanenv= i t      | option --cleanenv takes no value but true or false",
            })
    void what_is_wrong_is_said(String words, String message) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> exec(words))
                .withMessage(message)
                .satisfies(wrong -> assertThat(wrong.command()).contains(Command.EXEC));
    }

    @Test
    void options_that_are_not_yet_there_are_refused_and_not_skipped() throws Exception {
        for (Command command : Command.values()) {
            for (Option option : Options.of(command)) {
                if (option.state() == Option.State.NOT_YET) {
                    String word = "--" + option.name() + (option.kind() == Option.Kind.FLAG ? "" : "=x");
                    assertThatExceptionOfType(UserException.class)
                            .isThrownBy(() -> parse(command, word + " image", Map.of()))
                            .withMessage("option --" + option.name() + " is not yet available in this version");
                }
            }
        }
    }

    @Test
    void variables_that_ask_for_what_is_not_yet_there_are_refused_and_not_skipped() throws Exception {
        for (Command command : Command.values()) {
            for (Option option : Options.of(command)) {
                for (String suffix : option.variables()) {
                    if (option.state() == Option.State.NOT_YET) {
                        var variables = Map.of("SINGULARITY_" + suffix, "1");
                        assertThatExceptionOfType(UserException.class)
                                .isThrownBy(() -> parse(command, "image", variables))
                                .withMessage("option --" + option.name()
                                        + " is not yet available, and a variable asks for it");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "0", "false"})
    void a_variable_that_asks_for_nothing_is_not_refused(String value) throws Exception {
        assertThat(parse(Command.EXEC, "image true", Map.of("APPTAINER_NV", value))
                        .operands())
                .hasSize(2);
    }

    @Test
    void help_is_there_whatever_the_variables_ask_for() throws Exception {
        assertThat(parse(Command.EXEC, "--help", Map.of("APPTAINER_NV", "1")).flag("help"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "true, true",
        "1, true",
        "yes, true",
        "TRUE, true",
        "T, true",
        "false, false",
        "0, false",
        "no, false",
        "False, false",
        "FALSE, false",
        "f, false",
        "' ', false"
    })
    void a_variable_sets_a_flag(String value, boolean expected) throws Exception {
        var invocation = parse(Command.EXEC, "image true", Map.of("KERR_CLEANENV", value));
        assertThat(invocation.flag("cleanenv")).isEqualTo(expected);
    }

    @Test
    void our_variables_go_before_apptainer_s_and_singularity_s() throws Exception {
        var all = Map.of("KERR_CWD", "/k", "APPTAINER_CWD", "/a", "SINGULARITY_CWD", "/s");
        assertThat(parse(Command.EXEC, "i t", all).value("cwd")).contains("/k");
        var field = Map.of("KERR_CWD", " ", "APPTAINER_CWD", "/a", "SINGULARITY_CWD", "/s");
        assertThat(parse(Command.EXEC, "i t", field).value("cwd")).contains("/a");
        var old = Map.of("SINGULARITY_CWD", "/s");
        assertThat(parse(Command.EXEC, "i t", old).value("cwd")).contains("/s");
        assertThat(parse(Command.EXEC, "--cwd /given i t", all).value("cwd")).contains("/given");
    }

    @Test
    void the_first_of_an_option_s_variables_counts() throws Exception {
        var both = Map.of("KERR_CWD", "/first", "KERR_TARGET_CWD", "/second");
        assertThat(parse(Command.EXEC, "i t", both).value("cwd")).contains("/first");
        assertThat(parse(Command.EXEC, "i t", Map.of("KERR_TARGET_CWD", "/second"))
                        .value("cwd"))
                .contains("/second");
    }

    @Test
    void global_options_stand_before_the_command() throws Exception {
        var global = CommandLineParser.global(List.of("-d", "--config", "/etc/x.conf", "exec", "-e", "image"));
        assertThat(global.at()).isEqualTo(3);
        assertThat(global.flag("debug")).isTrue();
        assertThat(global.given().get("config")).isEqualTo(List.of("/etc/x.conf"));
        assertThat(CommandLineParser.global(List.of()).at()).isZero();
        assertThat(CommandLineParser.global(List.of("-q")).at()).isEqualTo(1);
    }

    @Test
    void options_of_a_command_are_unknown_before_it() {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> CommandLineParser.global(List.of("--bind", "/a", "exec")))
                .withMessage("unknown option --bind")
                .satisfies(wrong -> assertThat(wrong.command()).isEmpty());
    }

    private static Invocation exec(String words) throws Exception {
        return parse(Command.EXEC, words, Map.of());
    }

    private static Invocation parse(Command command, String words, Map<String, String> variables) throws Exception {
        return CommandLineParser.command(command, List.of(words.split(" ")), 0, new Variables(variables));
    }
}
