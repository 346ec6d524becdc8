package dev.kerr.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScopeTest {
    private static final Placement.Scope SCOPE = new Placement.Scope(true, "app.slice");

    @TempDir
    Path directory;

    /// A busctl that does what a script says.
    private String busctl(String script) throws Exception {
        Path program = directory.resolve("busctl");
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program.toString();
    }

    @Test
    void systemd_is_asked_in_its_own_words() throws Exception {
        Path said = directory.resolve("said");
        var host = new FakeHost().file("/proc/7/cgroup", "0::/app.slice/kerr-7.scope\n");
        new Scope(busctl("echo \"$@\" >" + said), host).start(7, SCOPE);
        assertThat(said)
                .hasContent("--user --timeout=10 call org.freedesktop.systemd1 /org/freedesktop/systemd1"
                        + " org.freedesktop.systemd1.Manager StartTransientUnit ssa(sv)a(sa(sv)) kerr-7.scope fail 5"
                        + " PIDs au 1 7 Delegate b true Slice s app.slice Description s A container of kerr that is"
                        + " limited CollectMode s inactive-or-failed 0");
    }

    @Test
    void what_systemd_refuses_is_said() throws Exception {
        var scope = new Scope(busctl("echo 'Failed to connect: no bus' >&2; exit 1"), new FakeHost());
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> scope.start(7, SCOPE))
                .satisfies(wrong -> assertThat(wrong.line())
                        .isEqualTo("systemd made no group for the limits: Failed to connect: no bus (hint: does"
                                + " `systemctl --user status` work?)"));
    }
}
