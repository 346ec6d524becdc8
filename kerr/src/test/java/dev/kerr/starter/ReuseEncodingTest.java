package dev.kerr.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.Op;
import dev.kerr.container.Plan;
import dev.kerr.container.Reuse;
import dev.kerr.linux.Inputs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What goes over the pipe behind a plan.
class ReuseEncodingTest {
    private final Plan plan = new Plan(List.of(new Op.Exec(0, List.of("/bin/sh"))), List.of());

    private ByteBuffer behindThePlan(Optional<Reuse> reuse) throws Exception {
        byte[] alone = PlanEncoder.encode(plan);
        byte[] bytes = PlanEncoder.encode(plan, reuse);
        assertThat(bytes).startsWith(alone);
        return ByteBuffer.wrap(bytes, alone.length, bytes.length - alone.length)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void a_plan_for_once_is_followed_by_zero() throws Exception {
        ByteBuffer bytes = behindThePlan(Optional.empty());
        assertThat(bytes.getInt()).isZero();
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void the_words_and_the_inputs_follow_their_size() throws Exception {
        var inputs = new Inputs();
        inputs.content(Path.of("/no/such/file"));
        ByteBuffer bytes = behindThePlan(Optional.of(new Reuse(7, 1, "said\n", inputs)));
        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        assertThat(bytes.getInt()).isEqualTo(7);
        assertThat(bytes.getInt()).isEqualTo(1);
        assertThat(bytes.getInt()).isEqualTo(5);
        assertThat(StandardCharsets.UTF_8.decode(bytes).toString()).isEqualTo("said\nc-/no/such/file\0");
    }
}
