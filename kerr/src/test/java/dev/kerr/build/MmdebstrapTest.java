package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.deffile.Bootstrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MmdebstrapTest {
    @TempDir
    Path directory = Path.of("");

    private HostCommands hostWith(String... programs) throws IOException {
        for (String program : programs) {
            Path file = Files.writeString(directory.resolve(program), "");
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        return new HostCommands(new RecordingRunner(), Map.of("PATH", directory.toString()));
    }

    private static Bootstrap.Debootstrap debian(String suite, String mirror, String... packages) {
        return new Bootstrap.Debootstrap(mirror, suite, List.of(packages));
    }

    @Test
    void it_installs_what_debootstrap_installs() {
        assertThat(Mmdebstrap.arguments(debian("sid", "http://m/", "a", "b"), List.of("x", "y"), Path.of("/rootfs")))
                .containsExactly(
                        "--mode=root",
                        "--variant=apt",
                        "--format=directory",
                        "--keyring=/usr/share/keyrings/debian-archive-keyring.gpg",
                        "--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr",
                        "--skip=cleanup/apt/lists",
                        "--include=?and(?priority(required),?not(?exact-name(x)),?not(?exact-name(y)))",
                        "--include=a,b",
                        "--",
                        "sid",
                        "/rootfs",
                        "http://m/");
    }

    @Test
    void without_a_mirror_it_takes_the_one_that_debootstrap_takes_and_no_other() {
        assertThat(Mmdebstrap.arguments(debian("bookworm", ""), List.of(), Path.of("/rootfs")))
                .endsWith("bookworm", "/rootfs", "http://deb.debian.org/debian")
                .noneMatch(argument -> argument.startsWith("--include=,"));
    }

    @Test
    void it_is_not_for_suites_and_mirrors_of_which_it_makes_something_else() throws IOException {
        HostCommands host = hostWith("mmdebstrap", "apt-get");
        assertThat(Mmdebstrap.lack(debian("buster", ""), host))
                .contains("it is for Debian 12 and later, not for buster");
        assertThat(Mmdebstrap.lack(debian("noble", "http://archive.ubuntu.com/ubuntu"), host))
                .contains("it is for Debian 12 and later, not for noble");
        assertThat(Mmdebstrap.lack(debian("sid", "file:///srv/debian"), host))
                .contains("it is for http, not for file:///srv/debian");
    }

    @Test
    void it_is_used_where_all_that_it_needs_is_there() throws IOException {
        HostCommands host = hostWith("mmdebstrap", "apt-get");
        boolean isThere = Files.isReadable(Path.of("/usr/share/keyrings/debian-archive-keyring.gpg"))
                && Files.isReadable(Path.of("/usr/share/mmdebstrap/hooks/maybe-merged-usr"));
        Optional<String> lack = Mmdebstrap.lack(debian("trixie", ""), host);
        assertThat(lack.isEmpty()).isEqualTo(isThere);
    }
}
