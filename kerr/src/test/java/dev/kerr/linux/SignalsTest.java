package dev.kerr.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
    @ParameterizedTest
    @CsvSource({
        "SIGINT,2",
        "int,2",
        "TERM,15",
        "sigkill,9",
        "9,9",
        "SIGSYS,31",
        "64,64",
        "RTMIN,34",
        "SIGRTMIN+3,37",
        "1,1"
    })
    void signals_have_names_and_numbers(String name, int number) {
        assertThat(Signals.number(name)).hasValue(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SIG", "0", "65", "-9", "FOO", "9x", "RTMIN+31", "RTMIN+x", "RTMIN+"})
    void others_are_none(String name) {
        assertThat(Signals.number(name)).isEmpty();
    }

    @Test
    void a_process_that_is_held_gets_a_signal_or_nobody_does() throws Exception {
        var sleep = new ProcessBuilder("sleep", "1000").start();
        try (var held = HeldProcess.open(sleep.pid()).orElseThrow()) {
            held.signal(Signals.SIGKILL);
            assertThat(sleep.waitFor()).isEqualTo(128 + Signals.SIGKILL);
            held.signal(Signals.SIGKILL); // it has ended: nothing happens
        }
        assertThat(HeldProcess.open(sleep.pid())).isEmpty();
    }
}
