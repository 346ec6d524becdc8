package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildDirectoryTest {
    @TempDir
    Path parent;

    private final HostCommands host = new HostCommands(new RecordingRunner(), Map.of());

    private BuildDirectory create() throws IOException, UserException {
        return BuildDirectory.create(parent, host, new RecordingLog(), false);
    }

    private Path leftover(String name, Owner owner) throws IOException {
        Path directory = Files.createDirectory(parent.resolve(name));
        owner.writeTo(directory);
        return directory;
    }

    @Test
    void only_the_owner_may_look_into_it() throws IOException, UserException {
        try (BuildDirectory directory = create()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
                    .isEqualTo("rwx------");
            assertThat(directory.path().getFileName().toString()).startsWith("kerr-build-");
        }
    }

    @Test
    void it_is_removed_with_all_that_is_in_it() throws IOException, UserException {
        Path path;
        try (BuildDirectory directory = create()) {
            path = directory.path();
            Files.writeString(directory.newRootFileSystem().resolve("file"), "");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void it_stays_if_it_is_to_be_kept() throws IOException, UserException {
        Path path;
        try (BuildDirectory directory = BuildDirectory.create(parent, host, new RecordingLog(), true)) {
            path = directory.path();
        }
        assertThat(path).isDirectory();
    }

    @Test
    void what_a_dead_build_left_is_removed() throws IOException, UserException {
        Owner us = Owner.current();
        Path otherProcess = leftover("kerr-build-1", new Owner(us.host(), us.boot(), us.pidNamespace(), us.pid(), 1));
        Path otherBoot =
                leftover("kerr-build-2", new Owner(us.host(), "other", us.pidNamespace(), us.pid(), us.started()));
        create().close();
        assertThat(otherProcess).doesNotExist();
        assertThat(otherBoot).doesNotExist();
    }

    @Test
    void what_may_be_in_use_stays() throws IOException, UserException {
        Owner us = Owner.current();
        Path ours = leftover("kerr-build-1", us);
        Path otherHost = leftover("kerr-build-2", new Owner("elsewhere", us.boot(), us.pidNamespace(), 1, 1));
        Path otherContainer = leftover("kerr-build-3", new Owner(us.host(), us.boot(), "pid:[1]", us.pid(), 1));
        Path otherName = leftover("somebody-1", new Owner(us.host(), us.boot(), us.pidNamespace(), us.pid(), 1));
        Path young = Files.createDirectory(parent.resolve("kerr-build-4"));
        Path odd = Files.createDirectory(parent.resolve("kerr-build-5"));
        Files.writeString(odd.resolve("owner"), "not an owner\n");
        create().close();
        assertThat(ours).isDirectory();
        assertThat(otherHost).isDirectory();
        assertThat(otherContainer).isDirectory();
        assertThat(otherName).isDirectory();
        assertThat(young).isDirectory();
        assertThat(odd).isDirectory();
    }

    @Test
    void a_link_is_never_taken_for_a_leftover() throws IOException, UserException {
        Owner us = Owner.current();
        Path precious = leftover("precious", new Owner(us.host(), us.boot(), us.pidNamespace(), us.pid(), 1));
        Files.createSymbolicLink(parent.resolve("kerr-build-1"), precious);
        create().close();
        assertThat(precious).isDirectory();
    }

    @Test
    void a_missing_parent_is_refused() {
        assertThatThrownBy(() -> BuildDirectory.create(parent.resolve("none"), host, new RecordingLog(), false))
                .isInstanceOf(UserException.class)
                .hasMessage("there is no directory " + parent.resolve("none"));
    }
}
