package dev.kerr.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Names and numbers of capabilities.
class CapabilityTest {
    private static final Pattern DEFINITION = Pattern.compile("#define\\s+(CAP_[A-Z_]+)\\s+(\\d+)\\s");

    @Test
    void numbers_are_those_of_the_kernels_header() throws IOException {
        Path header = Path.of("/usr/include/linux/capability.h");
        assumeThat(header).as("the kernel's headers").exists();
        var theirs = new TreeMap<String, Integer>();
        DEFINITION
                .matcher(Files.readString(header))
                .results()
                .forEach(row -> theirs.put(row.group(1), Integer.parseInt(row.group(2))));
        theirs.remove("CAP_LAST_CAP");
        for (Capability capability : Capability.values()) {
            assertThat(theirs.getOrDefault(capability.text(), capability.ordinal()))
                    .as(capability.text())
                    .isEqualTo(capability.ordinal());
            theirs.remove(capability.text());
        }
        assertThat(theirs).as("those that this table lacks").isEmpty();
    }

    @Test
    void a_set_has_a_bit_for_each() {
        assertThat(Capability.SYS_ADMIN.mask()).isEqualTo(1 << 21);
        assertThat(Capability.CHECKPOINT_RESTORE.mask()).isEqualTo(1L << 40);
        assertThat(Capability.names(1L << 13 | 1)).containsExactly("CAP_CHOWN", "CAP_NET_RAW");
        assertThat(Capability.names(Capability.ALL)).hasSize(Capability.values().length);
        assertThat(Capability.names(0)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CAP_NET_RAW", "net_raw", "Net_Raw", " cap_net_raw "})
    void names_are_written_with_their_prefix_or_without(String name) {
        assertThat(Capability.named(name)).hasValue(1L << 13);
    }

    @Test
    void all_is_every_capability() {
        assertThat(Capability.named("ALL")).hasValue(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CAP_", "CAP_CAP_CHOWN", "root", "13", "net-raw", "CAP_CHOWN,CAP_FOWNER"})
    void other_words_name_none(String word) {
        assertThat(Capability.named(word)).isEmpty();
    }
}
