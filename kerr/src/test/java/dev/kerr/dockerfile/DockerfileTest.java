package dev.kerr.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerfileTest {
    private static final String STAGES = """
            ARG KIND=b
            FROM debian AS a
            FROM a AS b
            FROM debian AS C
            COPY --from=b /x /x
            FROM debian
            RUN --mount=from=0,target=/a true
            FROM $KIND AS last
            """;

    private static Dockerfile parse(String text) throws UserException {
        return DockerfileParser.parse(text, "Dockerfile");
    }

    private static BuildArguments given(Map<String, String> values) {
        return new BuildArguments(values, "linux/amd64", "linux/amd64");
    }

    private static Dockerfile resolved(Dockerfile dockerfile, Map<String, String> values) throws UserException {
        return GlobalScope.of(dockerfile, given(values), dockerfile.last()).resolve();
    }

    private static StageScope scope(Dockerfile dockerfile, Map<String, String> values) throws UserException {
        return new StageScope(GlobalScope.of(dockerfile, given(values), dockerfile.last()), Map.of("HOME", "/root"));
    }

    @ParameterizedTest
    @CsvSource({"a,0", "b,0 1", "c,0 1 2", "C,0 1 2", "2,0 1 2", "3,0 3", "last,0 1 4", "4,0 1 4"})
    void a_target_needs_its_stages_in_order(String target, String needed) throws UserException {
        Dockerfile dockerfile = resolved(parse(STAGES), Map.of());
        List<String> indices = dockerfile.needed(dockerfile.stage(target)).stream()
                .map(stage -> String.valueOf(stage.index()))
                .toList();
        assertThat(String.join(" ", indices)).isEqualTo(needed);
    }

    @Test
    void an_argument_changes_what_is_needed() throws UserException {
        Dockerfile dockerfile = resolved(parse(STAGES), Map.of("KIND", "C"));
        assertThat(dockerfile.needed(dockerfile.last()))
                .extracting(Stage::index)
                .containsExactly(0, 1, 2, 4);
        Dockerfile other = resolved(parse(STAGES), Map.of("KIND", "elsewhere"));
        assertThat(other.needed(other.last())).extracting(Stage::index).containsExactly(4);
    }

    @Test
    void a_target_that_is_not_there_is_refused() throws UserException {
        Dockerfile dockerfile = parse(STAGES);
        assertThatThrownBy(() -> dockerfile.stage("lost"))
                .isInstanceOfSatisfying(
                        UserException.class,
                        e -> assertThat(e.line())
                                .isEqualTo("Dockerfile: there is no stage 'lost' (hint: did you mean 'last'?)"));
        assertThatThrownBy(() -> dockerfile.stage("5")).hasMessage("Dockerfile: there is no stage '5'");
    }

    @Test
    void commands_have_variables_arguments_and_proxies_but_the_image_has_variables_alone() throws UserException {
        Dockerfile dockerfile = parse("FROM debian\nARG A=1 B\nENV C=$A\nARG D\n");
        StageScope scope = scope(dockerfile, Map.of("D", "4", "HTTPS_PROXY", "http://p"));
        for (Instruction instruction : dockerfile.last().instructions()) {
            scope.enter(instruction);
        }
        assertThat(scope.environment()).isEqualTo(Map.of("HOME", "/root", "C", "1"));
        assertThat(scope.commandEnvironment())
                .isEqualTo(Map.of(
                        "HOME",
                        "/root",
                        "A",
                        "1",
                        "C",
                        "1",
                        "D",
                        "4",
                        "https_proxy",
                        "http://p",
                        "HTTPS_PROXY",
                        "http://p"));
    }

    @Test
    void given_arguments_that_nothing_declares_are_named() throws UserException {
        Dockerfile dockerfile = parse("ARG A\nFROM debian\nARG B=1\n");
        BuildArguments arguments =
                given(Map.of("A", "1", "B", "2", "X", "3", "TARGETARCH", "x", "no_proxy", "y", "ABC", "4"));
        assertThat(arguments.undeclared(dockerfile)).containsExactly("ABC", "X");
    }

    @Test
    void a_given_platform_argument_wins() throws UserException {
        Dockerfile dockerfile = parse("FROM debian:$TARGETARCH\n");
        assertThat(resolved(dockerfile, Map.of("TARGETARCH", "mine")).last().base())
                .isEqualTo(new Base.Image("debian:mine"));
    }

    @Test
    void a_shell_reads_its_documents_behind_the_line() throws UserException {
        Dockerfile dockerfile = parse("FROM debian\nRUN cat <<A; cat <<-B\n1\nA;\n\t2\n\tB\n");
        Instruction.Run run = (Instruction.Run) dockerfile.last().instructions().getFirst();
        assertThat(((Command.Shell) run.command()).script()).isEqualTo("cat <<A; cat <<-B\n1\nA;\n\t2\nB");
    }

    @Test
    void a_document_by_itself_is_a_program_if_it_names_its_interpreter() throws UserException {
        Dockerfile dockerfile = parse("FROM debian\nRUN <<-A\n\t#!/bin/sh\n\t\ttrue\nA\nRUN <<B\ntrue\nB\n");
        List<Command> commands = dockerfile.last().instructions().stream()
                .map(instruction -> ((Instruction.Run) instruction).command())
                .toList();
        assertThat(commands)
                .extracting(command -> ((Command.Script) command).isProgram())
                .containsExactly(true, false);
        assertThat(((Command.Script) commands.getFirst()).document().text()).isEqualTo("#!/bin/sh\ntrue\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "30s, 30000",
        "1m30s, 90000",
        "1.5h, 5400000",
        "300ms, 300",
        ".5s, 500",
        "1h1m1s1ms, 3661001",
        "2us, 0"
    })
    void durations_are_those_of_go(String text, long milliseconds) {
        assertThat(Durations.of(text).map(Duration::toMillis)).contains(milliseconds);
    }

    @ParameterizedTest
    @CsvSource({"''", "5", "s", "5 s", "-5s", "5x", "5s5", "1d", "5sx"})
    void other_texts_are_no_durations(String text) {
        assertThat(Durations.of(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "64m, 67108864",
        "64MB, 67108864",
        "64 MiB, 67108864",
        "1.5k, 1536",
        "2g, 2147483648",
        "1b, 1"
    })
    void sizes_are_those_of_docker(String text, long bytes) {
        assertThat(Sizes.bytes(text)).contains(bytes);
    }

    @ParameterizedTest
    @CsvSource({"''", "m", "-1", "1x", "1mm", "9000000p", "1e3"})
    void other_texts_are_no_sizes(String text) {
        assertThat(Sizes.bytes(text)).isEmpty();
    }

    /// Pieces of files in any order, cut anywhere: whatever comes of it is read or refused, by its line.
    @Test
    void pieces_of_files_are_read_or_refused() {
        String[] pieces = {
            "FROM a AS b\n",
            "FROM $X\n",
            "ARG X=1\n",
            "RUN <<E\n",
            "E\n",
            "COPY --from=b ",
            "RUN --mount=type=cache,",
            "[\"",
            "\"]",
            "ENV A=",
            "${A:-",
            "}",
            "'",
            "\\\n",
            "#",
            "\r\n",
            "target=/x ",
            "EXPOSE 1-",
            "$A",
            " ",
            "\"",
            "\t",
            "`",
            "# escape=`\n",
            "HEALTHCHECK --interval=",
            "/",
            "*",
            "<<-",
            "ADD ",
            "0",
            "VOLUME ",
            "LABEL x ",
            "\uD83D",
            "é"
        };
        Random random = new Random(20_261_130);
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "FROM a AS b\n" : "");
            for (int length = random.nextInt(20); length > 0; length--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String printed = DockerfileText.of(text.toString(), "Dockerfile");
            if (printed.contains("error: ")) {
                assertThat(printed).as(text.toString()).containsPattern("(?m)^error: Dockerfile:\\d+");
            }
        }
    }
}
