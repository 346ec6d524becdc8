package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.linux.Capability;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// From what is asked for to sets of capabilities.
class RightsTest {
    private static final long CHOWN = 1;
    private static final long FOWNER = 1 << 3;
    private static final long OWN = 0xff;

    private static Rights rights(OptionalLong root, long added, long dropped) {
        return new Rights(root, added, dropped, false);
    }

    @Test
    void an_ordinary_user_has_none_and_gets_none_back() {
        assertThat(Rights.USUAL.ofUser()).isEqualTo(new Op.Privileges(true, Rights.SECUREBITS, 0, 0, 0));
    }

    @Test
    void what_a_user_asks_for_goes_on_to_what_it_executes() {
        assertThat(rights(OptionalLong.empty(), CHOWN | FOWNER, FOWNER).ofUser())
                .isEqualTo(new Op.Privileges(true, Rights.SECUREBITS, CHOWN, CHOWN, CHOWN));
    }

    @Test
    void root_has_what_kerr_has_and_passes_nothing_on() {
        assertThat(Rights.USUAL.ofRoot(OWN)).isEqualTo(new Op.Privileges(true, 0, OWN, OWN, 0));
    }

    @Test
    void root_without_privileges_gets_none_back() {
        assertThat(rights(OptionalLong.of(0), 0, 0).ofRoot(OWN))
                .isEqualTo(new Op.Privileges(true, Rights.SECUREBITS, 0, 0, 0));
    }

    @Test
    void what_is_dropped_is_gone_whoever_grants_it() {
        assertThat(rights(OptionalLong.of(CHOWN | FOWNER), CHOWN, CHOWN).ofRoot(OWN))
                .isEqualTo(new Op.Privileges(true, 0, FOWNER, FOWNER, 0));
        assertThat(rights(OptionalLong.empty(), 0, Capability.ALL).ofRoot(OWN))
                .isEqualTo(new Op.Privileges(true, 0, 0, 0, 0));
    }

    @Test
    void new_privileges_are_forbidden_unless_setuid_programs_are_allowed() {
        var rights = new Rights(OptionalLong.empty(), 0, 0, true);
        assertThat(rights.ofRoot(OWN).noNewPrivileges()).isFalse();
        assertThat(rights.ofUser().noNewPrivileges()).isTrue();
    }

    @Test
    void sets_are_written_with_sixteen_digits() {
        assertThat(rights(OptionalLong.of(0), CHOWN, 0).ofRoot(OWN).arguments())
                .containsExactly("1", "239", "0000000000000001", "0000000000000001", "0000000000000001");
        assertThat(Rights.USUAL.ofRoot(Capability.ALL).arguments()).contains("ffffffffffffffff");
    }
}
