package dev.kerr.squashfs;

import static dev.kerr.squashfs.ForgedSquashfs.littleEndian;
import static dev.kerr.squashfs.ForgedSquashfs.withXattr;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// B-062: extended attributes that lie. Families of hostile input are numbered as in [HostileSquashfsTest].
@Timeout(60)
class HostileXattrsTest {
    private static final int USER = 0;
    private static final int TRUSTED = 1;
    private static final int SECURITY = 2;
    private static final int ELSEWHERE = 0x100;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 0x7fff_ffff, -2})
    void a_list_that_is_none_is_refused(int index) throws IOException {
        assertRefused(withXattr(index).attributes(pair(USER, "a", "b"), 0, 1), " are not one of 1");
    }

    @ParameterizedTest
    @CsvSource({
        "0x0000000000007fff, offset 32767 lies outside the metadata block",
        "0x0000000100000000, position outside the extended attribute table",
        "0x7fffffffffff0000, position outside the extended attribute table",
        "-1, position outside the extended attribute table"
    })
    void a_list_that_begins_nowhere_is_refused(String reference, String message) throws IOException {
        assertRefused(withXattr(0).attributes(pair(USER, "a", "b"), Long.decode(reference), 1), message);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x0001_0000_0000L, -1, Long.MAX_VALUE})
    void a_value_elsewhere_that_is_nowhere_is_refused(long reference) throws IOException {
        byte[] pairs = elsewhere("a", reference);
        assertRefused(withXattr(0).attributes(pairs, 0, 1), "position outside the extended attribute table");
    }

    @Test
    void a_reference_of_other_than_eight_bytes_is_refused() throws IOException {
        assertRefused(withXattr(0).attributes(pair(ELSEWHERE, "a", "b"), 0, 1), "bad reference to the value");
    }

    @Test
    void a_reference_to_a_reference_is_not_followed() throws IOException {
        // Behind the name of 1 byte, the value is the 8 bytes of the reference itself.
        var forged = withXattr(0).attributes(elsewhere("a", 5), 0, 1);
        assertThat(read(forged))
                .containsOnlyKeys("user.a")
                .hasEntrySatisfying("user.a", v -> assertThat(v).hasSize(8));
    }

    @Test
    void more_attributes_than_there_are_are_refused() throws IOException {
        for (long count : new long[] {2, 65_535, 0xffff_ffffL}) {
            // What stands behind them are the lists, and a list has no names.
            assertRefused(
                    withXattr(0).attributes(pair(USER, "a", "b"), 0, count),
                    "name of an extended attribute has 0 bytes");
        }
    }

    @Test
    void a_large_value_named_over_and_over_is_refused_before_it_fills_the_memory() throws IOException {
        int behindTheFirstBlock = 2 + 8192;
        var pairs = new ByteArrayOutputStream();
        for (int i = 0; i < 250; i++) {
            pairs.writeBytes(elsewhere(String.format("a%03d", i), (long) behindTheFirstBlock << 16));
        }
        pairs.writeBytes(new byte[8192 - pairs.size()]);
        pairs.writeBytes(littleEndian(4).putInt(1 << 16).array());
        pairs.writeBytes(new byte[1 << 16]);
        assertThat(read(withXattr(0).attributes(pairs.toByteArray(), 0, 10))).hasSize(10);
        assertRefused(
                withXattr(0).attributes(pairs.toByteArray(), 0, 250),
                "a file has more extended attributes than Linux allows");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7, 255, 0x200, 0x8000, 0xffff})
    void an_attribute_of_no_type_is_refused(int type) throws IOException {
        assertRefused(withXattr(0).attributes(pair(type, "a", "b"), 0, 1), "unknown type of an extended attribute");
    }

    @Test
    void names_that_linux_does_not_take_are_refused() throws IOException {
        assertRefused(withXattr(0).attributes(pair(USER, "", "b"), 0, 1), "name of an extended attribute has 0 bytes");
        assertRefused(
                withXattr(0).attributes(pair(USER, "n".repeat(251), "b"), 0, 1),
                "name of an extended attribute has 251 bytes");
        assertRefused(withXattr(0).attributes(pair(USER, "a\0b", "b"), 0, 1), "holds a NUL");
        byte[] pairs = both(pair(USER, "a", "b"), pair(USER, "a", "c"));
        assertRefused(withXattr(0).attributes(pairs, 0, 2), "an extended attribute comes twice");
    }

    @ParameterizedTest
    @ValueSource(longs = {65_537, 0x7fff_ffffL, 0xffff_ffffL})
    void a_value_longer_than_linux_takes_is_refused_unallocated(long length) throws IOException {
        byte[] pairs = littleEndian(9)
                .putShort((short) USER)
                .putShort((short) 1)
                .put((byte) 'a')
                .putInt((int) length)
                .array();
        assertRefused(withXattr(0).attributes(pairs, 0, 1), "value of an extended attribute has " + length);
    }

    /// What an attribute does is a matter of who gives it to the kernel: it is read as it is written, and unpacked only
    /// by who may set it.
    @Test
    void attributes_that_mean_privilege_are_read_as_they_are() throws IOException {
        byte[] pairs = both(
                pair(SECURITY, "capability", "\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
                both(pair(TRUSTED, "overlay.redirect", "/../../etc"), pair(USER, "overlay.redirect", "/../../../etc")));
        assertThat(read(withXattr(0).attributes(pairs, 0, 3)))
                .containsOnlyKeys("security.capability", "trusted.overlay.redirect", "user.overlay.redirect");
    }

    private Map<String, byte[]> read(ForgedSquashfs forged) throws IOException {
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            return reader.xattrs(Images.find(reader, "name").orElseThrow());
        }
    }

    private static byte[] pair(int type, String name, String value) {
        return littleEndian(8 + name.length() + value.length())
                .putShort((short) type)
                .putShort((short) name.length())
                .put(name.getBytes(StandardCharsets.ISO_8859_1))
                .putInt(value.length())
                .put(value.getBytes(StandardCharsets.ISO_8859_1))
                .array();
    }

    private static byte[] elsewhere(String name, long reference) {
        byte[] value = littleEndian(8).putLong(reference).array();
        return pair(USER | ELSEWHERE, name, new String(value, StandardCharsets.ISO_8859_1));
    }

    private static byte[] both(byte[] first, byte[] second) {
        return littleEndian(first.length + second.length).put(first).put(second).array();
    }

    private void assertRefused(ForgedSquashfs forged, String message) throws IOException {
        forged.assertRefused(directory.resolve("image"), message);
    }
}
