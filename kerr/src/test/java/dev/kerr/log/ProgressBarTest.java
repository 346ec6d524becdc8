package dev.kerr.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
