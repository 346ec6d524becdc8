package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.CallersVariables;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.ContainerSpec.Variant;
import dev.kerr.log.UserException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PayloadRulesTest {
    private final Situation situation = new Situation();
    private EnvironmentRules rules = new EnvironmentRules(false, Map.of());

    @Test
    void names_that_are_left_out_are_dropped_with_the_runtime_s_own() {
        rules = new EnvironmentRules(
                new CallersVariables(false, List.of("FOO", "BAR*")), Map.of(), List.of(), Map.of(), false);
        assertThat(ops())
                .anyMatch(op -> op.code() == OpCode.ENV_DROP
                        && op.arguments().containsAll(List.of("FOO", "BAR*", "KERR_*", "HOME")));
    }

    @Test
    void the_umask_is_the_caller_s_unless_the_usual_one_is_asked_for() {
        assertThat(ops()).noneMatch(op -> op instanceof Op.Umask);
        situation.payload =
                new Payload(Action.EXEC, 3, List.of(), new Variant(Optional.empty(), Optional.empty(), true));
        assertThat(ops()).contains(new Op.Umask(022));
    }

    @Test
    void a_script_that_the_kernel_would_not_take_is_refused() {
        rules = new EnvironmentRules(false, Map.of("A", "x".repeat(131_000)));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> PayloadRules.exec(spec()))
                .withMessage("the variables that are set for the container have more than 120 KiB in all");
    }

    private List<Op> ops() {
        return PayloadRules.container(spec(), "/home/ada", Map.of());
    }

    private ContainerSpec spec() {
        var spec = situation.spec();
        return new ContainerSpec(spec.payload(), spec.identity(), spec.writable(), spec.hostView(), rules);
    }
}
