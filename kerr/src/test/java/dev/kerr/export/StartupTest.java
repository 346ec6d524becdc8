package dev.kerr.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.inspect.Attributes;
import dev.kerr.squashfs.Entry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// How Docker starts images of ours.
final class StartupTest {
    private static final String SCRIPT = "/.singularity.d/env/90-environment.sh";
    private static final Optional<byte[]> RUNSCRIPT = Optional.of("echo".getBytes(StandardCharsets.UTF_8));
    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static Startup of(String environment, Optional<byte[]> runscript) {
        var scripts = new TreeMap<>(Map.of(SCRIPT, environment));
        return Startup.of(new Attributes(scripts, new TreeMap<>(), Attributes.Scripts.NONE), runscript, 1);
    }

    private static List<String> paths(Startup startup) {
        return startup.files().stream().map(Entry::path).toList();
    }

    @Test
    void plain_variables_are_in_the_configuration() {
        Startup startup = of("A='x y'\nexport A B=\"$A!\"\nC=unexported\nexport PATH=/opt:$PATH", RUNSCRIPT);
        assertThat(startup.environment())
                .containsExactlyInAnyOrder("A=x y", "B=x y!", PATH.replace("PATH=", "PATH=/opt:"));
        assertThat(startup.words()).containsExactly("/.singularity.d/oci/runscript");
        assertThat(paths(startup)).containsExactly(".singularity.d/oci", ".singularity.d/oci/runscript");
    }

    @Test
    void what_needs_a_shell_is_left_to_one() {
        for (String script : List.of("export A=$(date)", "if true; then\nexport A=1\nfi", "export A=`x`")) {
            Startup startup = of(script, RUNSCRIPT);
            assertThat(startup.environment()).containsExactly(PATH);
            assertThat(startup.words()).containsExactly("/.singularity.d/oci/run");
            assertThat(paths(startup)).contains(".singularity.d/oci/env/90-environment.sh");
        }
    }

    /// The home directory is only known when the container starts.
    @Test
    void what_depends_on_variables_outside_is_left_to_a_shell() {
        assertThat(of("export A=$HOME/a", RUNSCRIPT).words()).containsExactly("/.singularity.d/oci/run");
        assertThat(of("export A=${HOME:-/}", RUNSCRIPT).words()).containsExactly("/.singularity.d/oci/run");
    }

    @Test
    void an_image_without_a_runscript_has_no_entry_point() {
        Startup startup = of("export A=1", Optional.empty());
        assertThat(startup.words()).isEmpty();
        assertThat(startup.files()).isEmpty();
        assertThat(startup.environment()).containsExactly(PATH, "A=1");
    }
}
