package dev.kerr.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.linux.SubIds;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Ids of the host and of an image.
final class OwnIdsTest {
    @Test
    void the_users_own_id_is_root_and_the_sub_ids_are_the_others() {
        var ids = new OwnIds.Ids(1000, Optional.of(new SubIds(100_000, 65_536)));
        assertThat(ids.inside(1000)).isZero();
        assertThat(ids.inside(100_000)).isEqualTo(1);
        assertThat(ids.inside(165_535)).isEqualTo(65_536);
        assertThat(ids.inside(165_536)).isEqualTo(165_536);
        assertThat(ids.inside(0)).isZero();
    }
}
