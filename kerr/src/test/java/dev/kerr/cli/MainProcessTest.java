package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only a process of its own can show: its locale, and that it ends.
class MainProcessTest {
    @TempDir
    Path directory = Path.of("");

    private record Result(int status, String err) {}

    @Test
    void a_name_beyond_ascii_is_no_stack_trace_in_any_locale() throws Exception {
        var result = run("sif", "list", "zo\u00eb.sif");
        assertThat(result.status()).isEqualTo(255);
        assertThat(result.err()).startsWith("FATAL:   ").hasLineCount(1);
    }

    @Test
    void a_fifo_is_not_waited_for() throws Exception {
        Path fifo = directory.resolve("fifo");
        assumeTrue(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0, "mkfifo makes no FIFO here");
        var result = run("sif", "list", fifo.toString());
        assertThat(result.status()).isEqualTo(255);
        assertThat(result.err()).startsWith("FATAL:   ").hasLineCount(1);
    }

    /// Runs in the locale of batch jobs: none.
    private Result run(String... words) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin/java");
        // the shell passes the bytes of the name on, whatever the locale of this JVM
        var command = new ArrayList<>(List.of("/bin/sh", "-c", script(words), "sh", java.toString()));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.kerr.cli.Main"));
        Path errors = directory.resolve("errors");
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        var process = builder.start();
        process.getOutputStream().close();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(errors, StandardCharsets.ISO_8859_1));
    }

    /// `exec "$@" "$(printf '\\172…')"…`: each word by the octal numbers of its bytes in UTF-8.
    private static String script(String... words) {
        var script = new StringBuilder("exec \"$@\"");
        for (String word : words) {
            script.append(" \"$(printf '");
            for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
                script.append('\\')
                        .append(Integer.toOctalString(01000 | b & 0xff).substring(1));
            }
            script.append("')\"");
        }
        return script.toString();
    }
}
