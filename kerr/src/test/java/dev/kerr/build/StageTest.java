package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.build.Step.Weight;
import dev.kerr.log.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageTest {
    private static final Step SOMETHING = step("something", Optional.of("inputs"));

    @TempDir
    Path directory = Path.of("");

    private final List<String> done = new ArrayList<>();

    private static Step step(String name, Optional<String> inputs) {
        return new Step(name, inputs, Weight.HEAVY, () -> {});
    }

    private Stage stage(Step... steps) throws Exception {
        return stage(Map.of(), steps);
    }

    private Stage stage(Map<String, String> environment, Step... steps) throws Exception {
        var log = new RecordingLog();
        var request = new BuildRequest(
                new BuildRequest.Target(Path.of("x.sif"), BuildRequest.Format.SIF, BuildRequest.Existing.REFUSE),
                new BuildRequest.Source.Image(Path.of("base")),
                new BuildRequest.Options(Set.of(), false, PackSettings.usual(), List.of()),
                new BuildRequest.Surroundings(directory, directory, environment));
        var host = new HostCommands(new RecordingRunner(), Map.of());
        var context = new BuildContext(
                request,
                host,
                BuildDirectory.create(directory, host, log, true),
                source -> directory,
                new Platform("1", dev.kerr.sif.Architecture.AMD64),
                Optional.empty(),
                log);
        return new Stage(context, TreeStep.Tree.of(directory), new BuildTime(OptionalLong.empty()), List.of(steps));
    }

    @Test
    void steps_are_taken_in_order_and_once() throws Exception {
        Stage stage = stage(
                new Step("one", Optional.of(""), Weight.LIGHT, () -> done.add("one")),
                new Step("two", Optional.empty(), Weight.HEAVY, () -> done.add("two")));
        assertThat(done).isEmpty();
        stage.rootfs();
        stage.rootfs();
        assertThat(done).containsExactly("one", "two");
    }

    @Test
    void a_key_says_all_that_the_stage_depends_on() throws Exception {
        StepKey key = stage(SOMETHING).key().orElseThrow();
        assertThat(key.hex()).hasSize(64).matches("[0-9a-f]+");
        assertThat(stage(SOMETHING).key()).contains(key);
        assertThat(stage(step("something", Optional.of("others"))).key()).isNotEqualTo(Optional.of(key));
        assertThat(stage(step("else", Optional.of("inputs"))).key()).isNotEqualTo(Optional.of(key));
        assertThat(stage(SOMETHING, SOMETHING).key()).isNotEqualTo(Optional.of(key));
        assertThat(stage(Map.of("SOURCE_DATE_EPOCH", "1"), SOMETHING).key()).isNotEqualTo(Optional.of(key));
    }

    @Test
    void a_step_that_nobody_can_tell_the_inputs_of_leaves_the_stage_without_a_key() throws Exception {
        assertThat(stage(SOMETHING, step("script", Optional.empty()), SOMETHING).key())
                .isEmpty();
    }

    @Test
    void lists_of_texts_differ_that_are_the_same_when_joined() {
        assertThat(StepKey.NOTHING.then("a", "bc")).isNotEqualTo(StepKey.NOTHING.then("ab", "c"));
        assertThat(StepKey.NOTHING.then("a").then("b")).isNotEqualTo(StepKey.NOTHING.then("a", "b"));
    }

    @Test
    void contents_are_the_same_only_if_names_bytes_and_permissions_are() throws Exception {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Files.writeString(tree.resolve("a"), "1");
        String before = InputDigest.content(tree).orElseThrow();
        assertThat(InputDigest.content(tree)).contains(before);
        Files.writeString(tree.resolve("a"), "2");
        String changed = InputDigest.content(tree).orElseThrow();
        assertThat(changed).isNotEqualTo(before);
        Files.move(tree.resolve("a"), tree.resolve("b"));
        assertThat(InputDigest.content(tree).orElseThrow()).isNotEqualTo(changed);
        Files.createSymbolicLink(tree.resolve("gone"), Path.of("nowhere"));
        assertThat(InputDigest.content(tree)).isPresent();
        assertThat(InputDigest.content(directory.resolve("nothing"))).isEmpty();
    }

    @Test
    void what_cannot_fit_is_refused_before_anything_is_done() throws Exception {
        long free = Files.getFileStore(directory).getUsableSpace();
        Stage stage = stage(
                new Step("one", Optional.of(""), Weight.LIGHT, () -> done.add("one")),
                new Step("two", Optional.of(""), Weight.LIGHT, () -> free, () -> done.add("two")),
                new Step("three", Optional.of(""), Weight.LIGHT, () -> 1L << 40, () -> done.add("three")));
        assertThatThrownBy(stage::rootfs).isInstanceOfSatisfying(UserException.class, refused -> {
            assertThat(refused)
                    .hasMessageMatching(Pattern.quote("cannot build in " + directory)
                            + ": at least [0-9.]+ MiB are needed, and [0-9.]+ MiB are free");
            assertThat(refused.hint()).contains("--tmpdir or KERR_TMPDIR");
        });
        assertThat(done).isEmpty();
    }

    @Test
    void programs_are_told_when_steps_begin_and_end() {
        var log = new RecordingLog();
        var events = new StepEvents.Lines(log);
        try (var event = events.begin("%post \"1\"")) {
            event.succeeded();
        }
        try (var event = events.begin("two")) {
            assertThat(event).isNotNull(); // and fails
        }
        events.kept("three");
        String time = "\"time\":\"[-0-9T:.]+Z\"";
        assertThat(log.lines).hasSize(5);
        assertThat(log.lines.get(0)).matches("\\{\"event\":\"start\",\"step\":\"%post \\\\\"1\\\\\"\"," + time + "}");
        assertThat(log.lines.get(1)).matches(".*\"event\":\"end\".*" + time + ",\"milliseconds\":[0-9]+,\"ok\":true}");
        assertThat(log.lines.get(3)).endsWith("\"ok\":false}");
        assertThat(log.lines.get(4)).startsWith("{\"event\":\"kept\",\"step\":\"three\",");
    }
}
