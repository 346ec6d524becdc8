package dev.kerr.layer;

import static dev.kerr.layer.TestLayer.layer;
import static dev.kerr.layer.TestLayer.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.squashfs.Entry;
import dev.kerr.tar.ForgedTar;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Layers made to harm: the families B-073 to B-093. The host is out of reach, since nothing here makes a file: what
/// can
/// go wrong is the tree.
class HostileLayersTest {
    private static void refused(String message, TestLayer... layers) {
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> tree(layers))
                .withMessage("cannot use layer number " + layers.length + ": " + message);
    }

    /// B-073.
    @Test
    void names_that_lead_out_of_the_root_do_not() throws IOException {
        for (String name : List.of("../../x", "/x", "a/../../x", "./../x", "//x", "x//", "./x/.", "a/b/../../../x")) {
            assertThat(tree(layer().directory(name))).as(name).containsExactly("/ 755", "x/ 755");
        }
    }

    /// B-073.
    @Test
    void backslashes_and_control_characters_are_letters() throws IOException {
        assertThat(tree(layer().file("..\\..\\x", "").file("a\n\u001b[2J\u00ff", "")))
                .containsExactly("/ 755", "..\\..\\x ", "a\n\u001b[2J\u00ff ");
    }

    /// B-073.
    @Test
    void names_that_no_file_can_have_are_refused() {
        refused("n".repeat(256) + ": name longer than 255 bytes", layer().file("n".repeat(256), ""));
        String longest = "d/".repeat(2500) + "x";
        refused(longest + ": path longer than 4095 bytes", layer().file(longest, ""));
        refused("an entry has no name", layer().file("", ""));
    }

    /// B-073.
    @Test
    void the_root_stays_a_directory() throws IOException {
        for (String name : List.of(".", "/", "..", "a/..")) {
            refused(name + ": the root is not a directory", layer().symlink(name, "/etc"));
            refused(name + ": the root is not a directory", layer().add(name, new Kind.Fifo(), TestLayer.PLAIN, ""));
            refused(
                    name + ": the root is not a directory",
                    layer().file("x", "").hardLink(name, "x"));
            assertThat(tree(layer().directory(name, 0700))).containsExactly("/ 700");
        }
    }

    /// B-074.
    @Test
    void links_lead_to_no_place_outside() throws IOException {
        assertThat(tree(layer().symlink("l", "../../../../etc").file("l/passwd", "mine")))
                .containsExactly("/ 755", "etc/ 755", "etc/passwd mine", "l -> ../../../../etc");
        assertThat(tree(layer().symlink("l", "/etc"), layer().file("l/passwd", "mine")))
                .containsExactly("/ 755", "etc/ 755", "etc/passwd mine", "l -> /etc");
        assertThat(tree(layer().directory("d").symlink("d/l", "..").file("d/l/d/l/x", "")))
                .containsExactly("/ 755", "d/ 755", "d/l -> ..", "x ");
    }

    /// B-074.
    @Test
    void chains_of_links_have_an_end() throws IOException {
        var layer = layer().symlink("l0", "d");
        for (int i = 1; i <= 40; i++) {
            layer.symlink("l" + i, "l" + (i - 1));
        }
        assertThat(tree(layer.file("l39/x", ""))).contains("d/x ");
        refused("l40/y: too many symbolic links in its path", layer.file("l40/y", ""));
        refused(
                "a/x: too many symbolic links in its path",
                layer().symlink("a", "b").symlink("b", "a").file("a/x", ""));
        refused(
                "a/x/y: too many symbolic links in its path",
                layer().symlink("a", "a").file("a/x/.wh.y", ""));
    }

    /// B-075.
    @Test
    void a_link_that_becomes_a_directory_leads_nowhere_any_more() throws IOException {
        assertThat(tree(
                        layer().directory("etc").symlink("l", "etc"),
                        layer().directory("l").file("l/passwd", "")))
                .containsExactly("/ 755", "etc/ 755", "l/ 755", "l/passwd ");
        assertThat(tree(
                        layer().directory("d").file("d/x", ""),
                        layer().symlink("d", "/etc").file("d/y", "")))
                .containsExactly("/ 755", "d -> /etc", "etc/ 755", "etc/y ");
    }

    /// B-075: a file on the way gives way, as in umoci.
    @Test
    void a_file_in_the_path_of_an_entry_becomes_a_directory() throws IOException {
        assertThat(tree(layer().file("a", "file"), layer().file("a/b", ""))).containsExactly("/ 755", "a/ 755", "a/b ");
    }

    /// B-076.
    @Test
    void hard_links_to_nothing_are_refused() {
        String missing = ": hard link to etc/shadow, which is not there";
        refused("a" + missing, layer().hardLink("a", "/etc/shadow"));
        refused("a" + missing, layer().hardLink("a", "../../../etc/shadow"));
        refused(
                "a: hard link to b, which is not there",
                layer().hardLink("a", "b").file("b", ""));
        refused("a: hard link to a, which is not there", layer().hardLink("a", "a"));
        refused("a: hard link to a, which is not there", layer().file("a", ""), layer().hardLink("a", "./a"));
        refused(
                "a: hard link to d, which is a directory",
                layer().directory("d").hardLink("a", "d"));
        refused(
                "b: hard link to a, which is not there",
                layer().file("a", ""),
                layer().file(".wh.a", "").hardLink("b", "a"));
        refused("d: hard link to d/x, which is not there", layer().file("d/x", ""), layer().hardLink("d", "d/x"));
        refused("a: hard link to f/x, which is not there", layer().file("f", "").hardLink("a", "f/x"));
    }

    /// B-077: what the header of a link says of its file is nothing.
    @Test
    void a_hard_link_changes_nothing_of_its_file() throws IOException {
        var other = new Attributes(04777, 5, 5, 5);
        try (Layers merged =
                TestLayer.merge(TestLayer.blobs(layer().file("a", "").add("b", new Kind.HardLink("a"), other, "")))) {
            merged.next();
            var file = (Entry.RegularFile) merged.next().orElseThrow();
            assertThat(file.metadata()).isEqualTo(new Entry.Metadata(0644, 0, 0, 1));
            assertThat(merged.next()).contains(new Entry.HardLink("b", "a"));
        }
    }

    /// B-078.
    @Test
    void whiteouts_of_nothing_are_refused() {
        for (String name : List.of(".wh.", "d/.wh..", ".wh...")) {
            refused(name + ": whiteout of nothing", layer().file(name, ""));
        }
        refused(".wh.a/b: it is in a directory with the name of a whiteout", layer().file(".wh.a/b", ""));
    }

    /// B-078.
    @Test
    void whiteouts_are_what_their_name_says_whatever_they_are() throws IOException {
        assertThat(tree(
                        layer().file("a", "").file("b", "").file("c", "").file("x", ""),
                        layer().symlink(".wh.a", "/etc")
                                .directory(".wh.b")
                                .file(".wh.c", "with content")
                                .file("d/.wh.x", "")))
                .containsExactly("/ 755", "x ");
    }

    /// B-078: a device 0:0 hides files in an overlay, but in a layer it is a device.
    @Test
    void a_device_0_0_is_a_device() throws IOException {
        assertThat(tree(layer().file("a", ""), layer().add("a", new Kind.CharacterDevice(0, 0), TestLayer.PLAIN, "")))
                .containsExactly("/ 755", "a c DeviceNumber[major=0, minor=0]");
    }

    /// B-079.
    @Test
    void what_the_format_does_not_know_names_layer_and_entry() {
        refused(
                "some/name: unknown type of entry 'M' at offset 512",
                layer().directory("d").forged(new ForgedTar().header('M', "some/name", 0)));
    }

    /// B-079.
    @Test
    void devices_that_linux_does_not_have_are_refused() {
        refused("a: no such device: 4096:0", layer().add("a", new Kind.BlockDevice(4096, 0), TestLayer.PLAIN, ""));
        refused(
                "a: no such device: 0:1048576",
                layer().add("a", new Kind.CharacterDevice(0, 1 << 20), TestLayer.PLAIN, ""));
    }

    /// B-081.
    @Test
    void attributes_that_linux_does_not_have_are_refused() {
        var longName = new TreeMap<String, byte[]>();
        longName.put("user." + "x".repeat(251), new byte[0]);
        refused(
                "a: extended attribute that is too long: user." + "x".repeat(251),
                layer().add("a", new Kind.Fifo(), new Attributes(0, 0, 0, 0, longName), ""));
        var longValue = new TreeMap<String, byte[]>();
        longValue.put("user.x", new byte[65537]);
        refused(
                "a: extended attribute that is too long: user.x",
                layer().add("a", new Kind.Fifo(), new Attributes(0, 0, 0, 0, longValue), ""));
    }

    @Test
    void links_to_paths_that_no_link_holds_are_refused() {
        refused("a: symbolic link to a path of 0 bytes", layer().symlink("a", ""));
        refused("a: symbolic link to a path of 4096 bytes", layer().symlink("a", "t".repeat(4096)));
        refused("a: hard link to : an entry has no name", layer().hardLink("a", ""));
    }

    /// B-086: the names of owners are those of another host, and say nothing.
    @Test
    void owners_are_the_numbers_that_the_entry_has() throws IOException {
        for (long id : List.of(0L, 65_536L, 3_000_000L, 4_294_967_294L)) {
            var layer = layer().forged(new ForgedTar()
                    .pax("uid", Long.toString(id), "gid", Long.toString(id), "uname", "root", "gname", "root")
                    .header('0', "a", 0));
            assertThat(first(layer).uid()).isEqualTo(id);
            assertThat(first(layer).gid()).isEqualTo(id);
        }
    }

    /// B-087: the bits are kept; that they give nobody anything is the affair of the mounts.
    @Test
    void all_permission_bits_are_kept() throws IOException {
        var attributes = new Attributes(07777, 0, 0, 0);
        assertThat(first(layer().add("a", new Kind.File(0), attributes, "")).permissions())
                .isEqualTo(07777);
    }

    /// What the only file of a layer has.
    private static Entry.Metadata first(TestLayer layer) throws IOException {
        try (Layers merged = TestLayer.merge(TestLayer.blobs(layer))) {
            merged.next();
            return ((Entry.RegularFile) merged.next().orElseThrow()).metadata();
        }
    }

    /// B-088: permissions of directories hinder nobody here.
    @Test
    void a_directory_that_nobody_may_enter_has_files() throws IOException {
        assertThat(tree(layer().directory("d", 0).file("d/x", ""))).containsExactly("/ 755", "d/ 0", "d/x ");
    }

    /// B-089.
    @Test
    void duplicates_are_many_and_case_counts() throws IOException {
        var layer = layer();
        for (int i = 0; i < 20_000; i++) {
            layer.file("a", Integer.toString(i));
        }
        assertThat(tree(layer.file("A", "other"))).containsExactly("/ 755", "A other", "a 19999");
    }

    /// B-090.
    @Test
    void entries_are_counted() {
        var settings = new LayerSettings(1, 10, 1L << 40);
        var layer = layer();
        for (int i = 0; i < 6; i++) {
            layer.file("a" + i, "");
        }
        var blobs = TestLayer.blobs(layer, layer);
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> Layers.merge(blobs, settings))
                .withMessage("cannot use layer number 2: layers have more than 10 entries in all");
    }

    /// B-090: one entry with a long path makes many directories.
    @Test
    void directories_that_are_implied_are_counted_too() {
        var settings = new LayerSettings(1, 100, 1L << 40);
        var blobs = TestLayer.blobs(layer().file("a/".repeat(100) + "b", ""));
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> Layers.merge(blobs, settings))
                .withMessageContaining("layers have more than 100 files and directories in all");
    }

    @Test
    void long_names_are_counted() {
        var settings = new LayerSettings(1, 100, 1L << 40);
        var layer = layer();
        for (int i = 0; i < 99; i++) {
            layer.symlink("l" + i, "t".repeat(4000));
        }
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> Layers.merge(TestLayer.blobs(layer), settings))
                .withMessage("cannot use layer number 1: names of the layers' entries are too long for memory");
    }

    /// B-085: what a small file unpacks to has a bound.
    @Test
    void bytes_are_counted() {
        var blobs = TestLayer.blobs(layer().file("a", "x".repeat(5000)));
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> Layers.merge(blobs, new LayerSettings(1, 100, 5100)))
                .withMessage("cannot use layer number 1: layers have more bytes than are allowed");
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> Layers.merge(blobs, new LayerSettings(1, 100, 4999)))
                .withMessage("cannot use layer number 1: a: files of the layers have more than 4999 bytes");
    }

    /// B-081: a hole is no bytes of the layer, but some of the image.
    @Test
    void holes_are_counted() {
        var layer = layer().forged(new ForgedTar()
                .pax("GNU.sparse.size", Long.toString(1L << 50), "GNU.sparse.map", "0,1")
                .entry('0', "sparse", "x"));
        refused("sparse: files of the layers have more than 1099511627776 bytes", layer);
    }

    /// B-092.
    @Test
    void any_time_is_one() throws IOException {
        for (long seconds : List.of(1_000_000_000_000_000_00L, -1L, -99_999_999_999L)) {
            var attributes = new Attributes(0644, 0, 0, seconds);
            try (Layers merged = TestLayer.merge(TestLayer.blobs(layer().add("a", new Kind.File(0), attributes, "")))) {
                merged.next();
                assertThat(((Entry.RegularFile) merged.next().orElseThrow())
                                .metadata()
                                .modifiedSeconds())
                        .isEqualTo(seconds);
            }
        }
    }

    /// B-093.
    @Test
    void the_same_layer_may_come_twice_and_there_may_be_many() throws IOException {
        var layer = layer().file("a", "").file("d/b", "text");
        assertThat(tree(layer, layer)).containsExactly("/ 755", "a ", "d/ 755", "d/b text");
        var many = new TestLayer[3000];
        for (int i = 0; i < many.length; i++) {
            many[i] = layer().file("f" + i % 3, Integer.toString(i));
        }
        assertThat(tree(many)).containsExactly("/ 755", "f0 2997", "f1 2998", "f2 2999");
    }

    /// Trees far deeper than a path is long can be made through links.
    @Test
    void trees_of_any_depth_make_no_overflow() throws IOException {
        String deep = "d/".repeat(1000);
        var layer = layer().symlink("l", deep).file("l/f", "");
        for (int i = 0; i < 5; i++) {
            layer.symlink("l" + i, i == 0 ? "l/" + deep : "l" + (i - 1) + "/" + deep)
                    .file("l" + i + "/x", "");
        }
        assertThat(tree(layer, layer().file(".wh..wh..opq", "").file("y", ""))).containsExactly("/ 755", "y ");
    }
}
