package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.ContainerSpec.Variant;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Launches of images that have no shell.
class DirectLaunchTest {
    private static final String ENVIRONMENT = "/.singularity.d/env/90-environment.sh";

    private final Situation situation = new Situation();

    DirectLaunchTest() {
        situation.image.without("/usr/bin/dash");
        situation.image.directories("/.singularity.d/env");
        action(Action.EXEC, "tool", "-x");
    }

    @Test
    void the_command_is_executed_without_a_shell() throws Exception {
        assertThat(exec()).isEqualTo("4 tool");
        action(Action.EXEC, "tool");
        assertThat(exec()).isEqualTo("0 tool");
    }

    @Test
    void what_the_image_sets_is_set_and_not_taken_from_the_caller() throws Exception {
        situation.image.file(ENVIRONMENT, "# of the image\nexport A=\"$HOME/a\" EMPTY=\nLOCAL=1\n");
        var plan = situation.plan();
        assertThat(set(plan))
                .containsEntry("A", "/home/ada/a")
                .containsEntry("PATH", PayloadRules.DEFAULT_PATH)
                .containsEntry("HOME", "/home/ada")
                .containsEntry("KERR_NAME", "debian.sif")
                .doesNotContainKeys("LOCAL", "EMPTY");
        assertThat(arguments(plan, OpCode.ENV_DROP)).contains("A", "LOCAL", "EMPTY", "KERR_*");
        assertThat(plan.text()).doesNotContain("env-stash");
    }

    @Test
    void scripts_are_read_in_order_with_the_user_s_variables_behind_the_base_script() throws Exception {
        situation.image.file(ENVIRONMENT, "export A=image B=image PATH=/image");
        situation.image.file("/.singularity.d/env/10-docker2singularity.sh", "export PATH=/opt/bin:/bin");
        situation.image.file("/.singularity.d/env/95-apps.sh", "if test -n \"$X\"; then exit 1; fi");
        situation.image.file("/.singularity.d/env/99-base.sh", "if [ -z \"$PS1\" ]; then PS1=x; fi");
        situation.image.file("/.singularity.d/env/99-last.sh", "export LAST=$A");
        situation.set.put("A", "$B \"user\"");
        situation.set.put("APPEND_PATH", "/mine");
        assertThat(set(situation.plan()))
                .containsEntry("A", "image \"user\"")
                .containsEntry("LAST", "image \"user\"")
                .containsEntry("PATH", "/image:/mine")
                .containsEntry("LD_LIBRARY_PATH", "/.singularity.d/libs")
                .containsEntry("PS1", "Kerr> ");
    }

    @Test
    void a_path_of_an_oci_image_gets_the_default_directories() throws Exception {
        situation.image.file("/.singularity.d/env/10-docker2singularity.sh", "export PATH=/opt/bin:/bin");
        assertThat(set(situation.plan()))
                .containsEntry("PATH", "/opt/bin:/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin");
    }

    @Test
    void a_script_that_needs_a_shell_is_named_with_its_line() {
        situation.image.file(ENVIRONMENT, "A=1\nif true; then B=1; fi\n");
        refused(ENVIRONMENT + ":2: 'if' needs a shell, and the image has none");
    }

    @Test
    void a_simple_runscript_is_understood() throws Exception {
        situation.image.file("/.singularity.d/runscript", "#!/bin/sh\nexec /opt/tool run \"$@\"\n");
        action(Action.RUN, "x");
        assertThat(exec()).isEqualTo("3 /opt/tool run");
        action(Action.RUN);
        assertThat(exec()).isEqualTo("0 /opt/tool run");
    }

    @Test
    void a_runscript_of_an_oci_image_is_understood() throws Exception {
        situation.image.file(
                "/.singularity.d/runscript",
                "#!/bin/sh\nOCI_ENTRYPOINT='\"/tool\" \"b c\"'\nOCI_CMD='\"-h\"'\nif true; then exec x; fi\n");
        action(Action.RUN);
        assertThat(exec()).isEqualTo("0 /tool b c -h");
        action(Action.RUN, "mine", "too");
        assertThat(exec()).isEqualTo("3 /tool b c");
    }

    @Test
    void without_an_entry_point_the_caller_s_words_are_the_command() throws Exception {
        situation.image.file("/.singularity.d/runscript", "OCI_ENTRYPOINT=''\nOCI_CMD='\"/tool\" \"-h\"'\n");
        action(Action.RUN, "mine", "too");
        assertThat(exec()).isEqualTo("4 mine");
        action(Action.RUN);
        assertThat(exec()).isEqualTo("0 /tool -h");
    }

    @Test
    void a_runscript_whose_interpreter_is_there_is_started_as_it_is() throws Exception {
        situation
                .image
                .file("/usr/bin/python", "")
                .file("/.singularity.d/runscript", "#!/usr/bin/python -s\nif 1: x\n");
        action(Action.RUN, "x");
        assertThat(exec()).isEqualTo("3 /.singularity.d/runscript");
    }

    @Test
    void what_cannot_be_started_is_refused() {
        action(Action.RUN);
        refused("no runscript and no /bin/sh in container /images/debian.sif");
        action(Action.TEST);
        refused("no test script and no /bin/sh in container /images/debian.sif");
        action(Action.SHELL);
        refused("/bin/sh doesn't exist in container /images/debian.sif");
        situation.payload =
                new Payload(Action.EXEC, 3, List.of("x"), new Variant(Optional.of("app"), Optional.empty(), false));
        refused("--app needs a shell, and /images/debian.sif has no /bin/sh");
    }

    @Test
    void a_shell_of_another_name_can_be_asked_for() throws Exception {
        situation.payload = new Payload(
                Action.SHELL, 3, List.of("-l"), new Variant(Optional.empty(), Optional.of("/opt/fish"), false));
        assertThat(exec()).isEqualTo("3 /opt/fish");
    }

    private void action(Action action, String... words) {
        situation.payload = new Payload(action, 3, List.of(words));
    }

    private String exec() throws Exception {
        return String.join(" ", arguments(situation.plan(), OpCode.EXEC));
    }

    private void refused(String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(situation::plan)
                .withMessage(message);
    }

    private static List<String> arguments(Plan plan, OpCode code) {
        var arguments = new ArrayList<String>();
        for (Op op : plan.ops()) {
            if (op.code() == code) {
                arguments.addAll(op.arguments());
            }
        }
        return arguments;
    }

    private static Map<String, String> set(Plan plan) {
        var set = new LinkedHashMap<String, String>();
        for (Op op : plan.ops()) {
            if (op.code() == OpCode.ENV_SET) {
                set.put(op.arguments().getFirst(), op.arguments().getLast());
            }
        }
        return set;
    }
}
