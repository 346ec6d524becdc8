package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssignmentTextTest {
    private static final List<String> FIXED = List.of("HOME", "UID");

    @Test
    void assignments_to_fixed_names_are_set_aside() {
        var text = new AssignmentText("HOME=/x\nA=1; export UID=5\n  UID=6", FIXED);
        assertThat(text.text()).isEqualTo("_kerr_aside_HOME=/x\nA=1; export _kerr_aside_UID=5\n  _kerr_aside_UID=6");
        assertThat(text.ignored()).containsExactly("HOME", "UID", "UID");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "MYHOME=1\nHOMES=2",
                "A=\"\nHOME=/x\n\"",
                "A='\nHOME=/x\n'",
                "# it's\nA=$HOME",
                "A=\\\nHOME=x",
                "A=\"\\\"\nHOME=/x\"",
                "A='open\nHOME=/x",
                "A=\\",
            })
    void all_else_stays_as_it_is(String text) {
        assertThat(new AssignmentText(text, FIXED).text()).isEqualTo(text);
    }
}
