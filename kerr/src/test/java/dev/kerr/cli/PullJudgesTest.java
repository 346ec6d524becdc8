package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.config.Variables;
import dev.kerr.layer.LayoutsProgram;
import dev.kerr.sif.Sif;
import dev.kerr.squashfs.DirectorySource;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.Judges;
import dev.kerr.squashfs.SquashfsReader;
import dev.kerr.squashfs.SquashfsSource;
import dev.kerr.squashfs.TreeListing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Pulls generated images of layers, and has `umoci unpack` say what must be in the SIF. `e2e/peer/layers.sh` asks
/// Apptainer too.
///
/// `-Dkerr.layers=N` takes N images instead of 60.
class PullJudgesTest {
    private static final int IMAGES = Math.min(60, Integer.getInteger("kerr.layers", 60));

    /// What every image has besides; no generated image has any of it.
    private static final Set<String> OURS = Set.of(
            ".exec",
            ".run",
            ".shell",
            ".test",
            "singularity",
            "environment",
            "dev",
            "etc",
            "etc/hosts",
            "etc/resolv.conf",
            "home",
            "proc",
            "root",
            "sys",
            "tmp",
            "var",
            "var/tmp");

    @TempDir
    Path directory;

    static LongStream seeds() {
        return LongStream.range(0, IMAGES);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_pulled_image_is_the_tree_that_umoci_unpacks(long seed) throws Exception {
        Judges.requireRoot();
        assumeTrue(Judges.has("umoci"), "there is no umoci");
        Path layout = directory.resolve("layout");
        Path bundle = directory.resolve("bundle");
        Path image = directory.resolve("image.sif");
        LayoutsProgram.write(layout, seed);
        Instant start = Instant.now().minusSeconds(1);
        Judges.run("umoci", "unpack", "--image", layout + ":test", bundle.toString());
        pull("oci:" + layout, image);

        Set<String> untimed = new TreeSet<>();
        List<String> unpacked = TreeListing.of(DirectorySource.open(bundle.resolve("rootfs"))
                .changed(entry -> withoutTimeOfDay(entry, start, untimed)));
        Judges.run("rm", "-rf", bundle.toString());
        Set<String> ours = new TreeSet<>();
        List<String> pulled;
        try (FileChannel channel = FileChannel.open(image)) {
            pulled = TreeListing.of(root(channel).changed(entry -> theirs(entry, untimed, ours)));
        }
        TreeListing.assertSame(pulled, unpacked, "umoci, image " + seed);
        assertThat(ours).containsAll(OURS).contains(".singularity.d/runscript", ".singularity.d/actions/exec");
    }

    private void pull(String source, Path image) {
        var said = new ByteArrayOutputStream();
        var stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        int status = Main.run(
                List.of("pull", "--disable-cache", image.toString(), source),
                new Variables(Map.of("HOME", directory.toString(), "TMPDIR", directory.toString())),
                stream,
                stream);
        assertThat(status).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }

    private static EntrySource root(FileChannel image) throws IOException {
        var partition = Sif.open(image).primaryPartition().orElseThrow();
        return new SquashfsSource(SquashfsReader.open(image, partition.offset(), partition.size()));
    }

    /// umoci gives the time of the day to directories that it makes, and to those that it changes later.
    private static Optional<Entry> withoutTimeOfDay(Entry entry, Instant start, Set<String> untimed) {
        if (entry instanceof Entry.Directory directory
                && directory.metadata().modifiedSeconds() >= start.getEpochSecond()) {
            untimed.add(entry.path());
        }
        return Optional.of(untimed(entry, untimed));
    }

    private static Optional<Entry> theirs(Entry entry, Set<String> untimed, Set<String> ours) {
        if (OURS.contains(entry.path()) || entry.path().startsWith(".singularity.d")) {
            ours.add(entry.path());
            return Optional.empty();
        }
        return Optional.of(untimed(entry, untimed));
    }

    private static Entry untimed(Entry entry, Set<String> untimed) {
        return entry instanceof Entry.Directory directory && untimed.contains(entry.path())
                ? directory.with(directory.metadata().modifiedAt(0))
                : entry;
    }
}
