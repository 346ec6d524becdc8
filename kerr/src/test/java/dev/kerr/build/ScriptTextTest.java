package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScriptTextTest {
    @Test
    void a_script_without_interpreter_gets_the_shell() {
        assertThat(ScriptText.of("    echo a\n\n", "")).isEqualTo("#!/bin/sh\n\n    echo a\n\n\n");
    }

    @Test
    void a_script_keeps_its_own_interpreter() {
        assertThat(ScriptText.of("\n  #!/bin/bash -e  \n    echo a\n", ""))
                .isEqualTo("#!/bin/bash -e\n\n    echo a\n\n");
    }

    @Test
    void arguments_go_to_the_line_of_the_interpreter() {
        assertThat(ScriptText.of("echo\n", "-x")).isEqualTo("#!/bin/sh -x\n\necho\n\n");
        assertThat(ScriptText.of("#!/bin/bash\n", "-x")).isEqualTo("#!/bin/bash -x\n\n\n");
    }
}
