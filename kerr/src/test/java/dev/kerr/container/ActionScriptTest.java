package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.CallersVariables;
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
    private final Map<String, String> last = new LinkedHashMap<>();
    private final List<EnvironmentFile> files = new ArrayList<>();
    private boolean literal;
    private Payload payload = new Payload(Action.EXEC, 1, List.of());

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
                .isEqualTo(Map.of(
                        "A",
                        "1",
                        "PATH",
                        "/usr/bin:/bin",
                        "HOME",
                        "/home/ada",
                        "PWD",
                        directory + "",
                        "PS1",
                        "Kerr> ",
                        "PROMPT_COMMAND",
                        "PS1=\"Kerr> \"; unset PROMPT_COMMAND"));
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

    @ParameterizedTest
    @EnumSource
    void a_file_is_evaluated_over_the_variables_and_under_the_options(Shell shell) throws Exception {
        set.put("A", "variable");
        set.put("B", "variable");
        set.put("C", "variable");
        file("B=file C=file\nD=file");
        file("export D=later");
        last.put("C", "option");
        script("env/90-environment.sh", "export A=image B=image");
        assertThat(environment(shell))
                .containsEntry("A", "variable")
                .containsEntry("B", "file")
                .containsEntry("C", "option")
                .containsEntry("D", "later");
    }

    @ParameterizedTest
    @EnumSource
    void a_file_is_shell_text(Shell shell) throws Exception {
        host("HOSTS", "of the host");
        script("env/90-environment.sh", "export IMAGES='of the image'");
        file("""
                # a comment: it's none
                SINGLE='$HOME "x"'
                DOUBLE="$IMAGES, $HOSTS"
                LINES_="one
                two"
                SUM=$((40 + 2))
                PATH=$PATH:/mine
                [ -n "$NONE" ] || CHOSEN=yes
                unset HOSTS
                return 3
                NEVER=1
                """);
        assertThat(environment(shell))
                .containsEntry("SINGLE", "$HOME \"x\"")
                .containsEntry("DOUBLE", "of the image, of the host")
                .containsEntry("LINES_", "one\ntwo")
                .containsEntry("SUM", "42")
                .containsEntry("PATH", "/usr/bin:/bin:/mine")
                .containsEntry("CHOSEN", "yes")
                .containsEntry("HOSTS", "of the host")
                .doesNotContainKey("NEVER");
    }

    @ParameterizedTest
    @EnumSource
    void what_an_option_refers_to_is_the_image_s_value(Shell shell) throws Exception {
        host("HOSTS", "host");
        file("PATH=/file:$PATH");
        last.put("PATH", "$PATH:/option");
        last.put("NEW", "${NEW-none}${HOSTS-none}");
        assertThat(environment(shell))
                .containsEntry("PATH", "/usr/bin:/bin:/option")
                .containsEntry("NEW", "nonenone");
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_ends_the_shell_is_named(Shell shell) throws Exception {
        for (String text : List.of("A=\"open", "exit 0", "A=$(", "if true")) {
            files.clear();
            file(text);
            var result = run(shell, "env");
            assertThat(result.status()).as(text).isEqualTo(255);
            assertThat(result.output()).isEmpty();
            assertThat(result.errors()).contains("FATAL:   environment file a file: it ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_file_does_not_set_home(Shell shell) throws Exception {
        file("A=1 HOME=/x\nexport _kerr_aside_UID=7");
        var result = run(shell, "sh", "-c", "echo $A $HOME; env | grep _kerr");
        assertThat(result.output()).isEqualTo("1 /home/ada\n");
        assertThat(result.errors()).isEqualTo("WARNING: variable HOME cannot be set for a container this way\n");
    }

    @ParameterizedTest
    @EnumSource
    void nothing_is_left_of_a_file(Shell shell) throws Exception {
        host("HOSTS", "1");
        file("A=1");
        assertThat(environment(shell).keySet()).noneMatch(name -> name.startsWith("_kerr") || name.startsWith("_KERR"));
    }

    @ParameterizedTest
    @EnumSource
    void literal_values_are_not_evaluated(Shell shell) throws Exception {
        literal = true;
        String value = "$HOME `id` $(id) \" ' \\ \\\" \n end";
        set.put("A", value);
        file("B='$HOME'");
        last.put("C", value);
        assertThat(environment(shell))
                .containsEntry("A", value)
                .containsEntry("B", "$HOME")
                .containsEntry("C", value);
    }

    @ParameterizedTest
    @EnumSource
    void paths_are_added_at_either_end(Shell shell) throws Exception {
        script("env/99-base.sh", "export LD_LIBRARY_PATH=/.singularity.d/libs");
        set.put("PREPEND_PATH", "$HOME/bin");
        set.put("APPEND_PATH", "/last");
        set.put("PREPEND_LD_LIBRARY_PATH", "/first");
        file("APPEND_LD_LIBRARY_PATH=/last");
        assertThat(environment(shell))
                .containsEntry("PATH", "/home/ada/bin:/usr/bin:/bin:/last")
                .containsEntry("LD_LIBRARY_PATH", "/first:/.singularity.d/libs:/last")
                .doesNotContainKeys("PREPEND_PATH", "APPEND_PATH", "PREPEND_LD_LIBRARY_PATH", "APPEND_LD_LIBRARY_PATH");
    }

    @ParameterizedTest
    @EnumSource
    void a_caller_s_variable_named_like_an_addition_is_a_variable(Shell shell) throws Exception {
        host("PREPEND_PATH", "/x");
        assertThat(environment(shell)).containsEntry("PREPEND_PATH", "/x").containsEntry("PATH", "/usr/bin:/bin");
    }

    @ParameterizedTest
    @EnumSource
    void a_path_of_an_oci_image_gets_the_default_directories_that_it_lacks(Shell shell) throws Exception {
        script("env/10-docker2singularity.sh", "export PATH=/opt/bin:/bin:/usr/bin");
        assertThat(environment(shell))
                .containsEntry("PATH", "/opt/bin:/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin");
    }

    @ParameterizedTest
    @EnumSource
    void the_prompt_is_the_container_s_whatever_the_caller_s_is(Shell shell) throws Exception {
        host("PS1", "host> ");
        host("PROMPT_COMMAND", "date");
        var environment = environment(shell);
        assertThat(environment)
                .containsEntry("PS1", "Kerr> ")
                .containsEntry(
                        "PROMPT_COMMAND",
                        "date; PROMPT_COMMAND=\"${PROMPT_COMMAND%%; PROMPT_COMMAND=*}\"; PS1=\"Kerr> \"");
        set.put("PS1", "mine> ");
        assertThat(environment(shell)).containsEntry("PS1", "mine> ");
    }

    private void file(String text) {
        files.add(new EnvironmentFile("a file", text));
    }

    private EnvironmentRules rules() {
        return new EnvironmentRules(new CallersVariables(false, List.of()), set, files, last, literal);
    }

    private void host(String name, String value) {
        arriving.put("_KERR_HOST_" + name, value);
        arriving.merge("_KERR_HOST_NAMES", name + " ", String::concat);
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
        return run(shell, directory, arriving, ActionScript.text(payload, rules()), arguments);
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
                .replace(" /singularity;", " " + directory + "/singularity;")
                .replace("/scif/apps", directory + "/scif/apps");
    }
}
