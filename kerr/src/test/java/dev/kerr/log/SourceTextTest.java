package dev.kerr.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTextTest {
    private static final SourceText SOURCE = SourceText.of("x.def", "one\n\t  two three-two two 2.x\n \n");

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 4", "3, 1", "4, 1", "9, 1"})
    void a_line_is_pointed_to_where_it_begins(int line, int column) {
        assertThat(SOURCE.error(line, "is wrong", "hint"))
                .hasMessage("x.def:" + line + ":" + column + ": is wrong")
                .satisfies(error -> assertThat(error.hint()).isEqualTo("hint"));
    }

    @ParameterizedTest
    @CsvSource({
        "two, 4",
        "three, 8",
        "three-two, 8",
        "hree, 9",
        "2, 22",
        "x, 24",
        "absent, 4",
        "'', 4",
    })
    void a_word_is_pointed_to_where_it_stands_by_itself_or_else_as_a_part(String word, int column) {
        assertThat(SOURCE.errorAt(2, word, "is wrong", "")).hasMessage("x.def:2:" + column + ": is wrong");
    }

    @Test
    void a_whole_word_comes_before_a_part_of_one() {
        SourceText source = SourceText.of("f", "twofold two");
        assertThat(source.errorAt(1, "two", "is wrong", "")).hasMessage("f:1:9: is wrong");
    }

    @Test
    void a_column_counts_only_in_what_the_user_wrote() {
        assertThat(SOURCE.error(2, 7, "is wrong", "")).hasMessage("x.def:2:7: is wrong");
        assertThat(SOURCE.generated().error(2, 7, "is wrong", "")).hasMessage("x.def:2:4: is wrong");
        assertThat(SOURCE.error(2, 0, "is wrong", "")).hasMessage("x.def:2:4: is wrong");
    }
}
