package dev.kerr.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;

/// Reads configurations that a fuzzer makes.
class ConfigFuzzTest {
    @FuzzTest
    void any_text_is_a_configuration_or_refused(byte[] bytes) {
        try {
            ConfigFile.parse("fuzzed.conf", new String(bytes, StandardCharsets.UTF_8));
        } catch (UserException expected) {
            assertThat(expected).hasMessageContaining("fuzzed.conf");
        }
    }
}
