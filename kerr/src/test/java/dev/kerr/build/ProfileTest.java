package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Sif;
import dev.kerr.squashfs.Inode;
import dev.kerr.squashfs.SquashfsReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Builds whose images are laid out as launches read them.
class ProfileTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T09:05:07Z"), ZoneId.of("UTC"));

    @TempDir
    Path directory;

    private Path temporary;
    private Path base;
    private final RecordingRunner runner = new RecordingRunner();
    private List<String> profile = List.of();

    @BeforeEach
    void makeDirectories() throws IOException {
        temporary = Files.createDirectory(directory.resolve("tmp"));
        base = Files.createDirectories(directory.resolve("base"));
    }

    private void build(String target, BuildRequest.Source source) throws IOException, UserException {
        ImageProvider none = spelling -> {
            throw new UserException("no image " + spelling);
        };
        var builder = new Builder(
                runner, none, new Platform("1.2.3", Architecture.AMD64), Optional.empty(), CLOCK, new RecordingLog());
        builder.build(new BuildRequest(
                new BuildRequest.Target(Path.of(target), BuildRequest.Format.SIF, BuildRequest.Existing.REFUSE),
                source,
                new BuildRequest.Options(BuildPart.all(), false, PackSettings.usual(), profile),
                new BuildRequest.Surroundings(temporary, directory, Map.of("PATH", "/usr/bin:/bin"))));
    }

    private void assertNothingIsLeft() {
        assertThat(temporary).isEmptyDirectory();
    }

    private static long number(Path sif, String path) throws IOException {
        return inSquashfs(sif, reader -> file(reader, path).attributes().number());
    }

    private interface Look<T> {
        T at(SquashfsReader reader) throws IOException;
    }

    private static <T> T inSquashfs(Path sif, Look<T> look) throws IOException {
        try (FileChannel channel = FileChannel.open(sif)) {
            Descriptor primary = Sif.open(channel).primaryPartition().orElseThrow();
            try (var reader = SquashfsReader.open(channel, primary.offset(), primary.size())) {
                return look.at(reader);
            }
        }
    }

    private static Inode.RegularFile file(SquashfsReader reader, String path) throws IOException {
        Inode at = reader.root();
        for (String name : path.split("/")) {
            at = reader.child((Inode.Directory) at, name).orElseThrow();
        }
        return (Inode.RegularFile) at;
    }

    private byte[] record(Path sif, String... paths) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(4 * paths.length).order(ByteOrder.LITTLE_ENDIAN);
        for (String path : paths) {
            record.putInt((int) number(sif, path));
        }
        return record.array();
    }

    private void makeLargeFiles() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            Files.write(base.resolve(name), name.repeat(200_000).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static List<Long> starts(Path sif, String... paths) throws IOException {
        return inSquashfs(sif, reader -> {
            List<Long> starts = new ArrayList<>();
            for (String path : paths) {
                starts.add(file(reader, path).content().start());
            }
            return starts;
        });
    }

    @Test
    void what_profiled_commands_read_goes_to_the_front_in_their_order() throws IOException, UserException {
        makeLargeFiles();
        build("plain.sif", new BuildRequest.Source.Image(base));
        Path plain = directory.resolve("plain.sif");
        profile = List.of("first", "second");
        runner.read.put("first", record(plain, "c"));
        runner.read.put("second", record(plain, "c", "a"));
        build("out.sif", new BuildRequest.Source.Image(base));
        assertThat(starts(plain, "a", "b", "c")).isSorted();
        assertThat(starts(directory.resolve("out.sif"), "c", "a", "b")).isSorted();
        assertNothingIsLeft();
    }

    @Test
    void an_image_that_is_profiled_stays_the_same_but_for_its_layout() throws IOException, UserException {
        makeLargeFiles();
        build("plain.sif", new BuildRequest.Source.Image(base));
        Path plain = directory.resolve("plain.sif");
        profile = List.of("first");
        runner.read.put("first", record(plain, "c", "b"));
        runner.calls.clear();
        build("out.sif", new BuildRequest.Source.Image(Path.of("plain.sif")));
        assertThat(runner.calls).doesNotContain("unpack", "graft.sh").contains("recorded: first", "arrange");
        Path out = directory.resolve("out.sif");
        assertThat(starts(out, "c", "b", "a")).isSorted();
        for (String path : List.of(".singularity.d/labels.json", ".singularity.d/Singularity", "a")) {
            assertThat(number(out, path)).isEqualTo(number(plain, path));
        }
        try (var before = FileChannel.open(plain);
                var after = FileChannel.open(out)) {
            Sif old = Sif.open(before);
            Sif copy = Sif.open(after);
            assertThat(copy.header().id()).isEqualTo(old.header().id());
            assertThat(copy.descriptors().stream().map(Descriptor::id))
                    .isEqualTo(old.descriptors().stream().map(Descriptor::id).toList());
            Descriptor definition = old.descriptors().getFirst();
            assertThat(Sif.read(after, copy.descriptors().getFirst(), 1 << 20))
                    .isEqualTo(Sif.read(before, definition, 1 << 20));
        }
    }

    @Test
    void a_command_that_fails_is_named_and_leaves_no_image() throws IOException {
        runner.failing("recorded: false");
        profile = List.of("false");
        assertThatThrownBy(() -> build("out.sif", new BuildRequest.Source.Image(base)))
                .isInstanceOf(UserException.class)
                .hasMessage("while profiling 'false': exit status 3");
        assertThat(directory.resolve("out.sif")).doesNotExist();
        assertNothingIsLeft();
    }

    @Test
    void a_command_of_which_nothing_is_recorded_is_an_error() {
        profile = List.of("true");
        assertThatThrownBy(() -> build("out.sif", new BuildRequest.Source.Image(base)))
                .hasMessage("while profiling 'true': the file system server recorded nothing");
    }

    @Test
    void a_host_that_cannot_record_is_met_before_anything_is_done() {
        runner.failing("recording");
        profile = List.of("true");
        assertThatThrownBy(() -> build("out.sif", new BuildRequest.Source.Image(base)))
                .hasMessage("cannot profile");
        assertThat(runner.calls).isEmpty();
    }
}
