package dev.kerr.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Challenges as servers write them.
final class ChallengeTest {
    private static Challenge challenge(String scheme, Map<String, String> parameters) {
        return new Challenge(scheme, new TreeMap<>(parameters));
    }

    @Test
    void a_challenge_has_a_scheme_and_parameters() {
        assertThat(Challenge.parse(
                        List.of("Bearer realm=\"https://auth.example/token\",service=\"a b\",scope=\"x:y:pull,push\"")))
                .containsExactly(challenge(
                        "bearer",
                        Map.of("realm", "https://auth.example/token", "service", "a b", "scope", "x:y:pull,push")));
    }

    @Test
    void one_header_may_have_many_and_there_may_be_many_headers() {
        assertThat(Challenge.parse(List.of("Basic realm=\"r\", Bearer realm=\"t\" , Service=s", "Negotiate")))
                .containsExactly(
                        challenge("basic", Map.of("realm", "r")),
                        challenge("bearer", Map.of("realm", "t", "service", "s")),
                        challenge("negotiate", Map.of()));
    }

    @Test
    void quotes_may_be_escaped_and_the_first_of_two_counts() {
        assertThat(Challenge.parse(List.of("Bearer realm=\"a\\\"b\\\\\", realm=c")))
                .containsExactly(challenge("bearer", Map.of("realm", "a\"b\\")));
    }

    @Test
    void what_cannot_be_read_is_passed_over() {
        for (String header : List.of("", " ", ",,,", "=", "\"", "é=", "\"\"\"")) {
            assertThat(Challenge.parse(List.of(header))).as(header).isEmpty();
        }
        assertThat(Challenge.parse(List.of("Bearer realm=\"unfinished")))
                .containsExactly(challenge("bearer", Map.of("realm", "unfinished")));
        assertThat(Challenge.parse(List.of("Negotiate abc==")).getFirst().scheme())
                .isEqualTo("negotiate");
        assertThat(Challenge.parse(List.of("x,".repeat(100_000)))).hasSizeLessThan(5000);
    }
}
