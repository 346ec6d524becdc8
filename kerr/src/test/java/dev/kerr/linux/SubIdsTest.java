package dev.kerr.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kerr.linux.SubIds.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubIdsTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void a_range_is_found_by_name_or_by_id() {
        String text = "bob:100000:65536\nada:200000:65536\n1000:300000:1000\n";
        assertThat(SubIds.in(text, "ada", 1)).contains(new SubIds(200_000, 65_536));
        assertThat(SubIds.in(text, "eve", 1000)).contains(new SubIds(300_000, 1000));
        assertThat(SubIds.in(text, "eve", 1)).isEmpty();
    }

    @Test
    void several_ranges_count_but_no_id_twice() {
        assertThat(SubIds.in("ada:1:10\n1000:500:20\nada:510:15\nada:900:15\n", "ada", 1000))
                .contains(new SubIds(List.of(new Range(1, 10), new Range(500, 20), new Range(900, 15))));
    }

    @ParameterizedTest
    @CsvSource({
        "0,1000,'0 1000 1;1 100 5;6 300 2;8 700 1'",
        "3,1000,'0 100 3;3 1000 1;4 103 2;6 300 2;8 700 1'",
        "5,1000,'0 100 5;5 1000 1;6 300 2;8 700 1'",
        "8,1000,'0 100 5;5 300 2;7 700 1;8 1000 1'",
        "9,1000,'0 100 5;5 300 2;7 700 1;9 1000 1'",
        "0,301,'0 301 1;1 100 5;6 700 1'",
    })
    void ranges_follow_one_another_in_a_map(int inside, int own, String lines) {
        var ids = new SubIds(List.of(new Range(100, 5), new Range(300, 2), new Range(700, 1)));
        assertThat(ids.map(inside, own)).isEqualTo(lines.replace(';', '\n'));
        assertThat(ids.count()).isEqualTo(8);
        assertThat(ids.indexOf(301)).isEqualTo(6);
        assertThat(ids.indexOf(302)).isEqualTo(-1);
        assertThat(ids.text()).isEqualTo("100-104, 300-301, 700-700");
    }

    @Test
    void the_highest_ids_can_be_had_and_no_id_is_none() {
        assertThat(SubIds.in("ada:4294836224:65536\n", "ada", 1)).contains(new SubIds(4_294_836_224L, 65_536));
        assertThat(SubIds.in("ada:4294901760:65536\n", "ada", 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ada",
                "ada:1",
                "ada:1:2:3",
                "ada:x:5",
                "ada:5:x",
                "ada:0:5",
                "ada:5:0",
                "ada:-1:5",
                "ada::",
                "ada:5:99999999999",
                "#ada:5:5",
                "ada2:5:5",
                "Ada:5:5"
            })
    void malformed_lines_give_no_range(String line) {
        assertThat(SubIds.in(line + "\n", "ada", 1000)).isEmpty();
    }

    @Test
    void blanks_around_a_line_do_not_matter() {
        assertThat(SubIds.in("  ada:5:6\r\n", "ada", 1)).contains(new SubIds(5, 6));
    }

    @ParameterizedTest
    @CsvSource({
        "0,'0 1000 1;1 100000 9'",
        "1,'0 100000 1;1 1000 1;2 100001 8'",
        "8,'0 100000 8;8 1000 1;9 100008 1'",
        "9,'0 100000 9;9 1000 1'",
        "70,'0 100000 9;70 1000 1'",
        "2147483647,'0 100000 9;2147483647 1000 1'",
    })
    void the_caller_is_one_id_and_the_range_all_others(int inside, String lines) {
        assertThat(new SubIds(100_000, 9).map(inside, 1000)).isEqualTo(lines.replace(';', '\n'));
    }

    @Test
    void an_empty_range_is_none() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SubIds(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new SubIds(1, 0));
    }

    @Test
    void a_file_that_is_missing_has_no_range() throws IOException {
        assertThat(SubIds.of(directory.resolve("none"), "ada", 1)).isEmpty();
        Path file = Files.writeString(directory.resolve("subuid"), "ada:7:8\n");
        assertThat(SubIds.of(file, "ada", 1)).contains(new SubIds(7, 8));
    }
}
