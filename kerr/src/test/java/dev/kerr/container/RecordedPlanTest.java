package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.Payload;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Plans for launches of which is recorded what they read.
class RecordedPlanTest {
    private final Situation situation = new Situation();

    @BeforeEach
    void recordACommand() {
        situation.payload = new Payload(Action.EXEC, 0, List.of("/bin/sh", "-c", "echo 'one two'"));
        situation.contained = true;
        situation.leftOut = List.of("home", "cwd", "proc");
        situation.recording = new Recording("/tmp/kerr-build-1/record");
    }

    @Test
    void the_server_is_told_where_to_and_nobody_shares_its_mount() throws Exception {
        assertThat(situation.text())
                .containsPattern("image-server +0 \\S+ --record /tmp/kerr-build-1/record 36864 \\d+\n")
                .doesNotContain("share ");
    }

    @Test
    void root_has_a_server_too_though_the_kernel_could_mount_the_image() throws Exception {
        situation.root();
        assertThat(situation.text())
                .contains("--record /tmp/kerr-build-1/record 36864")
                .contains("mount-served")
                .doesNotContain("mount-loop");
    }

    @Test
    void the_launch_has_processes_of_its_own_and_nothing_of_the_callers_directories() throws Exception {
        assertThat(situation.text())
                .contains("process-namespace")
                .containsPattern("\nproc +/proc\n")
                .doesNotContain("/home/ada/project")
                .doesNotContain("bind             /proc");
    }

    @Test
    void the_command_follows_the_script_that_starts_it() throws Exception {
        List<String> arguments = situation.plan().ops().getLast().arguments();
        assertThat(arguments).startsWith("0", "/bin/sh", "-c").endsWith("kerr", "/bin/sh", "-c", "echo 'one two'");
    }
}
