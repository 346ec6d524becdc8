package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import org.junit.jupiter.api.Test;

/// Plans for what a build runs outside the container.
class StepOnHostTest {
    private final Situation situation = new Situation().step("/usr/bin/mksquashfs", "/tmp/root", "/tmp/image");

    @Test
    void a_user_is_root_with_a_range_of_sub_ids() throws Exception {
        situation.subIds();
        var plan = Planner.planOnHost(situation.spec(), RootMapping.SUB_IDS, situation.host());
        Golden.check("container/golden/a_step_on_the_host.txt", situation.text(plan));
    }

    @Test
    void root_needs_no_user_namespace() throws Exception {
        situation.root();
        var plan = Planner.planOnHost(situation.spec(), RootMapping.SUB_IDS, situation.host());
        Golden.check("container/golden/a_step_of_root_on_the_host.txt", situation.text(plan));
    }

    @Test
    void without_a_range_it_is_refused_with_the_remedy() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Planner.planOnHost(situation.spec(), RootMapping.SUB_IDS, situation.host()))
                .withMessage("user ada has no range of sub-ids to be root with")
                .satisfies(refused -> assertThat(refused.hint()).contains("kerr config fakeroot --add ada"));
    }
}
