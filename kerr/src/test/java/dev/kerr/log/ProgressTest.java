package dev.kerr.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
    private static final long MIB = 1 << 20;

    private static Progress of(long done, long total) {
        return new Progress(done, OptionalLong.of(total));
    }

    @Test
    void with_a_total_there_is_a_bar_and_the_time_that_is_left() {
        assertThat(of(50 * MIB, 200 * MIB).render(80, Duration.ofSeconds(5)))
                .isEqualTo("[======>                  ]   25%  50.0 MiB of 200.0 MiB  10.0 MiB/s  0:15 left");
        assertThat(of(200 * MIB, 200 * MIB).render(200, Duration.ofSeconds(5)))
                .isEqualTo("[==============================]  100%  200.0 MiB of 200.0 MiB  40.0 MiB/s  0:00 left");
    }

    @Test
    void without_a_total_there_is_what_is_done_and_how_long_it_took() {
        var progress = new Progress(1536, OptionalLong.empty());
        assertThat(progress.render(80, Duration.ofSeconds(3725))).isEqualTo("1.5 KiB  0 B/s  1:02:05");
    }

    @Test
    void in_the_beginning_nothing_is_known_of_the_rate() {
        assertThat(of(0, 100).render(50, Duration.ZERO)).isEqualTo("[>                          ]    0%  0 B of 100 B");
        assertThat(of(0, 100).render(50, Duration.ofSeconds(9)))
                .isEqualTo("[>                          ]    0%  0 B of 100 B");
    }

    @Test
    void more_than_was_counted_is_all() {
        assertThat(of(300, 200).render(40, Duration.ZERO)).contains("100%  300 B of 300 B");
        assertThat(of(0, 0).render(40, Duration.ZERO)).contains("100%  0 B of 0 B");
    }

    @Test
    void sizes_have_the_unit_in_which_they_read_best() {
        assertThat(of(1023, 1024).render(40, Duration.ZERO)).contains("1023 B of 1.0 KiB");
        assertThat(of(MIB - 1, 5L << 40).render(40, Duration.ZERO)).contains("1.0 MiB of 5.0 TiB");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 120, 400})
    void a_line_is_shorter_than_the_terminal(int width) {
        var elapsed = Duration.ofMinutes(3);
        assertThat(of(3 * MIB, 9 * MIB).render(width, elapsed).length()).isLessThan(width);
        assertThat(new Progress(3 * MIB, OptionalLong.empty())
                        .render(width, elapsed)
                        .length())
                .isLessThan(width);
    }

    @Test
    void what_does_not_fit_is_left_out_from_the_end() {
        var elapsed = Duration.ofSeconds(5);
        assertThat(of(50 * MIB, 200 * MIB).render(50, elapsed)).isEqualTo(" 25%  50.0 MiB of 200.0 MiB  10.0 MiB/s");
        assertThat(of(50 * MIB, 200 * MIB).render(12, elapsed)).isEqualTo(" 25%");
    }
}
