package dev.kerr.layer;

import static dev.kerr.layer.TestLayer.layer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.TreeListing;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Kept layers, laid over each other as overlayfs(5) does it, show what the merged layers are.
class KeptLayersTest {
    private static final int IMAGES = Integer.getInteger("kerr.layers", 200);

    @TempDir
    Path directory;

    static LongStream seeds() {
        return LongStream.range(0, IMAGES);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void an_overlay_of_them_is_the_merged_tree(long seed) throws IOException {
        List<LayerBlob> blobs = TestLayer.blobs(new GeneratedLayers(seed).layers());
        List<String> merged;
        try (Layers layers = TestLayer.merge(blobs)) {
            merged = TreeListing.of(packed(layers, "merged"));
        }
        TreeListing.assertSame(unlinked(overlay(blobs)), unlinked(merged), "image " + seed);
    }

    @Test
    void what_a_layer_takes_away_is_a_device_by_its_name() throws IOException {
        assertThat(kept(
                        layer().directory("a").file("a/gone", "1").file("a/stays", "2"),
                        layer().file("a/.wh.gone", "").file("b", "3")))
                .containsExactly(
                        "0  755",
                        "0 a 755",
                        "0 a/gone",
                        "0 a/stays",
                        "1  755",
                        "1 a 755",
                        "1 a/gone device 0:0",
                        "1 b");
    }

    @Test
    void an_opaque_directory_has_a_whiteout_for_each_name_it_hides() throws IOException {
        assertThat(kept(
                        layer().file("a/x", "1").file("a/y", "2").file("a/z/w", "3"),
                        layer().file("a/.wh..wh..opq", "").file("a/y", "4")))
                .containsExactly(
                        "0  755",
                        "0 a 755",
                        "0 a/x",
                        "0 a/y",
                        "0 a/z 755",
                        "0 a/z/w",
                        "1  755",
                        "1 a 755",
                        "1 a/x device 0:0",
                        "1 a/y",
                        "1 a/z device 0:0");
    }

    @Test
    void directories_on_the_way_keep_their_attributes() throws IOException {
        assertThat(kept(layer().directory("tmp", 01777).directory("root", 0700), layer().file("tmp/x", "")))
                .endsWith("1  755", "1 tmp 1777", "1 tmp/x");
    }

    @Test
    void a_path_through_a_link_of_a_lower_layer_is_where_it_leads() throws IOException {
        assertThat(kept(
                        layer().directory("usr/lib").symlink("lib", "usr/lib").file("usr/lib/old", "1"),
                        layer().file("lib/new", "2").file("lib/.wh.old", "")))
                .endsWith("1  755", "1 usr 755", "1 usr/lib 755", "1 usr/lib/new", "1 usr/lib/old device 0:0");
    }

    @Test
    void a_hard_link_to_a_file_of_a_lower_layer_brings_the_file_along() throws IOException {
        List<LayerBlob> blobs = TestLayer.blobs(
                layer().file("a", "content"), layer().hardLink("b", "a").hardLink("c", "a"));
        var kept = KeptLayers.of(blobs, new LayerSettings(2, 1000, 1 << 20));
        TreeListing.of(packed(kept.next(), "0"));
        List<String> upper = TreeListing.of(packed(kept.next(), "1"));
        assertThat(upper).hasSize(3).anyMatch(line -> line.contains("c") && line.contains("b"));
    }

    @Test
    void a_directory_in_place_of_a_removed_one_hides_what_was_in_it() throws IOException {
        assertThat(kept(
                        layer().file("d/old", "1").file("d/e/older", "2"),
                        layer().file(".wh.d", "").directory("d", 0700).file("d/e/new", "3")))
                .endsWith(
                        "1  755", "1 d 700", "1 d/e 755", "1 d/e/new", "1 d/e/older device 0:0", "1 d/old device 0:0");
    }

    @Test
    void the_first_layer_hides_nothing() throws IOException {
        assertThat(kept(layer().file(".wh.nothing", "").add("a", new Kind.File(0), new Attributes(0600, 1, 2, 3), "")))
                .containsExactly("0  755", "0 a");
    }

    private List<String> kept(TestLayer... layers) throws IOException {
        var kept = KeptLayers.of(TestLayer.blobs(layers), new LayerSettings(2, 1000, 1 << 20));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < kept.count(); i++) {
            var names = new TreeMap<String, String>();
            try (EntrySource source = kept.next()) {
                for (var entry = source.next(); entry.isPresent(); entry = source.next()) {
                    String shown = switch (entry.get()) {
                        case Entry.Directory found ->
                            " " + Integer.toOctalString(found.metadata().permissions());
                        case Entry.CharacterDevice found ->
                            " device " + found.device().major() + ":"
                                    + found.device().minor();
                        default -> "";
                    };
                    assertThat(names.put(entry.get().path(), shown)).isNull();
                }
            }
            int layer = i;
            names.forEach((path, shown) -> lines.add(layer + " " + path + shown));
        }
        return lines;
    }

    /// What an overlay of the layers shows, as listings have it.
    private List<String> overlay(List<LayerBlob> blobs) throws IOException {
        var kept = KeptLayers.of(blobs, new LayerSettings(2, 100_000, 1L << 40));
        Map<String, String> shown = new TreeMap<>();
        for (int i = 0; i < kept.count(); i++) {
            for (String line : TreeListing.of(packed(kept.next(), "layer" + i))) {
                String path = line.substring(0, line.indexOf(' '));
                if (!line.startsWith("DIRECTORY", path.length() + 1)) {
                    shown.keySet().removeIf(each -> each.startsWith(path + "/"));
                }
                shown.put(path, line);
            }
            shown.values().removeIf(line -> line.contains("DeviceNumber[major=0, minor=0]"));
        }
        return shown.values().stream().toList();
    }

    /// Without what says which names share a file: of two layers they cannot.
    private static List<String> unlinked(List<String> listing) {
        return listing.stream()
                .map(line -> line.contains(" names ") ? line.substring(0, line.indexOf(" names ")) : line)
                .sorted()
                .toList();
    }

    private EntrySource packed(EntrySource source, String name) throws IOException {
        Path file = directory.resolve(name);
        try (source) {
            Squashfs.write(source, file);
        }
        return Squashfs.read(file);
    }
}
