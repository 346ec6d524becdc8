package dev.kerr.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.squashfs.DirectorySource;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.Judges;
import dev.kerr.squashfs.TreeListing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Writes what generated layers make, and has a simple model and `umoci unpack` say what is in it.
///
/// `-Dkerr.layers=N` takes N images instead of the usual number; `-Dkerr.umoci=FILE` names an umoci that is not on the
/// path.
class LayerJudgesTest {
    private static final int IMAGES = Integer.getInteger("kerr.layers", 200);
    private static final int IMAGES_FOR_UMOCI = Math.min(IMAGES, 100);
    private static final String UMOCI = System.getProperty("kerr.umoci", "umoci");

    @TempDir
    Path directory;

    static LongStream seeds() {
        return LongStream.range(0, IMAGES);
    }

    static LongStream seedsForUmoci() {
        return LongStream.range(0, IMAGES_FOR_UMOCI);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_model_has_the_same_tree(long seed) throws IOException {
        var generated = new GeneratedLayers(seed);
        TreeListing.assertSame(
                packed(LayoutsProgram.blobs(generated.layers())),
                TreeListing.of(generated.model().source()),
                "model, image " + seed + " of " + generated.entries() + " entries");
    }

    @ParameterizedTest
    @MethodSource("seedsForUmoci")
    void umoci_unpacks_the_same_tree(long seed) throws Exception {
        Judges.requireRoot();
        assumeTrue(Judges.has(UMOCI) || Files.isExecutable(Path.of(UMOCI)), "there is no umoci");
        var generated = new GeneratedLayers(seed);
        List<LayerBlob> blobs = LayoutsProgram.blobs(generated.layers());
        Path image = directory.resolve("image");
        new OciLayout(image).write(generated.layers(), blobs);
        Path bundle = directory.resolve("bundle");
        Judges.run(UMOCI, "unpack", "--image", image + ":test", bundle.toString());
        List<String> unpacked = TreeListing.of(untimed(DirectorySource.open(bundle.resolve("rootfs"))));
        Judges.run("rm", "-rf", bundle.toString());
        try (Layers merged = TestLayer.merge(blobs)) {
            TreeListing.assertSame(TreeListing.of(untimed(packed(merged))), unpacked, "umoci, image " + seed);
        }
    }

    /// The images are worth something only if they are not all alike.
    @Test
    void generated_images_have_all_there_is() {
        int hardLinks = 0;
        int entries = 0;
        for (long seed = 0; seed < 20; seed++) {
            var generated = new GeneratedLayers(seed);
            entries += generated.entries();
            List<String> paths = generated.model().paths();
            hardLinks += (int) (paths.size()
                    - paths.stream()
                            .map(path -> generated.model().item(path).number())
                            .distinct()
                            .count());
        }
        assertThat(entries).isGreaterThan(800);
        assertThat(hardLinks).isGreaterThan(20);
    }

    /// umoci gives directories that it had to make the time of the day.
    private static EntrySource untimed(EntrySource source) {
        return source.changed(entry -> Optional.of(
                entry instanceof Entry.Directory directory
                        ? directory.with(directory.metadata().modifiedAt(0))
                        : entry));
    }

    private List<String> packed(List<LayerBlob> blobs) throws IOException {
        try (Layers merged = TestLayer.merge(blobs)) {
            return TreeListing.of(packed(merged));
        }
    }

    private EntrySource packed(EntrySource source) throws IOException {
        Path file = directory.resolve("squashfs");
        Squashfs.write(source, file);
        return Squashfs.read(file);
    }
}
