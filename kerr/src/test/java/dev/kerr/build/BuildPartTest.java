package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildPartTest {
    @Test
    void parts_are_chosen_by_name() throws UserException {
        assertThat(BuildPart.of(List.of("post", "Labels"))).containsExactlyInAnyOrder(BuildPart.POST, BuildPart.LABELS);
        assertThat(BuildPart.of(List.of("all"))).isEqualTo(BuildPart.all());
        assertThat(BuildPart.of(List.of("none"))).isEmpty();
    }

    @Test
    void an_unknown_part_is_refused() {
        assertThatThrownBy(() -> BuildPart.of(List.of("pots"))).hasMessage("unknown section 'pots'");
        assertThatThrownBy(() -> BuildPart.of(List.of("none", "post")))
                .hasMessage("section 'none' cannot be combined with others");
    }
}
