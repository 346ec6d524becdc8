package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.linux.Account;
import dev.kerr.linux.Lack;
import dev.kerr.linux.SubIdFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a user lacks to have sub-ids, and what mends it.
class SubIdLacksTest {
    private static final Path FILE = Path.of("/etc/subuid");
    private static final Account ADA = new Account("ada", 1000, 1000, "", "/home/ada", "/bin/sh");

    private static List<Lack> range(String... lines) {
        var lacks = new ArrayList<Lack>();
        SubIdLacks.range(FILE, new SubIdFile(List.of(lines)), ADA, lacks);
        return lacks;
    }

    @Test
    void a_range_is_no_lack_whoever_else_has_one() {
        assertThat(range("bob:1:1", "ada:100000:1")).isEmpty();
        assertThat(range("1000:100000:1")).isEmpty();
    }

    @Test
    void no_entry_is_added_by_one_command() {
        assertThat(range("bob:100000:65536"))
                .containsExactly(new Lack("/etc/subuid has no range for ada", "root: kerr config fakeroot --add ada"));
    }

    @Test
    void a_disabled_entry_is_not_taken_for_none() {
        assertThat(range("!ada:100000:65536"))
                .containsExactly(new Lack(
                        "/etc/subuid has the range of ada disabled", "root: kerr config fakeroot --enable ada"));
        assertThat(range("!ada:100000:65536", "ada:300000:10")).isEmpty();
    }

    @Test
    void ids_that_another_has_too_are_named_with_the_line() {
        var lacks = new ArrayList<Lack>();
        SubIdLacks.overlaps(FILE, new SubIdFile(List.of("ada:100000:65536", "bob:165535:1")), ADA, lacks);
        assertThat(lacks).extracting(Lack::what).containsExactly("/etc/subuid gives bob ids that ada has too: line 2");
    }
}
