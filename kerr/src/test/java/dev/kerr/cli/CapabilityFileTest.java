package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.linux.Capability;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `capability.json`.
class CapabilityFileTest {
    private static final String TEXT = "{\"users\":{\"ada\":[\"CAP_NET_RAW\"],\"root\":[\"CAP_CHOWN\",\"CAP_KILL\"]},"
            + "\"groups\":{\"net\":[\"CAP_NET_ADMIN\"]}}";

    @TempDir
    Path directory = Path.of("");

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("capability.json"), text);
    }

    @Test
    void what_is_read_is_written_again() throws Exception {
        var granted = CapabilityFile.read(file(TEXT));
        assertThat(granted.users().set("root")).isEqualTo(0x21);
        assertThat(granted.users().set("nobody")).isZero();
        assertThat(granted.groups().set("net")).isEqualTo(Capability.NET_ADMIN.mask());
        granted.write(directory.resolve("again"));
        assertThat(directory.resolve("again")).hasContent(TEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "{}", "{\"users\":{}}", "{\"users\":null,\"groups\":{}}"})
    void nothing_is_granted_where_nothing_is_said(String text) throws Exception {
        assertThat(CapabilityFile.read(file(text)).users().sets()).isEmpty();
    }

    @Test
    void nothing_is_granted_where_there_is_no_file() throws Exception {
        assertThat(CapabilityFile.read(directory.resolve("none")).groups().sets())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"users\":[]}",
                "{\"users\":{\"ada\":\"CAP_CHOWN\"}}",
                "{\"users\":{\"ada\":[1]}}",
                "{\"users\":{\"ada\":[\"CAP_BOGUS\"]}}",
                "nonsense"
            })
    void what_cannot_be_understood_is_refused(String text) throws IOException {
        Path file = file(text);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> CapabilityFile.read(file))
                .withMessageStartingWith("cannot use " + file + ": ");
    }

    @Test
    void every_beginning_of_a_file_is_refused() throws IOException {
        for (int length = 1; length < TEXT.length(); length++) {
            Path file = file(TEXT.substring(0, length));
            assertThatExceptionOfType(UserException.class).isThrownBy(() -> CapabilityFile.read(file));
        }
    }

    @Test
    void a_set_that_is_empty_goes() {
        var grants = new CapabilityFile.Grants(Map.of("ada", 1L));
        assertThat(grants.with("ada", 0).sets()).isEmpty();
        assertThat(grants.with("bob", 3).set("bob")).isEqualTo(3);
    }
}
