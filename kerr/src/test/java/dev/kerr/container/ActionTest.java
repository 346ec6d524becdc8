package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kerr.container.ActionScriptTest.Result;
import dev.kerr.container.ActionScriptTest.Shell;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.ContainerSpec.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is started at the end of the script, and with which status and message it ends, in each shell.
class ActionTest {
    private final Map<String, String> environment =
            new HashMap<>(Map.of("PATH", "/nowhere:/usr/bin:/bin", "HOME", "/"));

    private static final EnvironmentRules NO_RULES = new EnvironmentRules(false, Map.of("A", "1"));

    private Variant variant = Variant.USUAL;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @EnumSource
    void a_command_is_found_in_the_path_and_its_status_is_ours(Shell shell) throws Exception {
        assertThat(run(shell, Action.EXEC, "sh", "-c", "exit 7").status()).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource
    void arguments_arrive_as_they_were_given(Shell shell) throws Exception {
        var result = run(shell, Action.EXEC, "printf", "<%s>", "a b", "", "$HOME", "*", "two\nlines", "-n");
        assertThat(result.output()).isEqualTo("<a b><><$HOME><*><two\nlines><-n>");
    }

    @ParameterizedTest
    @EnumSource
    void a_command_that_is_nowhere_in_the_path_is_named(Shell shell) throws Exception {
        refused(run(shell, Action.EXEC, "no such"), "\"no such\": executable file not found in $PATH");
    }

    @ParameterizedTest
    @EnumSource
    void shell_builtins_and_functions_are_no_commands(Shell shell) throws Exception {
        refused(run(shell, Action.EXEC, "_kerr_fail"), "\"_kerr_fail\": executable file not found in $PATH");
        refused(run(shell, Action.EXEC, "unset"), "\"unset\": executable file not found in $PATH");
    }

    @ParameterizedTest
    @EnumSource
    void a_path_that_is_missing_is_named(Shell shell) throws Exception {
        refused(run(shell, Action.EXEC, "./missing"), "\"./missing\": no such file in the container");
    }

    @ParameterizedTest
    @EnumSource
    void a_directory_is_no_command(Shell shell) throws Exception {
        refused(run(shell, Action.EXEC, "./"), "\"./\" is a directory in the container");
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_is_not_executable_is_named(Shell shell) throws Exception {
        Files.writeString(directory.resolve("data"), "");
        refused(run(shell, Action.EXEC, "./data"), "\"./data\": permission denied: it is not executable");
    }

    @ParameterizedTest
    @EnumSource
    void a_script_without_an_interpreter_line_is_run_by_the_shell(Shell shell) throws Exception {
        program("plain", "echo \"plain $1\"\n");
        assertThat(run(shell, Action.EXEC, "./plain", "x").output()).isEqualTo("plain x\n");
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_is_no_program_is_not_found_in_silence(Shell shell) throws Exception {
        program("broken", "#!/no/such/interpreter\n");
        var result = run(shell, Action.EXEC, "./broken");
        assertThat(result.status()).isIn(126, 127, 255);
        assertThat(result.errors()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void an_empty_command_is_refused(Shell shell) throws Exception {
        assertThat(run(shell, Action.EXEC, "").status()).isEqualTo(255);
    }

    @ParameterizedTest
    @EnumSource
    void the_runscript_gets_the_arguments(Shell shell) throws Exception {
        program("runscript", "#!/bin/sh\necho \"ran $*\"; exit 3\n");
        assertThat(run(shell, Action.RUN, "a", "b")).isEqualTo(new Result(3, "ran a b\n", ""));
    }

    @ParameterizedTest
    @EnumSource
    void the_runscript_of_an_image_of_old_is_run(Shell shell) throws Exception {
        program("singularity", "#!/bin/sh\necho old\n");
        assertThat(run(shell, Action.RUN)).isEqualTo(new Result(0, "old\n", ""));
    }

    @ParameterizedTest
    @EnumSource
    void without_a_runscript_a_shell_is_started_with_a_word(Shell shell) throws Exception {
        assertThat(run(shell, Action.RUN, "-c", "echo in the shell"))
                .isEqualTo(
                        new Result(0, "in the shell\n", "INFO:    no runscript in the container, starting /bin/sh\n"));
    }

    @ParameterizedTest
    @EnumSource
    void the_test_script_is_run(Shell shell) throws Exception {
        program("test", "#!/bin/sh\nexit 4\n");
        assertThat(run(shell, Action.TEST)).isEqualTo(new Result(4, "", ""));
    }

    @ParameterizedTest
    @EnumSource
    void without_a_test_script_all_is_well(Shell shell) throws Exception {
        assertThat(run(shell, Action.TEST)).isEqualTo(new Result(0, "", "INFO:    no test script in the container\n"));
    }

    @ParameterizedTest
    @EnumSource
    void the_shell_knows_that_it_is_the_shell(Shell shell) throws Exception {
        String expected = Files.isExecutable(Path.of("/bin/bash")) ? "/bin/bash" : "/bin/sh";
        assertThat(run(shell, Action.SHELL, "-c", "echo $SHELL")).isEqualTo(new Result(0, expected + "\n", ""));
    }

    @ParameterizedTest
    @EnumSource
    void an_application_s_own_scripts_are_run(Shell shell) throws Exception {
        app("tool");
        Files.createDirectories(directory.resolve("scif/apps/tool/scif"));
        program("scif/apps/tool/scif/runscript", "#!/bin/sh\necho \"ran $*\"\n");
        assertThat(run(shell, Action.RUN, "a b")).isEqualTo(new Result(0, "ran a b\n", ""));
        assertThat(run(shell, Action.TEST)).isEqualTo(new Result(1, "", "ERROR:   no test for contained app: tool\n"));
        assertThat(run(shell, Action.EXEC, "echo", "x")).isEqualTo(new Result(0, "x\n", ""));
    }

    @ParameterizedTest
    @EnumSource
    void an_application_that_is_missing_is_named_with_those_there_are(Shell shell) throws Exception {
        app("nope");
        String message = "FATAL:   Could not locate the container application: ";
        assertThat(run(shell, Action.EXEC, "echo")).isEqualTo(new Result(1, "", message + "nope\n"));
        Files.createDirectories(directory.resolve("scif/apps/one/scif"));
        Files.createDirectories(directory.resolve("scif/apps/two"));
        assertThat(run(shell, Action.RUN)).isEqualTo(new Result(1, "", message + "nope (hint: there is one two)\n"));
        app("one/scif");
        assertThat(run(shell, Action.RUN).status()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void another_shell_is_started_if_it_is_there(Shell shell) throws Exception {
        program("fish", "#!/bin/sh\necho \"fish $SHELL $*\"\n");
        shell(directory + "/fish");
        assertThat(run(shell, Action.SHELL, "-l")).isEqualTo(new Result(0, "fish " + directory + "/fish -l\n", ""));
        shell("/no/shell");
        refused(run(shell, Action.SHELL), "\"/no/shell\": no such file in the container");
    }

    private void app(String name) {
        variant = new Variant(Optional.of(name), Optional.empty(), false);
        environment.put("KERR_APPNAME", name);
    }

    private void shell(String path) {
        variant = new Variant(Optional.empty(), Optional.of(path), false);
        environment.put("KERR_SHELL", path);
    }

    @Test
    void a_step_has_no_script() {
        assertThatIllegalArgumentException().isThrownBy(() -> ActionScript.text(payload(Action.STEP), NO_RULES));
    }

    private void program(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result run(Shell shell, Action action, String... arguments) throws Exception {
        String script = ActionScript.text(payload(action), NO_RULES);
        return ActionScriptTest.run(shell, directory, environment, script, arguments);
    }

    private Payload payload(Action action) {
        return new Payload(action, 1, List.of(), variant);
    }

    private static void refused(Result result, String message) {
        assertThat(result).isEqualTo(new Result(255, "", "FATAL:   " + message + "\n"));
    }
}
