package dev.kerr.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The part of our style that a program can check.
final class TidyTest {
    private static final int COLUMNS = 120;
    private static final int LINES_PER_FILE = 600;
    private static final int LINES_PER_ROUTINE = 60;
    private static final Map<String, Integer> LINES_OF_C = Map.of("starter", 6_100, "fileserver", 2_200);

    /// The calls that have one place each. The rest of the program is handed what it needs, and returns.
    private static final Pattern BANNED =
            Pattern.compile("\\bSystem\\.(exit|getenv|out|err)\\b|\\bprintStackTrace\\b|\\bThread\\.sleep\\b");

    private static final Set<Path> MAY_CALL_THEM = Set.of(
            Path.of("kerr/src/main/java/dev/kerr/cli/Main.java"),
            Path.of("kerr/src/main/java/dev/kerr/cli/Documents.java"),
            Path.of("kerr/src/main/java/dev/kerr/cli/Training.java"));

    private static final Pattern WILDCARD_IMPORT = Pattern.compile("^import .*\\*;", Pattern.MULTILINE);
    private static final Pattern TODO = Pattern.compile("\\b(TODO|FIXME|XXX)\\b(?! ?\\(?#\\d+)");

    private final Repository repository = Repository.here();

    private interface Rule {
        List<String> faults(SourceText source);
    }

    @Test
    void lines_have_at_most_120_columns_and_neither_tabs_nor_blanks_at_the_end() throws IOException {
        assertThat(faults(repository.sources(), TidyTest::untidyLines)).isEmpty();
    }

    @Test
    void files_end_with_one_newline() throws IOException {
        assertThat(faults(
                        repository.all(),
                        source -> fault(
                                source,
                                !source.text().endsWith("\n") || source.text().endsWith("\n\n"),
                                "end")))
                .isEmpty();
    }

    @Test
    void files_have_at_most_600_lines() throws IOException {
        assertThat(faults(
                        repository.all(), source -> fault(source, source.lines().size() > LINES_PER_FILE, "long")))
                .isEmpty();
    }

    @Test
    void methods_and_functions_have_at_most_60_lines() throws IOException {
        assertThat(faults(repository.java(), TidyTest::longRoutines)).isEmpty();
        assertThat(faults(repository.c("starter"), TidyTest::longRoutines)).isEmpty();
        assertThat(faults(repository.c("fileserver"), TidyTest::longRoutines)).isEmpty();
    }

    @Test
    void calls_that_have_one_place_are_made_nowhere_else() throws IOException {
        assertThat(faults(repository.java(), TidyTest::bannedCalls)).isEmpty();
    }

    @Test
    void imports_name_what_they_import() throws IOException {
        assertThat(faults(
                        repository.all(),
                        source -> fault(
                                source,
                                source.isJava()
                                        && WILDCARD_IMPORT
                                                .matcher(source.code())
                                                .find(),
                                "wildcard import")))
                .isEmpty();
    }

    @Test
    void what_is_still_to_do_has_an_issue() throws IOException {
        assertThat(faults(repository.all(), TidyTest::unnumberedTodos)).isEmpty();
    }

    @Test
    void the_programs_in_c_stay_small() throws IOException {
        for (var limit : LINES_OF_C.entrySet()) {
            int lines = repository.c(limit.getKey()).stream()
                    .mapToInt(source -> source.lines().size())
                    .sum();
            System.out.println(limit.getKey() + ": " + lines + " lines of C, of at most " + limit.getValue());
            assertThat(lines).isLessThanOrEqualTo(limit.getValue());
        }
    }

    @Test
    void a_method_of_61_lines_is_found() {
        var body = "        work(\"{\"); // {\n".repeat(59);
        var source = java("final class Long {\n    void act() throws Exception {\n" + body + "    }\n}\n");
        assertThat(longRoutines(source)).containsExactly("Some.java:2: 61 lines");
    }

    @Test
    void a_method_of_60_lines_in_a_long_class_is_not() {
        var method = "    void act(int a) {\n" + "        work();\n".repeat(58) + "    }\n\n";
        assertThat(longRoutines(java("record Many(int a) {\n" + method.repeat(3) + "}\n")))
                .isEmpty();
    }

    @Test
    void a_function_of_61_lines_is_found() {
        var table = "static const char *const NAMES[] = {\n" + "    \"{\",\n".repeat(90) + "};\n\n";
        var source = new SourceText(
                Path.of("some.c"),
                "#define X { \\\n  {\n" + table + "int main(void) {\n" + "act();\n".repeat(59) + "}\n");
        assertThat(longRoutines(source)).containsExactly("some.c:96: 61 lines");
    }

    @Test
    void a_banned_call_is_found_but_not_in_a_comment() {
        assertThat(bannedCalls(java("// System.exit\nSystem.exit(1);\n"))).containsExactly("Some.java:2: System.exit");
    }

    @Test
    void a_todo_needs_the_number_of_its_issue() {
        var mark = "TO" + "DO";
        assertThat(unnumberedTodos(java("// " + mark + "(#12): say so\n// " + mark + ": say so\n")))
                .containsExactly("Some.java:2: " + mark);
    }

    private static List<String> untidyLines(SourceText source) {
        var faults = new ArrayList<String>();
        var lines = source.lines();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            if (line.codePointCount(0, line.length()) > COLUMNS) {
                faults.add(at(source, i + 1) + "longer than " + COLUMNS + " columns");
            }
            if (line.contains("\t")) {
                faults.add(at(source, i + 1) + "tab");
            }
            if (!line.equals(line.stripTrailing())) {
                faults.add(at(source, i + 1) + "blank at the end");
            }
        }
        return faults;
    }

    private static List<String> longRoutines(SourceText source) {
        return Routine.of(source).stream()
                .filter(routine -> routine.lines() > LINES_PER_ROUTINE)
                .map(routine -> at(source, routine.line()) + routine.lines() + " lines")
                .toList();
    }

    private static List<String> bannedCalls(SourceText source) {
        return MAY_CALL_THEM.contains(source.path()) ? List.of() : matches(source, source.code(), BANNED);
    }

    private static List<String> unnumberedTodos(SourceText source) {
        return source.path().endsWith("TidyTest.java") ? List.of() : matches(source, source.text(), TODO);
    }

    private static List<String> matches(SourceText source, String text, Pattern pattern) {
        return pattern.matcher(text)
                .results()
                .map(result -> {
                    long line = 1
                            + text.substring(0, result.start())
                                    .chars()
                                    .filter(c -> c == '\n')
                                    .count();
                    return at(source, line) + result.group();
                })
                .toList();
    }

    private static List<String> fault(SourceText source, boolean isFault, String what) {
        return isFault ? List.of(source.path() + ": " + what) : List.of();
    }

    private static String at(SourceText source, long line) {
        return source.path() + ":" + line + ": ";
    }

    private static List<String> faults(List<SourceText> sources, Rule rule) {
        return sources.stream().flatMap(source -> rule.faults(source).stream()).toList();
    }

    private static SourceText java(String text) {
        return new SourceText(Path.of("Some.java"), text);
    }
}
