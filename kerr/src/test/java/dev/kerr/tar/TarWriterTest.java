package dev.kerr.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TarWriterTest {
    private static final Attributes PLAIN = new Attributes(0644, 1000, 100, 1_700_000_000);

    private static byte[] written(TarEntry entry, String content) throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new TarWriter(out);
        writer.add(entry, new ByteArrayInputStream(content.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)));
        writer.finish();
        return out.toByteArray();
    }

    private static void comesBack(TarEntry entry, int blocks) throws IOException {
        byte[] archive = written(entry, "");
        assertThat(archive).as(entry.toString()).hasSize(blocks * 512);
        assertThat(ReadTar.entries(archive)).containsExactly(entry);
    }

    @Test
    void what_ustar_has_room_for_is_one_block() throws IOException {
        for (Kind kind : List.of(
                new Kind.File(0),
                new Kind.Directory(),
                new Kind.Fifo(),
                new Kind.Symlink("../target"),
                new Kind.HardLink("t".repeat(100)),
                new Kind.CharacterDevice(2097151, 0),
                new Kind.BlockDevice(8, 1))) {
            comesBack(new TarEntry("some/name", kind, PLAIN), 3);
        }
        comesBack(new TarEntry("n".repeat(100), new Kind.File(0), PLAIN), 3);
        comesBack(new TarEntry("p".repeat(155) + "/" + "n".repeat(100), new Kind.File(0), PLAIN), 3);
        comesBack(new TarEntry("a/b/" + "d".repeat(99) + "/", new Kind.Directory(), PLAIN), 3);
        comesBack(new TarEntry("\u00ff\n", new Kind.File(0), new Attributes(07777, 2097151, 0, 0)), 3);
    }

    @Test
    void what_it_has_no_room_for_becomes_a_record() throws IOException {
        comesBack(new TarEntry("n".repeat(101), new Kind.File(0), PLAIN), 5);
        comesBack(new TarEntry("p".repeat(156) + "/" + "n".repeat(100), new Kind.File(0), PLAIN), 5);
        comesBack(new TarEntry("p".repeat(50) + "/" + "n".repeat(100) + "/", new Kind.Directory(), PLAIN), 5);
        comesBack(new TarEntry("name", new Kind.Symlink("t".repeat(4000)), PLAIN), 12);
        comesBack(new TarEntry("name", new Kind.Fifo(), new Attributes(0, 2097152, 4294967295L, -1)), 5);
    }

    @Test
    void a_large_size_becomes_a_record() throws IOException {
        var out = new ByteArrayOutputStream();
        var entry = new TarEntry("large", new Kind.File(1L << 33), PLAIN);
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> new TarWriter(out).add(entry))
                .withMessage("large is shorter than its 8589934592 bytes");
        var reader = new TarReader(new ByteArrayInputStream(out.toByteArray()));
        assertThat(reader.next()).contains(entry);
    }

    @Test
    void records_count_their_own_digits() throws IOException {
        for (int length = 101; length < 1100; length++) {
            var entry = new TarEntry("n".repeat(length), new Kind.File(0), PLAIN);
            assertThat(ReadTar.entries(written(entry, ""))).containsExactly(entry);
        }
    }

    @Test
    void extended_attributes_come_back_byte_for_byte() throws IOException {
        var xattrs = new TreeMap<String, byte[]>();
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        xattrs.put("security.capability", all);
        xattrs.put("user.empty", new byte[0]);
        xattrs.put("user.a=b%3D%c", new byte[] {'='});
        var entry = new TarEntry("name", new Kind.File(0), new Attributes(0755, 0, 0, 0, xattrs));
        var back = ReadTar.entries(written(entry, "")).getFirst().attributes().xattrs();
        assertThat(back.keySet()).isEqualTo(xattrs.keySet());
        back.forEach((name, value) -> assertThat(value).as(name).isEqualTo(xattrs.get(name)));
    }

    @Test
    void contents_are_padded_and_cut_at_their_size() throws IOException {
        var entry = new TarEntry("name", new Kind.File(3), PLAIN);
        byte[] archive = written(entry, "abcdef");
        assertThat(archive).hasSize(2048);
        assertThat(ReadTar.content(archive)).isEqualTo("abc");
    }

    @Test
    void devices_that_no_header_holds_are_refused() {
        var entry = new TarEntry("name", new Kind.BlockDevice(2097152, 0), PLAIN);
        assertThatIllegalArgumentException().isThrownBy(() -> written(entry, ""));
    }
}
