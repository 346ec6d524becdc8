package dev.kerr.cgroups;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberSetTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0|{0}", "0-3,7|{0, 1, 2, 3, 7}", "3,1|{1, 3}", "65535|{65535}", "2-2|{2}"})
    void a_list_is_read(String text, String numbers) {
        assertThat(NumberSet.parse(text))
                .hasValueSatisfying(set -> assertThat(set).hasToString(numbers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "0,", "3-1", "-1", "1-", "a", "0 1", "65536", "1--2", "0x1", "9999999999"})
    void what_is_no_list_is_none(String text) {
        assertThat(NumberSet.parse(text)).isEmpty();
    }

    @Test
    void what_is_missing_is_named_in_the_same_way() {
        var wanted = NumberSet.parse("0-5,9").orElseThrow();
        assertThat(NumberSet.missing(wanted, NumberSet.parse("0-1").orElseThrow()))
                .isEqualTo("2-5,9");
        assertThat(NumberSet.missing(wanted, NumberSet.parse("0-9").orElseThrow()))
                .isEmpty();
    }
}
