package dev.kerr.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every `NAME.dockerfile` below `files` reads as `NAME.golden` says; those named `bad-…` are refused.
class DockerfileFilesTest {
    private static final Path FILES = Path.of("src/test/resources/dev/kerr/dockerfile/files");

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".dockerfile"))
                    .map(name -> name.substring(0, name.length() - ".dockerfile".length()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_file_reads_as_its_golden_says(String name) throws IOException {
        String text = Files.readString(FILES.resolve(name + ".dockerfile"));
        String printed = DockerfileText.of(text, "Dockerfile");
        assertThat(printed.contains("error: ")).isEqualTo(name.startsWith("bad-"));
        if (name.startsWith("bad-")) {
            assertThat(printed).containsPattern("(?m)^error: Dockerfile:\\d+:\\d+: .* \\(hint: .*\\)$");
        }
        Golden.check("dockerfile/files/" + name + ".golden", printed);
    }

    @Test
    void no_golden_is_left_without_its_file() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".golden"))
                            .map(name -> name.substring(0, name.length() - ".golden".length())))
                    .isSubsetOf(names());
        }
    }
}
