package dev.kerr.layer;

import static dev.kerr.layer.TestLayer.layer;
import static dev.kerr.layer.TestLayer.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.kerr.squashfs.Entry;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LayersTest {
    @Test
    void no_layers_make_no_entries() throws IOException {
        assertThat(TestLayer.merge(List.of()).next()).isEmpty();
    }

    @Test
    void later_layers_win() throws IOException {
        assertThat(tree(
                        layer().file("a", "lower").file("b", "both").directory("d"),
                        layer().file("a", "upper").file("d/c", "new")))
                .containsExactly("/ 755", "a upper", "b both", "d/ 755", "d/c new");
    }

    @Test
    void of_entries_with_one_name_the_last_counts() throws IOException {
        assertThat(tree(layer().file("a", "one").file("./a", "two").symlink("a", "three")))
                .containsExactly("/ 755", "a -> three");
    }

    @Test
    void what_fills_gaps_counts_where_there_is_nothing_whatever_was_hidden_before() throws IOException {
        var image = layer().file("tmp", "a file").symlink("var", "usr").directory("usr", 0700);
        var opaque =
                layer().file(".wh..wh..opq", "").file("etc/hosts", "theirs").symlink("var", "usr");
        var skeleton = layer().directory("etc")
                .file("etc/hosts", "")
                .file("etc/resolv.conf", "")
                .directory("tmp")
                .directory("usr")
                .directory("var")
                .directory("var/tmp");
        assertThat(filled(skeleton, image))
                .containsExactly(
                        "/ 755",
                        "etc/ 755",
                        "etc/hosts ",
                        "etc/resolv.conf ",
                        "tmp a file",
                        "usr/ 700",
                        "usr/tmp/ 755",
                        "var -> usr");
        assertThat(filled(skeleton, image, opaque))
                .containsExactly(
                        "/ 755",
                        "etc/ 755",
                        "etc/hosts theirs",
                        "etc/resolv.conf ",
                        "tmp/ 755",
                        "usr/ 755",
                        "usr/tmp/ 755",
                        "var -> usr");
    }

    /// What is in no directory of the image stays out.
    @Test
    void what_fills_gaps_replaces_no_file_by_a_directory() throws IOException {
        assertThat(filled(layer().directory("etc").file("etc/hosts", ""), layer().file("etc", "a file")))
                .containsExactly("/ 755", "etc a file");
    }

    private static List<String> filled(TestLayer skeleton, TestLayer... layers) throws IOException {
        List<LayerBlob> blobs = TestLayer.blobs(layers);
        blobs.add(new TestLayer.Blob("the skeleton", skeleton.bytes(), Optional.empty(), true));
        return tree(blobs);
    }

    @Test
    void a_whiteout_hides_what_is_below_it_and_itself() throws IOException {
        assertThat(tree(
                        layer().file("d/a", "").file("d/b/c", "").file("e", ""),
                        layer().file("d/.wh.b", "").file(".wh.e", "").file(".wh.not-there", "")))
                .containsExactly("/ 755", "d/ 755", "d/a ");
    }

    @Test
    void a_whiteout_hides_nothing_of_its_own_layer_before_or_behind_it() throws IOException {
        for (boolean isFirst : List.of(true, false)) {
            var entries = new ArrayList<Runnable>();
            var upper = layer();
            entries.add(() -> upper.file(".wh.d", ""));
            entries.add(() -> upper.file("d/new", "new"));
            entries.add(() -> upper.file(".wh.f", ""));
            entries.add(() -> upper.file("f", "new"));
            if (!isFirst) {
                Collections.reverse(entries);
            }
            entries.forEach(Runnable::run);
            assertThat(tree(layer().directory("d", 0700).file("d/old/x", "").file("f", "old"), upper))
                    .containsExactly("/ 755", "d/ 755", "d/new new", "f new");
        }
    }

    @Test
    void a_directory_behind_a_whiteout_has_nothing_of_the_one_below() throws IOException {
        assertThat(tree(
                        layer().directory("d", 0700)
                                .file("d/old", "")
                                .directory("d/e", 0700)
                                .file("d/e/old", ""),
                        layer().file("d/e/new", "").directory("d", 0711).file(".wh.d", "")))
                .containsExactly("/ 755", "d/ 711", "d/e/ 755", "d/e/new ");
    }

    @Test
    void an_opaque_directory_hides_all_that_is_in_the_one_below() throws IOException {
        assertThat(tree(
                        layer().directory("d", 0700)
                                .file("d/old", "")
                                .file("d/e/old", "")
                                .file("x", ""),
                        layer().file("d/new", "").file("d/.wh..wh..opq", "").file("d/e/new", "")))
                .containsExactly("/ 755", "d/ 700", "d/e/ 755", "d/e/new ", "d/new ", "x ");
    }

    @Test
    void the_root_can_be_opaque() throws IOException {
        assertThat(tree(
                        layer().directory("./", 0700).file("old", "").file("d/old", ""),
                        layer().file(".wh..wh..opq", "").file("new", "")))
                .containsExactly("/ 700", "new ");
    }

    @Test
    void whiteouts_are_for_the_layers_below_alone() throws IOException {
        assertThat(tree(layer().file("a", "1"), layer().file(".wh.a", ""), layer().file("a", "3")))
                .containsExactly("/ 755", "a 3");
    }

    @Test
    void what_aufs_left_is_nothing() throws IOException {
        assertThat(tree(
                        layer().file("plnk", ""),
                        layer().file(".wh..wh.aufs", "")
                                .directory(".wh..wh.plnk")
                                .file(".wh..wh.plnk/12.34", "x")
                                .directory(".wh..wh.orph/d")))
                .containsExactly("/ 755", "plnk ");
    }

    @Test
    void files_and_directories_take_the_place_of_each_other() throws IOException {
        assertThat(tree(
                        layer().file("a", "file").file("b/c", "").symlink("l", "b"),
                        layer().directory("a")
                                .file("a/x", "")
                                .file("b", "file")
                                .directory("l")
                                .file("l/y", "")))
                .containsExactly("/ 755", "a/ 755", "a/x ", "b file", "l/ 755", "l/y ");
    }

    @Test
    void a_directory_that_comes_again_keeps_what_is_in_it() throws IOException {
        assertThat(tree(layer().directory("d", 0700).file("d/a", ""), layer().directory("d", 0711)))
                .containsExactly("/ 755", "d/ 711", "d/a ");
    }

    @Test
    void directories_that_no_entry_describes_are_roots_and_from_1970() throws IOException {
        try (Layers merged = TestLayer.merge(TestLayer.blobs(layer().file("a/b", "")))) {
            assertThat(merged.next()).contains(new Entry.Directory("", new Entry.Metadata(0755, 0, 0, 0)));
            assertThat(merged.next()).contains(new Entry.Directory("a", new Entry.Metadata(0755, 0, 0, 0)));
        }
    }

    @Test
    void a_hard_link_stands_for_the_file_of_a_lower_layer_though_that_is_replaced_then() throws IOException {
        assertThat(tree(
                        layer().file("a", "old"),
                        layer().hardLink("b", "a").hardLink("d/c", "/b").file("a", "new")))
                .containsExactly("/ 755", "a new", "b old", "d/ 755", "d/c = b");
    }

    @Test
    void a_hard_link_outlives_its_target() throws IOException {
        assertThat(tree(layer().file("a", "text").hardLink("b", "a"), layer().file(".wh.a", "")))
                .containsExactly("/ 755", "b text");
        assertThat(tree(layer().file("a", "text"), layer().hardLink("b", "a").file(".wh.a", "")))
                .containsExactly("/ 755", "b text");
    }

    @Test
    void hard_links_can_be_to_links_devices_and_fifos() throws IOException {
        assertThat(tree(layer().symlink("l", "nowhere")
                        .hardLink("l2", "l")
                        .add("n", new Kind.CharacterDevice(1, 3), TestLayer.PLAIN, "")
                        .hardLink("m", "n")
                        .add("p", new Kind.Fifo(), TestLayer.PLAIN, "")
                        .hardLink("q", "p")))
                .containsExactly(
                        "/ 755",
                        "l -> nowhere",
                        "l2 = l",
                        "m c DeviceNumber[major=1, minor=3]",
                        "n = m",
                        "p fifo",
                        "q = p");
    }

    @Test
    void links_in_the_paths_of_directories_are_followed_within_the_root() throws IOException {
        assertThat(tree(
                        layer().directory("usr/lib")
                                .symlink("lib", "usr/lib")
                                .symlink("abs", "/usr")
                                .symlink("usr/up", "../../../.."),
                        layer().file("lib/a", "a")
                                .file("abs/lib/b", "b")
                                .file("usr/up/c", "c")
                                .hardLink("d", "lib/a")))
                .containsExactly(
                        "/ 755",
                        "abs -> /usr",
                        "c c",
                        "d a",
                        "lib -> usr/lib",
                        "usr/ 755",
                        "usr/lib/ 755",
                        "usr/lib/a = d",
                        "usr/lib/b b",
                        "usr/up -> ../../../..");
    }

    @Test
    void a_link_to_nothing_has_its_directory_made_where_it_leads() throws IOException {
        assertThat(tree(layer().symlink("l", "x/y/../z").file("l/a", "")))
                .containsExactly("/ 755", "l -> x/y/../z", "x/ 755", "x/z/ 755", "x/z/a ");
    }

    @Test
    void whiteouts_follow_links_in_their_paths_too() throws IOException {
        assertThat(tree(layer().file("usr/lib/a", "").symlink("lib", "usr/lib"), layer().file("lib/.wh.a", "")))
                .containsExactly("/ 755", "lib -> usr/lib", "usr/ 755", "usr/lib/ 755");
    }

    @Test
    void owners_modes_times_and_attributes_are_kept() throws IOException {
        var xattrs = new TreeMap<String, byte[]>();
        xattrs.put("security.capability", new byte[] {1, 0, 0, 2});
        xattrs.put("user.x", new byte[0]);
        xattrs.put("system.posix_acl_access", new byte[4]);
        xattrs.put("trusted.overlay.redirect", new byte[] {'/'});
        xattrs.put("user.overlay.opaque", new byte[] {'y'});
        var attributes = new Attributes(06755, 4_294_967_295L, 70_000, -5, xattrs);
        try (Layers merged = TestLayer.merge(TestLayer.blobs(layer().add("a", new Kind.File(0), attributes, "")))) {
            merged.next();
            var metadata = ((Entry.RegularFile) merged.next().orElseThrow()).metadata();
            assertThat(metadata.permissions()).isEqualTo(06755);
            assertThat(metadata.uid()).isEqualTo(4_294_967_295L);
            assertThat(metadata.gid()).isEqualTo(70_000);
            assertThat(metadata.modifiedSeconds()).isEqualTo(-5);
            assertThat(metadata.xattrs()).containsOnlyKeys("security.capability", "user.x");
            assertThat(metadata.xattrs().get("security.capability")).isEqualTo(new byte[] {1, 0, 0, 2});
        }
    }

    @Test
    void the_bytes_of_files_are_counted_once() throws IOException {
        try (Layers merged = TestLayer.merge(TestLayer.blobs(
                layer().file("a", "12345").hardLink("b", "a").file("c", "123"),
                layer().file("c", "1234").symlink("d", "c")))) {
            assertThat(merged.contentBytes()).isEqualTo(9);
        }
    }

    @Test
    void a_content_cannot_be_opened_once_the_next_entry_was_asked_for() throws IOException {
        try (Layers merged =
                TestLayer.merge(TestLayer.blobs(layer().file("a", "1").file("b", "2")))) {
            merged.next();
            var file = (Entry.RegularFile) merged.next().orElseThrow();
            merged.next();
            assertThatIllegalStateException().isThrownBy(() -> file.content().open());
        }
    }

    @Test
    void a_layer_of_which_nothing_is_left_is_not_read_again() throws IOException {
        var lower = new CountingBlob(layer().directory("./").file("a", "").bytes());
        var upper = new CountingBlob(layer().directory("./").file("a", "").bytes());
        tree(List.of(lower, upper));
        assertThat(lower.opened).isEqualTo(1);
        assertThat(upper.opened).isEqualTo(2);
    }

    @Test
    void a_layer_that_changes_between_the_passes_is_found() throws IOException {
        byte[] before = layer().file("a", "one").bytes();
        byte[] after = layer().file("a", "two").bytes();
        var blobs = List.<LayerBlob>of(new CountingBlob(before, after));
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> tree(blobs))
                .withMessage("cannot use layer counting: it changed while it was read");
    }

    /// Says how often it was opened, and may be another one each time.
    private static final class CountingBlob implements LayerBlob {
        private final byte[][] contents;
        private int opened;

        CountingBlob(byte[]... contents) {
            this.contents = contents;
        }

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(contents[Math.min(opened++, contents.length - 1)]);
        }

        @Override
        public Optional<String> diffId() {
            return Optional.empty();
        }
    }
}
