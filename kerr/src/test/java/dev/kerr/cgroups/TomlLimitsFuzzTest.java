package dev.kerr.cgroups;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;

class TomlLimitsFuzzTest {
    @FuzzTest
    void any_text_is_limits_or_is_refused(byte[] bytes) {
        try {
            assertThat(TomlLimitsTest.limits(new String(bytes, StandardCharsets.UTF_8)))
                    .isNotNull();
        } catch (UserException refused) {
            assertThat(refused).hasMessageContaining("x.toml");
        }
    }
}
