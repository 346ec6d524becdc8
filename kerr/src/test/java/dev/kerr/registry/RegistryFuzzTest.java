package dev.kerr.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Reads challenges and rules that a fuzzer makes.
class RegistryFuzzTest {
    @FuzzTest
    void any_text_has_challenges_or_none(byte[] bytes) {
        for (Challenge challenge : Challenge.parse(List.of(new String(bytes, StandardCharsets.ISO_8859_1)))) {
            assertThat(challenge.scheme()).isNotEmpty();
        }
    }

    @FuzzTest
    void any_text_has_rules_or_is_refused(byte[] bytes) {
        try {
            for (var rule : RegistriesFile.parse("fuzzed", new String(bytes, StandardCharsets.UTF_8))) {
                assertThat(rule.prefix()).doesNotContain("//").doesNotContain("\n");
            }
        } catch (UserException expected) {
            assertThat(expected).hasMessageContaining("fuzzed");
        }
    }
}
