package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.EnvironmentFile;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.ContainerSpec.Payload;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs the script in each shell that images have as `/bin/sh`; a directory stands in for the image's own scripts.
class ActionScriptTest {
    @TempDir
    Path directory = Path.of("");

    /// The variables that the C program leaves for the script.
    private final Map<String, String> arriving =
            new LinkedHashMap<>(Map.of("PATH", "/usr/bin:/bin", "HOME", "/home/ada"));

    private final Map<String, String> set = new LinkedHashMap<>();
    private final Map<String, String> exported = new LinkedHashMap<>();
    private final List<EnvironmentFile> files = new ArrayList<>();
    private boolean evaluated = true;

    enum Shell {
        DASH("/bin/dash"),
        BASH("/bin/bash", "--posix"),
        BUSYBOX("/bin/busybox", "sh");

        private final List<String> command;

        Shell(String... command) {
            this.command = List.of(command);
        }
    }

    record Result(int status, String output, String errors) {}

    @ParameterizedTest
    @EnumSource
    void nothing_of_ours_is_left_and_nothing_of_the_shell_s_is_added(Shell shell) throws Exception {
        host("A", "1");
        var environment = environment(shell);
        environment.remove("SHLVL"); // bash adds it to whatever it becomes
        assertThat(environment)
                .isEqualTo(Map.of("A", "1", "PATH", "/usr/bin:/bin", "HOME", "/home/ada", "PWD", directory + ""));
    }

    @ParameterizedTest
    @EnumSource
    void the_caller_s_variables_come_back_byte_for_byte(Shell shell) throws Exception {
        var values = Map.of(
                "EMPTY", "",
                "BLANKS", "  two  words ",
                "LINES_", "one\ntwo\n\n",
                "QUOTES", "it's \"quoted\"",
                "SHELLISH", "$HOME `id` $(id) \\ * ; & | ~ ${x:?}",
                "UNICODE", "Zoë");
        values.forEach(this::host);
        assertThat(environment(shell)).containsAllEntriesOf(values);
    }

    @ParameterizedTest
    @EnumSource
    void variables_that_shells_set_by_themselves_are_the_caller_s(Shell shell) throws Exception {
        var values = Map.of(
                "HOSTNAME",
                "login1",
                "TERM",
                "xterm",
                "SHLVL",
                "5",
                "OLDPWD",
                "/x",
                "SHELL",
                "/bin/zsh",
                "COLUMNS",
                "80");
        values.forEach(this::host);
        assertThat(environment(shell)).containsAllEntriesOf(values);
    }

    @ParameterizedTest
    @EnumSource
    void names_that_shells_use_themselves_do_no_harm(Shell shell) throws Exception {
        for (String name :
                List.of("IFS", "OPTIND", "PS1", "PS2", "PS4", "LINENO", "RANDOM", "GROUPS", "BASH_VERSION")) {
            host(name, "x");
        }
        host("A", "1");
        assertThat(environment(shell)).containsEntry("A", "1");
    }

    @ParameterizedTest
    @EnumSource
    void the_image_s_value_wins_over_the_caller_s(Shell shell) throws Exception {
        host("BOTH", "host");
        host("MINE", "host");
        script("env/90-environment.sh", "export BOTH=image OWN=image");
        assertThat(environment(shell))
                .containsEntry("BOTH", "image")
                .containsEntry("MINE", "host")
                .containsEntry("OWN", "image");
    }

    @ParameterizedTest
    @EnumSource
    void what_the_image_sees_of_the_environment_is_clean(Shell shell) throws Exception {
        for (String name : List.of("A", "TERM", "HOSTNAME", "SHLVL")) {
            host(name, "host");
        }
        script("env/90-environment.sh", "export SEEN=\"${A-}${TERM-}${HOSTNAME-}${SHLVL-}\"");
        assertThat(environment(shell)).containsEntry("TERM", "host").containsEntry("SEEN", "");
    }

    @ParameterizedTest
    @EnumSource
    void what_the_image_empties_is_unset(Shell shell) throws Exception {
        host("GONE", "host");
        script("env/90-environment.sh", "export GONE=");
        assertThat(environment(shell)).doesNotContainKey("GONE");
    }

    @ParameterizedTest
    @EnumSource
    void scripts_are_sourced_in_the_order_of_their_names_and_may_source_others(Shell shell) throws Exception {
        script("more", "SAID=\"$SAID more\"");
        script("env/10-docker.sh", "export SAID=10");
        script("env/90-environment.sh", "SAID=\"$SAID 90\"; source " + directory + "/more");
        script("env/95-apps.sh", "SAID=\"$SAID 95\"");
        script("env/notes.txt", "SAID=wrong");
        assertThat(environment(shell)).containsEntry("SAID", "10 90 more 95");
    }

    @ParameterizedTest
    @EnumSource
    void what_the_user_sets_comes_behind_the_base_script(Shell shell) throws Exception {
        set.put("A", "user");
        set.put("PATH", "$PATH:/opt/bin");
        host("A", "host");
        script("env/90-environment.sh", "export A=image PATH=/image/bin:/usr/bin:/bin");
        script("env/99-base.sh", "export A=base");
        script("env/99-runtimevars.sh", "export LAST=\"$A $PATH\"");
        assertThat(environment(shell))
                .containsEntry("A", "user")
                .containsEntry("PATH", "/image/bin:/usr/bin:/bin:/opt/bin")
                .containsEntry("LAST", "user /image/bin:/usr/bin:/bin:/opt/bin");
    }

    @ParameterizedTest
    @EnumSource
    void what_the_user_sets_holds_without_a_base_script_too(Shell shell) throws Exception {
        set.put("A", "user");
        script("env/90-environment.sh", "export A=image");
        assertThat(environment(shell)).containsEntry("A", "user");
        Files.delete(directory.resolve("env/90-environment.sh"));
        Files.delete(directory.resolve("env"));
        assertThat(environment(shell)).containsEntry("A", "user");
    }

    @ParameterizedTest
    @EnumSource
    void values_are_evaluated_inside_double_quotes(Shell shell) throws Exception {
        set.put("SUM", "$((1 + 1)) $(echo x)");
        set.put("QUOTED", "say \"hi\" it's");
        set.put("LINES_", "one\ntwo");
        set.put("LITERAL", "\\$HOME");
        set.put("LD_LIBRARY_PATH", "/a");
        assertThat(environment(shell))
                .containsEntry("SUM", "2 x")
                .containsEntry("QUOTED", "say \"hi\" it's")
                .containsEntry("LINES_", "one\ntwo")
                .containsEntry("LITERAL", "$HOME")
                .containsEntry("LD_LIBRARY_PATH", "/a:" + directory + "/libs");
    }

    @ParameterizedTest
    @EnumSource
    void a_backslash_before_a_quote_or_at_the_end_of_a_value_ends_no_string(Shell shell) throws Exception {
        set.put("END", "C:\\");
        set.put("QUOTE", "a\\\"; echo broken #");
        assertThat(environment(shell)).containsKeys("END", "QUOTE");
    }

    @ParameterizedTest
    @EnumSource
    void a_separator_that_the_user_sets_is_not_ours(Shell shell) throws Exception {
        set.put("IFS", ",");
        host("A", "1");
        host("B", "2");
        assertThat(environment(shell)).containsEntry("A", "1").containsEntry("B", "2");
    }

    @ParameterizedTest
    @EnumSource
    void what_the_image_s_scripts_do_to_the_shell_is_survived(Shell shell) throws Exception {
        host("A", "1");
        host("B", "2");
        set.put("C", "3");
        script("env/90-environment.sh", "set -eu\nIFS=:\ncd /");
        assertThat(environment(shell))
                .containsEntry("A", "1")
                .containsEntry("B", "2")
                .containsEntry("C", "3");
    }

    @ParameterizedTest
    @EnumSource
    void the_environment_of_an_image_of_old_is_read(Shell shell) throws Exception {
        script("environment", "export A=old");
        assertThat(environment(shell)).containsEntry("A", "old");
    }

    private void host(String name, String value) {
        arriving.put("_KERR_HOST_" + name, value);
        arriving.merge("_KERR_HOST_NAMES", name + " ", String::concat);
    }

    @ParameterizedTest
    @EnumSource
    void environment_files_are_evaluated_in_order_and_before_what_is_set(Shell shell) throws Exception {
        host("OF_HOST", "h");
        host("SHADOWED", "host");
        script("env/90-environment.sh", "export OF_IMAGE=i");
        file("# a comment\nA=1\nexport B=\"two words\"\nC='it'\\''s'\nLINES_='x\ny'\nP=$PATH:$OF_HOST:$OF_IMAGE");
        file("A=2\nSHADOWED=file\nHOME=/elsewhere");
        set.put("C", "set");
        exported.put("A", "exported");
        exported.put("E", "exported");
        assertThat(environment(shell))
                .containsEntry("A", "2")
                .containsEntry("E", "exported")
                .containsEntry("B", "two words")
                .containsEntry("C", "set")
                .containsEntry("LINES_", "x\ny")
                .containsEntry("P", "/usr/bin:/bin:h:i")
                .containsEntry("SHADOWED", "file")
                .containsEntry("OF_HOST", "h")
                .containsEntry("HOME", "/home/ada");
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_is_no_shell_text_is_named(Shell shell) throws Exception {
        file("A='1");
        assertThat(run(shell, "true"))
                .isEqualTo(new Result(
                        255, "", "FATAL:   the environment file vars cannot be evaluated by the container's shell\n"));
    }

    @ParameterizedTest
    @EnumSource
    void values_are_literal_if_they_are_not_to_be_evaluated(Shell shell) throws Exception {
        evaluated = false;
        set.put("A", "$HOME `id` \\\"'");
        set.put("PREPEND_PATH", "/$x");
        assertThat(environment(shell))
                .containsEntry("A", "$HOME `id` \\\"'")
                .containsEntry("PATH", "/$x:/usr/bin:/bin");
    }

    @ParameterizedTest
    @EnumSource
    void library_paths_are_extended_at_either_end(Shell shell) throws Exception {
        set.put("PREPEND_LD_LIBRARY_PATH", "/first");
        set.put("APPEND_LD_LIBRARY_PATH", "/last");
        assertThat(environment(shell)).containsEntry("LD_LIBRARY_PATH", "/first:/last");
    }

    @ParameterizedTest
    @EnumSource
    void a_docker_path_gets_the_directories_that_it_lacks(Shell shell) throws Exception {
        script("env/10-docker2singularity.sh", "export PATH=/opt/bin:/usr/bin");
        assertThat(environment(shell))
                .containsEntry("PATH", "/opt/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin");
    }

    private void file(String text) {
        files.add(new EnvironmentFile("vars", text));
    }

    private void script(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(directory.resolve("env"));
        Files.writeString(file, text + "\n");
        if (name.equals("environment")) {
            Files.delete(directory.resolve("env"));
        }
    }

    private Map<String, String> environment(Shell shell) throws Exception {
        var result = run(shell, "env", "-0");
        assertThat(result.errors()).isEmpty();
        assertThat(result.status()).isZero();
        var variables = new TreeMap<String, String>();
        for (String variable : result.output().split("\0")) {
            int equals = variable.indexOf('=');
            if (!variable.startsWith("_=")) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return variables;
    }

    private Result run(Shell shell, String... arguments) throws Exception {
        var rules = new EnvironmentRules(false, List.of(), exported, files, set, evaluated, false);
        var payload = new Payload(Action.EXEC, 0, List.of());
        return run(shell, directory, arriving, ActionScript.text(payload, rules), arguments);
    }

    /// Runs a script in which a directory stands for `/.singularity.d` and the root of the image.
    static Result run(Shell shell, Path directory, Map<String, String> environment, String script, String... arguments)
            throws Exception {
        assumeTrue(
                new File(shell.command.getFirst()).canExecute(),
                () -> "no " + shell.command.getFirst() + " on this host");
        var command = new ArrayList<>(shell.command);
        command.addAll(List.of("-c", standIn(script, directory), "kerr"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        Path errors = Files.createTempFile("errors", "");
        builder.environment().clear();
        builder.environment().putAll(environment);
        var process = builder.redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var result = new Result(process.waitFor(), output, Files.readString(errors));
        Files.delete(errors);
        return result;
    }

    private static String standIn(String script, Path directory) {
        return script.replace("/.singularity.d", directory + "")
                .replace("-f /environment", "-f " + directory + "/environment")
                .replace(". /environment", ". " + directory + "/environment")
                .replace(" /singularity;", " " + directory + "/singularity;");
    }
}
