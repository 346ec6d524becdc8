package dev.kerr.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamLogTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource({
        "SILENT,  FATAL",
        "QUIET,   FATAL WARNING",
        "INFO,    FATAL WARNING INFO",
        "VERBOSE, FATAL WARNING INFO VERBOSE",
        "DEBUG,   FATAL WARNING INFO VERBOSE DEBUG"
    })
    void each_level_says_what_those_before_it_say(Log.Level level, String said) {
        var log = log(level);
        log.fatal("m");
        log.warning("m");
        log.info("m");
        log.verbose("m");
        log.debug("m");
        assertThat(text().replaceAll(": +m\n", " ").strip()).isEqualTo(said);
    }

    @Test
    void messages_stand_in_one_column() {
        var log = log(Log.Level.DEBUG);
        log.fatal("m");
        log.warning("m");
        log.info("m");
        log.verbose("m");
        log.debug("m");
        assertThat(text()).isEqualTo("""
                        FATAL:   m
                        WARNING: m
                        INFO:    m
                        VERBOSE: m
                        DEBUG:   m
                        """);
    }

    @Test
    void a_message_is_one_line_whatever_it_names() {
        log(Log.Level.INFO).fatal("a\nb\rc\td\u001b[31m\u0000\u007f\u0085\u009b31me");
        assertThat(text()).isEqualTo("FATAL:   a?b?c?d?[31m????31me\n");
    }

    @Test
    void text_in_any_script_stays() {
        log(Log.Level.INFO).info("Zoë 数据 😀");
        assertThat(text()).isEqualTo("INFO:    Zoë 数据 😀\n");
    }

    @Test
    void an_exception_for_the_user_is_one_line_with_its_remedy() {
        assertThat(new UserException("it is so", "do this").line()).isEqualTo("it is so (hint: do this)");
        assertThat(new UserException("it is so").line()).isEqualTo("it is so");
        assertThat(new UserException("it is so").getMessage()).isEqualTo("it is so");
    }

    @Test
    void a_message_makes_its_own_line_of_one_that_shows_something() {
        var line = new StatusLine(new PrintStream(out, true, StandardCharsets.UTF_8));
        line.show("12%");
        new StreamLog(line, Log.Level.INFO).info("said");
        line.clear();
        assertThat(text()).isEqualTo("\r12%\r   \rINFO:    said" + System.lineSeparator());
    }

    private StreamLog log(Log.Level level) {
        return new StreamLog(new PrintStream(out, true, StandardCharsets.UTF_8), level);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
