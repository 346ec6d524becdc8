package dev.kerr.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    @ParameterizedTest
    @CsvSource({"post,post,0", "pots,post,1", "pst,post,1", "posst,post,1", "past,post,1", "help,post,4"})
    void changes_are_counted_and_a_swap_is_one(String from, String to, int changes) {
        assertThat(Spelling.distance(from, to)).isEqualTo(changes);
    }

    @Test
    void the_nearest_word_wins_and_a_far_one_never_does() {
        assertThat(Spelling.nearest("tests", List.of("help", "test"))).contains("test");
        assertThat(Spelling.nearest("banana", List.of("help", "test"))).isEmpty();
    }

    @Test
    void short_words_must_be_nearer() {
        assertThat(Spelling.nearest("d", List.of("pre"))).isEmpty();
        assertThat(Spelling.nearest("pro", List.of("pre"))).contains("pre");
    }
}
