package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
    @Test
    void an_operation_is_a_line() {
        var plan =
                new Plan(List.of(new Op.Plain(OpCode.ENTER), new Op.Session(64), new Op.Exec(2, List.of())), List.of());
        assertThat(plan.text()).isEqualTo("""
                        enter
                        session          64
                        exec             2
                        """);
    }

    @Test
    void arguments_that_are_not_one_plain_word_are_quoted() {
        var plan = new Plan(
                List.of(new Op.Exec(0, List.of("", "a b", "a\nb", "it's", "say \"x\"", "back\\slash", "ö$*"))),
                List.of());
        assertThat(plan.text())
                .isEqualTo("exec             0 '' 'a b' 'a\\nb' 'it\\'s' 'say \"x\"' 'back\\\\slash' ö$*\n");
    }

    @Test
    void an_argument_cannot_speak_to_the_terminal() {
        var plan = new Plan(List.of(new Op.Exec(0, List.of("\u001b[31m\u0007\r\u007f\u009b"))), List.of());
        assertThat(plan.text()).doesNotContain("\u001b", "\u0007", "\r", "\u007f", "\u009b");
    }

    @Test
    void long_arguments_are_shown_by_their_size() {
        var plan = new Plan(List.of(new Op.Exec(0, List.of("x".repeat(160), "x".repeat(161)))), List.of());
        assertThat(plan.text()).isEqualTo("exec             0 " + "x".repeat(160) + " <161 characters>\n");
    }

    @Test
    void names_fit_their_column() {
        for (OpCode code : OpCode.values()) {
            assertThat(code.name().length()).isLessThanOrEqualTo(17);
        }
    }

    @Test
    void numbers_on_the_wire_are_unique() {
        assertThat(OpCode.values()).extracting(OpCode::number).doesNotHaveDuplicates();
    }
}
