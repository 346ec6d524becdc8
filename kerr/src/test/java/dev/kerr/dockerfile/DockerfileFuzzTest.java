package dev.kerr.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;

/// Reads Dockerfiles and ignore files that a fuzzer makes.
class DockerfileFuzzTest {
    @FuzzTest
    void any_text_is_a_dockerfile_or_refused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            Dockerfile dockerfile = DockerfileParser.parse(text, "fuzzed");
            GlobalScope global = GlobalScope.of(dockerfile, DockerfileText.ARGUMENTS, dockerfile.last());
            Dockerfile resolved = global.resolve();
            assertThat(resolved.needed(resolved.last())).endsWith(resolved.last());
            for (Stage stage : resolved.stages()) {
                StageScope scope = new StageScope(global, DockerfileText.BASE);
                for (Instruction instruction : stage.instructions()) {
                    assertThat(scope.enter(instruction).line()).isEqualTo(instruction.line());
                }
            }
        } catch (UserException expected) {
            assertThat(expected).hasMessageStartingWith("fuzzed:");
        }
    }

    @FuzzTest
    void any_text_is_an_ignore_file_or_refused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            IgnorePatterns patterns = IgnorePatterns.parse(text, "fuzzed");
            if (!patterns.hasExceptions() && patterns.ignores("a")) {
                assertThat(patterns.ignores("a/b")).isTrue();
            }
        } catch (UserException expected) {
            assertThat(expected).hasMessageStartingWith("fuzzed:");
        }
    }
}
