package dev.kerr.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private static final long MILLISECOND = 1_000_000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final AtomicLong now = new AtomicLong(-3);
    private final StatusLine line = new StatusLine(new PrintStream(out, true, StandardCharsets.UTF_8));
    private final ProgressBar bar = new ProgressBar(line, 40, now::get);

    private int drawn() {
        return (int) text().chars().filter(c -> c == '\r').count();
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void short_work_shows_nothing() {
        for (int i = 0; i < 29; i++) {
            now.addAndGet(10 * MILLISECOND);
            bar.advance(1);
        }
        bar.close();
        assertThat(text()).isEmpty();
    }

    @Test
    void it_is_drawn_ten_times_a_second() {
        for (int i = 0; i < 1300; i++) {
            now.addAndGet(MILLISECOND);
            bar.advance(1);
        }
        assertThat(drawn()).isEqualTo(11);
    }

    @Test
    void it_shows_the_total_once_that_is_known() {
        now.addAndGet(400 * MILLISECOND);
        bar.advance(512);
        bar.expect(1024);
        now.addAndGet(400 * MILLISECOND);
        bar.advance(0);
        assertThat(text()).startsWith("\r512 B  0:00\r").contains(" 50%  512 B of 1.0 KiB");
    }

    @Test
    void parts_that_have_begun_are_shown_above() {
        var many = new StatusLine(new PrintStream(out, true, StandardCharsets.UTF_8), true);
        try (var whole = new ProgressBar(many, 60, now::get)) {
            whole.expect(2048);
            var first = whole.part("first", 1024);
            whole.part("second", 512);
            now.addAndGet(400 * MILLISECOND);
            first.advance(512);
            assertThat(text())
                    .startsWith("\rfirst [====")
                    .contains("50%  512 B of 1.0 KiB\033[K\n[====")
                    .endsWith(" 25%  512 B of 2.0 KiB\033[J")
                    .doesNotContain("second");
            out.reset();
            now.addAndGet(400 * MILLISECOND);
            first.close();
            assertThat(text())
                    .startsWith("\r\033[1A 50%")
                    .contains("1.0 KiB of 2.0 KiB")
                    .endsWith("\033[J");
            out.reset();
        }
        assertThat(text()).isNotEmpty().doesNotContain("\n", "\033[1A");
    }

    @Test
    void a_terminal_that_is_simple_shows_the_whole_alone() {
        now.addAndGet(400 * MILLISECOND);
        bar.part("first", 1024).advance(512);
        assertThat(text()).isEqualTo("\r512 B  0:00");
    }

    @Test
    void lines_above_are_gone_with_the_last() {
        var many = new StatusLine(new PrintStream(out, true, StandardCharsets.UTF_8), true);
        many.show(List.of("a", "b"), "c");
        assertThat(text()).isEqualTo("\ra\033[K\nb\033[K\nc\033[J");
        out.reset();
        many.println("said");
        assertThat(text()).isEqualTo("\r\033[2A\033[Jsaid\n");
    }

    @Test
    void it_is_gone_when_closed() {
        now.addAndGet(400 * MILLISECOND);
        bar.advance(512);
        bar.close();
        now.addAndGet(400 * MILLISECOND);
        bar.advance(512);
        assertThat(text()).isEqualTo("\r512 B  0:00\r           \r");
    }

    @Test
    void what_is_shorter_leaves_nothing_of_what_was_there() {
        line.show("longer");
        line.show("short");
        assertThat(text()).isEqualTo("\rlonger\rshort \b");
    }
}
