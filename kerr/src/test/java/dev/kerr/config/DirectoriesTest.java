package dev.kerr.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DirectoriesTest {
    private static final Path PREFIX = Path.of("/opt/kerr");
    private static final Path HOME = Path.of("/home/ada");

    @Test
    void everything_has_its_place() {
        var directories = Directories.of(PREFIX, new Variables(Map.of()), HOME);
        assertThat(directories.user()).isEqualTo(Path.of("/home/ada/.kerr"));
        assertThat(directories.temporary()).isEqualTo(Path.of("/var/tmp"));
        assertThat(directories.program()).isEqualTo(Path.of("/opt/kerr/bin/kerr"));
        assertThat(directories.configuration()).isEqualTo(Path.of("/opt/kerr/etc/kerr/kerr.conf"));
    }

    @Test
    void variables_move_them() {
        var variables = new Variables(Map.of(
                "KERR_CONFIGDIR", "/k", "APPTAINER_TMPDIR", "/a", "TMPDIR", "/t", "SINGULARITY_CONFIGDIR", "/s"));
        var directories = Directories.of(PREFIX, variables, HOME);
        assertThat(directories.user()).isEqualTo(Path.of("/k"));
        assertThat(directories.temporary()).isEqualTo(Path.of("/a"));
        assertThat(Directories.of(PREFIX, new Variables(Map.of("TMPDIR", "t")), HOME)
                        .temporary())
                .isEqualTo(Path.of("t").toAbsolutePath());
    }

    @Test
    void a_blank_variable_is_none_and_the_families_have_their_order() {
        var variables = new Variables(Map.of("KERR_A", " ", "APPTAINER_A", "a", "SINGULARITY_A", "s", "EMPTY", ""));
        assertThat(variables.setting("A")).contains("a");
        assertThat(variables.setting("B")).isEmpty();
        assertThat(variables.value("EMPTY")).isEmpty();
        assertThat(variables.value("SINGULARITY_A")).contains("s");
    }
}
