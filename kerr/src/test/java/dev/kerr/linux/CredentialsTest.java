package dev.kerr.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialsTest {
    private static final String INITIAL = "         0          0 4294967295\n";

    @Test
    void a_user_is_read() {
        String status = """
                Name:\tcat
                Uid:\t1000\t1001\t1002\t1003
                Gid:\t100\t101\t102\t103
                Groups:\t4 24 1000\s
                CapEff:\t0000000000000000
                """;
        assertThat(Credentials.parse(status, INITIAL))
                .isEqualTo(new Credentials(1001, 101, List.of(4, 24, 1000), 0, true));
    }

    @Test
    void a_user_without_groups_is_read() {
        assertThat(Credentials.parse("Name:\tx\nUid:\t1 1 1 1\nGid:\t1 1 1 1\nGroups:\t \nCapEff:\t0\n", INITIAL)
                        .groups())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 000001ffffffffff, 0 0 4294967295, true",
        "0, ffffffffffffffff, 0 0 4294967295, true",
        "0, 0000000000200000, 0 0 4294967295, true",
        "0, 000001ffffdfffff, 0 0 4294967295, false",
        "0, 000001ffffffffff, 0 1000 1, false",
        "0, 000001ffffffffff, 0 100000 65536, false",
        "0, 000001ffffffffff, '', false",
        "1000, 000001ffffffffff, 0 0 4294967295, false"
    })
    void only_real_root_with_the_right_may_mount(int uid, String capabilities, String map, boolean expected) {
        String status =
                "Name:\tcat\nUid:\t" + uid + "\t" + uid + "\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t" + capabilities + "\n";
        assertThat(Credentials.parse(status, map).mayMount()).isEqualTo(expected);
    }

    @Test
    void the_largest_ids_stay_what_they_are() {
        var credentials = Credentials.parse("Name:\tx\nUid:\t1 4294967294 1 1\nGid:\t1 3000000000 1 1\n", INITIAL);
        assertThat(Integer.toUnsignedLong(credentials.uid())).isEqualTo(4_294_967_294L);
        assertThat(Integer.toUnsignedLong(credentials.gid())).isEqualTo(3_000_000_000L);
    }

    @Test
    void this_process_has_credentials() throws IOException {
        assertThat(Credentials.current().uid()).isNotNegative();
        assertThat(Credentials.current().gid()).isNotNegative();
    }
}
