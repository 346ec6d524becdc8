package dev.kerr.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTest {
    @Test
    void what_is_not_open_is_no_terminal() {
        assertThat(Terminal.columns(-1)).isEmpty();
        assertThat(Terminal.columns(9999)).isEmpty();
    }
}
