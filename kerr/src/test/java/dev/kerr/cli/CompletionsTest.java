package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kerr ex             | 1 | exec",
                "kerr exec --writab  | 2 | --writable,--writable-tmpfs,--writable-tmpfs-size",
                "kerr -q exec --dry  | 3 | --dry-run",
                "kerr --no           | 1 | --nocolor",
                "kerr exec --fusem   | 2 | ''",
                "kerr sif de         | 2 | del",
                "kerr -q sif h       | 3 | header",
                "kerr sif del --co   | 3 | --compact",
                "kerr instance st    | 2 | start,stats,stop",
                "kerr instance start --pid- | 3 | --pid-file",
                "kerr instance stop --si   | 3 | --signal",
                "kerr inst           | 1 | instance",
            })
    void bash_offers_what_is_there(String words, int index, String offered) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash on this host");
        String script = Completions.bash() + "COMP_WORDS=(" + words + ")\nCOMP_CWORD=" + index
                + "\n_kerr\nIFS=,\necho \"${COMPREPLY[*]}\"\n";
        var process = new ProcessBuilder("/bin/bash", "-c", script)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                .isEqualTo(offered);
    }

    @Test
    void quotes_in_the_table_end_no_word() {
        for (String line : Completions.zsh().lines().toList()) {
            assertThat(line.chars().filter(c -> c == '\'').count() % 2).as(line).isZero();
        }
        for (String line : Completions.fish().lines().toList()) {
            assertThat(line.chars().filter(c -> c == '\'').count() % 2).as(line).isZero();
        }
    }
}
