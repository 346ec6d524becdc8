package dev.kerr.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.bytes.FormatException;
import dev.kerr.instance.Instance.About;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceTest {
    private static final String FACTS = "\"pid\": 77, \"ppid\": 76, \"startTime\": 12345, \"bootId\": \"b-1\","
            + " \"namespaces\": {\"user\": 5, \"mnt\": 3}";

    static About about(String name) {
        var inside = new Instance.Inside(
                "/home/ada", "/mnt", "", List.of(List.of("BECOME", "1", "2"), List.of("PRIVILEGES", "drop")));
        return new About(
                new InstanceName(name), "ada", "/images/\"q\"ü.sif", new Instance.Logs("/l/o", "/l/e"), inside);
    }

    private static byte[] record() {
        var template = Instance.template(about("db"));
        return (template.before() + FACTS + template.after()).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void what_is_written_is_read() throws FormatException {
        var anchor = new Anchor(77, 76, 12345, "b-1", Map.of("user", 5L, "mnt", 3L));
        assertThat(Instance.decode(record())).isEqualTo(new Instance(about("db"), anchor));
    }

    @Test
    void a_record_that_is_cut_off_is_none() {
        byte[] whole = record();
        for (int length = 0; length < whole.length - 2; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(FormatException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> Instance.decode(part));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"version\":1         | \"version\":2",
                "\"name\":\"db\"       | \"name\":\"../db\"",
                "\"name\":\"db\"       | \"name\":\"\"",
                "\"name\":\"db\"       | \"nome\":\"db\"",
                "\"user\":\"ada\"      | \"user\":7",
                "\"pid\": 77           | \"pid\": \"77\"",
                "\"pid\": 77           | \"pid\": 7.5",
                "\"pid\": 77           | \"pid\": 99999999999999999999",
                "\"startTime\": 12345, | ''",
                "\"bootId\": \"b-1\"   | \"bootId\": null",
                "{\"user\": 5          | {\"../user\": 5",
                "{\"user\": 5          | {\"a/b\": 5",
                "{\"user\": 5          | {\"user\": []",
                "[[\"BECOME\"          | [\"BECOME\", [\"X\"",
                "[\"PRIVILEGES\",\"drop\"] | []",
            })
    void a_record_of_another_form_is_none(String from, String to) {
        String text = new String(record(), StandardCharsets.UTF_8);
        assertThat(text).contains(from);
        byte[] changed = text.replace(from, to).getBytes(StandardCharsets.UTF_8);
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> Instance.decode(changed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A-1_b.c", "..", "-x", ".hidden"})
    void names_are_of_few_characters(String name) throws UserException {
        assertThat(InstanceName.of(name).text()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b", "ä", "a\n", "*", "a:b"})
    void others_are_no_names(String name) {
        assertThatThrownBy(() -> InstanceName.of(name)).hasMessageContaining("is no name for an instance");
        assertThatThrownBy(() -> InstanceName.of("x".repeat(251))).hasMessageContaining("is no name");
    }
}
