package dev.kerr.deffile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Small definition files, `suite/NAME.def`, and what is read from each, `NAME.golden`: a print of the stages, or the
/// message that refuses them. `NAME.args`, if there is one, is a file of build arguments; with `# warn` for its first
/// line those of no use are warned about. `-Dgolden=update` writes the prints anew: read the difference.
class DefinitionSuiteTest {
    private static final Path SUITE = Path.of("src/test/resources/dev/kerr/deffile/suite");

    static Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(SUITE)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".def"))
                    .map(name -> name.substring(0, name.length() - ".def".length()))
                    .sorted()
                    .toList();
            return names.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void is_read_as_its_golden_file_says(String name) throws IOException {
        String print = print(name);
        Path golden = SUITE.resolve(name + ".golden");
        if (System.getProperty("golden", "").equals("update")) {
            Files.writeString(golden, print);
        }
        assertThat(print).isEqualTo(Files.readString(golden));
    }

    @Test
    void every_refusal_names_line_and_column_and_nothing_else_is_refused() throws IOException {
        for (String name : names().toList()) {
            String golden = Files.readString(SUITE.resolve(name + ".golden"));
            boolean unused = golden.contains("unused build arguments");
            if (name.startsWith("error-") && !unused) {
                assertThat(golden).as(name).matches("(?s)error: error-[\\w-]+\\.(def|args):\\d+:\\d+: .*");
            } else {
                assertThat(golden.startsWith("error: ")).as(name).isEqualTo(unused && name.startsWith("error-"));
            }
        }
    }

    private static String print(String name) throws IOException {
        try {
            String text = Files.readString(SUITE.resolve(name + ".def"));
            return DefinitionPrint.of(DefinitionParser.parse(text, name + ".def", arguments(name)), text);
        } catch (UserException e) {
            return "error: " + e.getMessage() + "\n" + (e.hint().isEmpty() ? "" : "hint: " + e.hint() + "\n");
        }
    }

    private static BuildArguments arguments(String name) throws IOException, UserException {
        Path file = SUITE.resolve(name + ".args");
        if (!Files.exists(file)) {
            return BuildArguments.NONE;
        }
        String text = Files.readString(file);
        Map<String, String> values = BuildArguments.ofFile(text, name + ".args");
        return new BuildArguments(
                values, text.startsWith("# warn") ? BuildArguments.Unused.WARNED_ABOUT : BuildArguments.Unused.REFUSED);
    }
}
