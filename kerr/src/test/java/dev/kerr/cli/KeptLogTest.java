package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.log.Log;
import dev.kerr.log.StreamLog;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeptLogTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    private KeptLog at(Log.Level level) {
        return new KeptLog(new StreamLog(new PrintStream(shown, true, StandardCharsets.UTF_8), level));
    }

    @ParameterizedTest
    @EnumSource(Log.Level.class)
    void what_is_kept_is_what_was_shown(Log.Level level) {
        KeptLog log = at(level);
        log.warning("this\nand that");
        log.info("that");
        assertThat(log.said()).isEqualTo(shown.toString(StandardCharsets.UTF_8));
        assertThat(log.isWhole()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Log.Level.class)
    void what_is_said_of_the_way_is_not_kept(Log.Level level) {
        KeptLog log = at(level);
        log.verbose("a choice");
        log.debug("a detail");
        assertThat(log.said()).isEmpty();
        assertThat(log.isWhole()).isEqualTo(shown.size() == 0);
    }

    @Test
    void an_end_is_no_result() {
        KeptLog log = at(Log.Level.INFO);
        log.fatal("no");
        assertThat(log.isWhole()).isFalse();
    }
}
