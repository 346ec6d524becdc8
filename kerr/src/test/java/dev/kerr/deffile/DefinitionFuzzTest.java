package dev.kerr.deffile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Reads definitions that a fuzzer makes.
class DefinitionFuzzTest {
    private static final BuildArguments ARGUMENTS =
            new BuildArguments(Map.of("a", "1", "b", "{{ a }}\n%post"), BuildArguments.Unused.WARNED_ABOUT);

    @FuzzTest
    void any_text_is_a_definition_or_refused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            List<Definition> stages = DefinitionParser.parse(text, "fuzzed.def", ARGUMENTS);
            assertThat(stages).isNotEmpty();
        } catch (UserException expected) {
            assertThat(expected).hasMessageContaining("fuzzed.def");
        }
    }
}
