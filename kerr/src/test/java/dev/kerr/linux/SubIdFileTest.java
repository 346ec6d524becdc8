package dev.kerr.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lines of `/etc/subuid`, one more or less.
class SubIdFileTest {
    private static final Account ADA = new Account("ada", 1000, 1000, "", "/home/ada", "/bin/sh");
    private static final String TEXT = "# ours\nbob:100000:65536\nada:200000:1000\n1000:300000:10\nnonsense\n";

    @TempDir
    Path directory = Path.of("");

    @Test
    void entries_are_the_lines_that_give_somebody_a_range() {
        assertThat(SubIdFile.parse(TEXT).entries())
                .extracting(SubIdFile.Entry::owner)
                .containsExactly("bob", "ada", "1000");
        assertThat(SubIdFile.parse(TEXT).of(ADA)).hasSize(2);
    }

    @Test
    void a_file_that_is_not_there_is_empty() throws IOException {
        assertThat(SubIdFile.read(directory.resolve("none")).text()).isEmpty();
    }

    @Test
    void who_has_a_range_gets_no_other() {
        assertThat(SubIdFile.parse(TEXT).with(ADA).orElseThrow().text()).isEqualTo(TEXT);
    }

    @Test
    void a_new_range_is_the_highest_that_is_free() {
        var empty = SubIdFile.parse("");
        assertThat(empty.with(ADA).orElseThrow().text()).isEqualTo("1000:4294836224:65536\n");
        assertThat(SubIdFile.parse("bob:4294836224:65536\n")
                        .with(ADA)
                        .orElseThrow()
                        .text())
                .isEqualTo("bob:4294836224:65536\n1000:4294770688:65536\n");
        assertThat(SubIdFile.parse("!bob:4294900000:10\n")
                        .with(ADA)
                        .orElseThrow()
                        .text())
                .endsWith("1000:4294770688:65536\n");
    }

    @Test
    void no_range_is_free_where_somebody_has_all() {
        assertThat(SubIdFile.parse("bob:1:4294967294\n").with(ADA)).isEmpty();
    }

    @Test
    void other_lines_stay_when_a_user_goes() {
        assertThat(SubIdFile.parse(TEXT).without(ADA).text()).isEqualTo("# ours\nbob:100000:65536\nnonsense\n");
    }

    @Test
    void what_is_disabled_is_there_and_has_no_effect() {
        var disabled = SubIdFile.parse(TEXT).with(ADA, true);
        assertThat(disabled.text())
                .contains("\n!ada:200000:1000\n!1000:300000:10\n")
                .contains("\nbob:");
        assertThat(SubIds.in(disabled.text(), "ada", 1000)).isEmpty();
        assertThat(disabled.of(ADA)).allMatch(SubIdFile.Entry::disabled);
        assertThat(disabled.with(ADA, true)).isEqualTo(disabled);
        assertThat(disabled.with(ADA, false).text()).isEqualTo(TEXT);
    }

    @Test
    void ranges_that_others_have_too_are_found() {
        var file = SubIdFile.parse("ada:100000:65536\nbob:165535:10\neve:165536:10\nada:165000:5\n");
        assertThat(file.overlapping(ADA)).extracting(SubIdFile.Entry::owner).containsExactly("bob");
        assertThat(file.overlapping(ADA).getFirst().line()).isEqualTo(1);
    }
}
