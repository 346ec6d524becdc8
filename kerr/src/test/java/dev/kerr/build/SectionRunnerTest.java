package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SectionRunnerTest {
    @Test
    void a_script_is_run_by_the_shell_which_stops_at_errors_and_shows_commands() {
        assertThat(SectionRunner.command("", "/f")).isEqualTo(List.of("/bin/sh", "-ex", "/f"));
    }

    @Test
    void arguments_stand_before_the_file() {
        assertThat(SectionRunner.command("-u  +x", "/f")).isEqualTo(List.of("/bin/sh", "-ex", "-u", "+x", "/f"));
    }

    @Test
    void another_program_may_run_the_script() {
        assertThat(SectionRunner.command("-c /bin/bash", "/f"))
                .isEqualTo(List.of("/bin/sh", "-ex", "-c", "/bin/bash /f"));
        assertThat(SectionRunner.command("-c \"/bin/bash -x\"", "/f"))
                .isEqualTo(List.of("/bin/sh", "-ex", "-c", "/bin/bash -x /f"));
        assertThat(SectionRunner.command("-c '/usr/bin/env python3'", "/f"))
                .isEqualTo(List.of("/bin/sh", "-ex", "-c", "/usr/bin/env python3 /f"));
    }
}
