package dev.kerr.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessStatusTest {
    private static final String LINE =
            "77 (a) b (c)) S 76 77 77 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 1000 200 18446744073709551615";

    @Test
    void a_name_may_have_anything_in_it() {
        assertThat(ProcessStatus.parse(77, LINE)).contains(new ProcessStatus(77, 'S', 76, 11, 12345));
    }

    @Test
    void a_line_that_is_cut_off_says_nothing() {
        assertThat(ProcessStatus.parse(77, "")).isEmpty();
        assertThat(ProcessStatus.parse(77, "77 (a) S 76")).isEmpty();
    }

    @Test
    void this_process_is_there() {
        var own = ProcessStatus.of(ProcessHandle.current().pid()).orElseThrow();
        assertThat(own.hasEnded()).isFalse();
        assertThat(own.startTime()).isPositive();
        assertThat(ProcessStatus.of(4_194_305)).isEmpty();
    }
}
