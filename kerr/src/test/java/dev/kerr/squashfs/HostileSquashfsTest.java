package dev.kerr.squashfs;

import static dev.kerr.squashfs.ForgedSquashfs.NONE;
import static dev.kerr.squashfs.ForgedSquashfs.littleEndian;
import static dev.kerr.squashfs.ForgedSquashfs.packed;
import static dev.kerr.squashfs.ForgedSquashfs.withEntries;
import static dev.kerr.squashfs.ForgedSquashfs.withOne;
import static dev.kerr.squashfs.ForgedSquashfs.withXattr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// File systems made to do harm, each of which must end in one [FormatException] that says what is wrong and where.
///
/// Families of hostile input are numbered, B-041 to B-072, so that `grep -r B-0 kerr/src/test` finds where each is
/// tested:
/// here, in [HostileTreesTest], [HostileContentTest], [HostileXattrsTest], [SquashfsDamageTest] and, of packed blocks,
/// in [dev.kerr.compress.HostileBlocksTest]. [HostileMemoryTest] runs them all in a small JVM.
@Timeout(60)
class HostileSquashfsTest {
    @TempDir
    Path directory;

    @Test
    void the_forger_makes_a_file_system_that_is_read() throws IOException {
        var forged = withEntries(1, "name");
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(Images.file(reader, "name").size()).isZero();
            Images.exercise(channel, 0, channel.size());
        }
    }

    // B-041, B-042, B-043, B-044, B-046, B-047, B-049, B-069
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0   | 4 | 0x73717369          | bad SquashFS magic",
                "4   | 4 | 0                   | no inodes",
                "12  | 4 | 0                   | block size and its logarithm differ",
                "12  | 4 | 1                   | block size and its logarithm differ",
                "12  | 4 | 3                   | block size and its logarithm differ",
                "12  | 4 | 0x200000            | block size and its logarithm differ",
                "12  | 4 | 4097                | block size and its logarithm differ",
                "12  | 4 | 8192                | block size and its logarithm differ",
                "22  | 2 | 255                 | block size is not 4 KiB to 1 MiB",
                "22  | 2 | 21                  | block size is not 4 KiB to 1 MiB",
                "22  | 2 | 0                   | block size is not 4 KiB to 1 MiB",
                "20  | 2 | 0                   | unknown SquashFS compression",
                "20  | 2 | 7                   | unknown SquashFS compression",
                "20  | 2 | 65535               | unknown SquashFS compression",
                "20  | 2 | 2                   | compression lzma is not supported",
                "20  | 2 | 3                   | compression lzo is not supported",
                "26  | 2 | 0                   | no ids",
                "26  | 2 | 65535               | id table has more entries than the file has room for",
                "28  | 2 | 3                   | version is not 4.0",
                "28  | 2 | 5                   | version is not 4.0",
                "30  | 2 | 1                   | version is not 4.0",
                "32  | 8 | 65535               | offset 65535 lies outside the metadata block",
                "32  | 8 | 0x10000             | runs over the end of the inode table",
                "32  | 8 | 0x7fffffffffffffff  | position outside the inode table",
                "32  | 8 | -1                  | position outside the inode table",
                "40  | 8 | 0                   | size is impossible",
                "40  | 8 | -1                  | size is impossible",
                "40  | 8 | 0x7fffffffffffffff  | truncated SquashFS",
                "48  | 8 | -1                  | table is not between",
                "48  | 8 | 0x7fffffffffffffff  | table is not between",
                "56  | 8 | 0x7fffffffffffffff  | table is not between",
                "48  | 8 | 100                 | table is not between",
                "64  | 8 | 0                   | inode table lies outside",
                "64  | 8 | -1                  | inode table lies outside",
                "64  | 8 | 162                 | directory table is not between",
                "72  | 8 | 96                  | directory table is not between",
                "72  | 8 | -1                  | directory table is not between",
                "88  | 8 | 1                   | table is not between",
                "16  | 4 | 0xffffffff          | table is not between"
            })
    void an_impossible_superblock_is_refused(int at, int bytes, String value, String message) throws IOException {
        long number = value.startsWith("0x") ? Long.parseUnsignedLong(value.substring(2), 16) : Long.parseLong(value);
        assertRefused(withEntries(1, "name").set(at, bytes, number), message);
    }

    // B-048
    @Test
    void a_fragment_count_that_the_file_does_not_bear_out_is_refused_unallocated() throws IOException {
        var forged = withEntries(1, "name").set(Superblock.FRAGMENT_COUNT_AT, 4, 0xffff_ffffL);
        assertRefused(forged.set(Superblock.FRAGMENT_TABLE_AT, 8, 200), "more entries than the file has room for");
    }

    // B-056
    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void a_name_that_leads_elsewhere_is_refused(String name) throws IOException {
        assertRefused(withEntries(1, name), "name . or .. in a directory");
    }

    // B-056
    @ParameterizedTest
    @ValueSource(strings = {"/", "a/b", "../x", "/etc/passwd", "a\0"})
    void a_name_with_a_slash_or_nul_is_refused(String name) throws IOException {
        assertRefused(withEntries(1, name), "name with a slash or NUL");
    }

    // B-056
    @Test
    void a_name_of_256_bytes_is_taken_and_one_of_257_refused() throws IOException {
        try (FileChannel channel = withEntries(1, "n".repeat(256)).write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(reader.list(reader.root()).getFirst().name()).hasSize(256);
        }
        assertRefused(withEntries(1, "n".repeat(257)), "name of 257 bytes");
        assertRefused(withEntries(1, "n".repeat(8000)), "name of 8000 bytes");
    }

    // B-056
    @Test
    void a_name_that_comes_twice_is_refused() throws IOException {
        assertRefused(withEntries(2, "same", "same"), "out of order or come twice");
    }

    // B-056
    @Test
    void names_out_of_order_are_refused() throws IOException {
        assertRefused(withEntries(2, "b", "a"), "out of order or come twice");
        assertRefused(withEntries(2, "a\u00ff", "a\u007f"), "out of order or come twice");
    }

    // B-055
    @ParameterizedTest
    @ValueSource(longs = {0, 257, 0x8000_0000L})
    void a_directory_header_with_too_many_entries_is_refused(long count) throws IOException {
        assertRefused(withEntries(count, "name"), "directory header with");
    }

    // B-055
    @Test
    void a_directory_header_with_more_entries_than_the_directory_is_refused() throws IOException {
        assertRefused(withEntries(2, "name"), "runs over the end of its directory");
    }

    // B-054, B-057
    @Test
    void a_directory_in_itself_is_refused() throws IOException {
        var forged = new ForgedSquashfs().header(1).entry("loop", 0, 1);
        assertRefused(forged.directory(1, 0, forged.nextEntry()), "directory reached a second time");
    }

    // B-057
    @Test
    void a_directory_with_two_names_is_refused() throws IOException {
        var forged = new ForgedSquashfs().header(2).entry("a", 32, 1).entry("b", 32, 1);
        assertRefused(forged.directory(1, 0, forged.nextEntry()).directory(2, 0, 0), "directory reached a second time");
    }

    // B-054, B-057
    @Test
    void directories_that_share_their_entries_are_refused() throws IOException {
        // Each has one real entry, the next directory, and claims all the entries behind it as its own.
        var forged = new ForgedSquashfs();
        int directories = 40;
        for (int i = 0; i < directories; i++) {
            forged.directory(i + 1, forged.nextEntry(), 65_532);
            forged.header(2).entry("d", 32 * (i + 1), 1);
        }
        forged.directory(directories + 1, 0, 0);
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> Images.listing(reader))
                    .withMessageContaining("directories share their entries");
        }
    }

    // B-057
    @Test
    void a_path_longer_than_linux_takes_is_refused() throws IOException {
        var forged = new ForgedSquashfs();
        int levels = 17;
        int entryBytes = 12 + 8 + 250;
        for (int i = 0; i < levels; i++) {
            forged.directory(i + 1, i * entryBytes, entryBytes);
            forged.header(1).entry("d".repeat(250), 32 * (i + 1), 1);
        }
        assertRefused(forged.directory(levels + 1, 0, 0), "path longer than 4095 bytes");
    }

    @Test
    void an_inode_of_another_type_than_its_entry_is_refused() throws IOException {
        var forged = new ForgedSquashfs().header(1).entry("name", 32, 3);
        forged.directory(1, 0, forged.nextEntry()).file(2, 0, NONE, 0, 0);
        assertRefused(forged, "directory and inode name different types");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 65535})
    void an_entry_of_no_type_is_refused(int type) throws IOException {
        var forged = new ForgedSquashfs().header(1).entry("name", 32, type);
        assertRefused(forged.directory(1, 0, forged.nextEntry()), "unknown type in a directory entry");
    }

    // B-045
    @Test
    void a_root_that_is_no_directory_is_refused() throws IOException {
        assertRefused(
                new ForgedSquashfs().header(1).symlink(1, 1, (byte) '/'), "root of the file system is not a directory");
        assertRefused(
                new ForgedSquashfs().header(1).file(1, 0, NONE, 0, 0), "root of the file system is not a directory");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 65535})
    void an_inode_of_no_type_is_refused(int type) throws IOException {
        assertRefused(new ForgedSquashfs().header(1).inode(type, 1, littleEndian(40)), "unknown inode type");
    }

    // B-065
    @Test
    void an_inode_number_that_is_none_is_refused() throws IOException {
        assertRefused(new ForgedSquashfs().header(1).directory(0, 0, 0), "inode number 0 is not one of 1000");
        assertRefused(new ForgedSquashfs().header(1).directory(1001, 0, 0), "inode number 1001 is not one of 1000");
    }

    // B-050
    @Test
    void an_id_that_is_none_is_refused() throws IOException {
        assertRefused(new ForgedSquashfs().header(1).inode(1, 1, 1, littleEndian(16)), "id 1 is not one of 1");
        assertRefused(new ForgedSquashfs().header(1).inode(1, 65_535, 1, littleEndian(16)), "id 65535 is not one of 1");
    }

    // B-059
    @ParameterizedTest
    @ValueSource(longs = {0, 4097, 0x8000_0000L, 0xffff_ffffL})
    void a_symbolic_link_of_impossible_length_is_refused(long length) throws IOException {
        assertRefused(withOne(3, f -> f.symlink(2, length, (byte) 'x')), "target of a symbolic link has");
    }

    // B-059
    @Test
    void a_symbolic_link_with_nul_or_cut_short_is_refused() throws IOException {
        assertRefused(withOne(3, f -> f.symlink(2, 2, (byte) 'x', (byte) 0)), "holds a NUL");
        assertRefused(withOne(3, f -> f.symlink(2, 100, (byte) 'x')), "the inode table ends too early");
    }

    // B-051
    @Test
    void a_fragment_that_is_none_is_refused() throws IOException {
        assertRefused(withOne(2, f -> f.file(2, 0, 0, 0, 10)), "fragment 0 is not one of 0");
    }

    // B-051
    @Test
    void an_end_of_a_file_outside_its_fragment_is_refused() throws IOException {
        var forged = withOne(2, f -> f.file(2, 0, 0, 4090, 10)).set(Superblock.FRAGMENT_COUNT_AT, 4, 1);
        assertRefused(forged.set(Superblock.FRAGMENT_TABLE_AT, 8, 190), "end of a file lies outside its fragment");
    }

    // B-060
    @Test
    void a_file_of_exabytes_without_blocks_ends_with_its_table() throws IOException {
        ByteBuffer rest =
                littleEndian(40).putLong(0).putLong(Long.MAX_VALUE).putLong(0).putInt(1);
        rest.putInt((int) NONE).putInt(0).putInt((int) NONE);
        var forged = withOne(2, f -> f.inode(9, 2, rest));
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            var file = Images.file(reader, "name");
            assertThat(file.size()).isEqualTo(Long.MAX_VALUE);
            assertThatExceptionOfType(FormatException.class).isThrownBy(() -> reader.read(file, Integer.MAX_VALUE));
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> readThrough(reader, file))
                    .withMessageContaining("the inode table ends too early");
        }
    }

    // B-060
    @Test
    void a_file_of_negative_size_is_refused() throws IOException {
        ByteBuffer rest = littleEndian(40).putLong(0).putLong(-1).putLong(0).putInt(1);
        rest.putInt((int) NONE).putInt(0).putInt((int) NONE);
        assertRefused(withOne(2, f -> f.inode(9, 2, rest)), "negative size");
    }

    // B-060, B-061
    @ParameterizedTest
    @CsvSource({
        "0x00001001, 'data block of 4097 bytes'",
        "0x7effffff, 'data block of'",
        "0x01000004, 'data block holds 4 bytes instead of 4096'",
        "0x01001000, 'lies outside its'",
        "0x00000010, 'at offset'"
    })
    void a_data_block_that_cannot_be_is_refused(String size, String message) throws IOException {
        int word = Integer.decode(size);
        assertRefused(withOne(2, f -> f.file(2, 96, NONE, 0, 4096, word)), message);
    }

    // B-060
    @Test
    void content_behind_the_end_is_refused() throws IOException {
        assertRefused(withOne(2, f -> f.file(2, 1_000_000, NONE, 0, 4096, 0)), "begins outside the file system");
    }

    // B-052
    @Test
    void a_metadata_block_of_impossible_size_is_refused() throws IOException {
        assertRefused(withEntries(1, "x").inodeBlock((byte) 0, (byte) 0x80), "bad size of a metadata block");
        assertRefused(withEntries(1, "x").inodeBlock((byte) 0xff, (byte) 0x7f), "bad size of a metadata block");
        assertRefused(withEntries(1, "x").inodeBlock((byte) 9, (byte) 0x80, (byte) 1), "runs over the end");
    }

    // B-053
    @Test
    void a_metadata_block_that_unpacks_to_more_than_8_kib_or_nothing_is_refused() throws IOException {
        assertRefused(withEntries(1, "x").inodeBlock(packed(new byte[8193])), "zlib block holds more than it may");
        assertRefused(withEntries(1, "x").inodeBlock(packed(new byte[0])), "empty metadata block");
    }

    // B-062
    @Test
    void extended_attributes_that_are_not_there_are_refused() throws IOException {
        assertRefused(withXattr(0), "file with extended attributes, of which there are none");
        assertRefused(withXattr(0).xattrs(new byte[10]), "extended attribute table lies outside");
        byte[] none = littleEndian(16).putLong(160).putInt(0).putInt(0).array();
        assertRefused(withXattr(0).xattrs(none), "extended attributes 0 are not one of 0");
        byte[] many = littleEndian(16).putLong(160).putInt(-1).putInt(0).array();
        assertRefused(withXattr(0).xattrs(many), "more entries than the file has room for");
        byte[] outside = littleEndian(16).putLong(-1).putInt(1).putInt(0).array();
        assertRefused(withXattr(0).xattrs(outside), "extended attributes lie outside the file system");
    }

    // B-058
    @Test
    void a_directory_index_that_points_nowhere_is_refused() throws IOException {
        for (long at : new long[] {30, 0xffff_ffffL}) {
            assertIndexRefused(at, 0, "a", "directory index points outside its directory");
        }
        assertIndexRefused(0, 5000, "a", "position outside the directory table");
        assertIndexRefused(0, 0, "n".repeat(257), "name of 257 bytes in a directory index");
        assertIndexRefused(0, 0, "nb", "directory index does not fit its directory");
    }

    private void assertIndexRefused(long at, long block, String first, String message) throws IOException {
        var forged = new ForgedSquashfs().header(1).entry("name", 100, 2);
        ByteBuffer rest = littleEndian(400)
                .putInt(2)
                .putInt(forged.nextEntry() + 3)
                .putInt(0)
                .putInt(1);
        rest.putShort((short) 1).putShort((short) 0).putInt((int) NONE);
        rest.putInt((int) at)
                .putInt((int) block)
                .putInt(first.length() - 1)
                .put(first.getBytes(StandardCharsets.US_ASCII));
        forged.inode(8, 1, rest);
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            var root = reader.root();
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> reader.child(root, "nz"))
                    .withMessageContaining(message);
        }
    }

    private void assertRefused(ForgedSquashfs forged, String message) throws IOException {
        forged.assertRefused(directory.resolve("image"), message);
    }

    private static void readThrough(SquashfsReader reader, Inode.RegularFile file) throws IOException {
        try (InputStream in = reader.open(file)) {
            in.skipNBytes(Long.MAX_VALUE);
        }
    }
}
