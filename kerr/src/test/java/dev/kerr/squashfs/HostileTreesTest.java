package dev.kerr.squashfs;

import static dev.kerr.squashfs.ForgedSquashfs.NONE;
import static dev.kerr.squashfs.ForgedSquashfs.littleEndian;
import static dev.kerr.squashfs.ForgedSquashfs.withEntries;
import static dev.kerr.squashfs.ForgedSquashfs.withOne;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.squashfs.Entry.HardLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Trees that are odd but allowed, and what the reader makes of them. Families of hostile
/// input are numbered as in [HostileSquashfsTest].
@Timeout(60)
class HostileTreesTest {
    @TempDir
    Path directory;

    /// B-043: nothing is unpacked by them.
    @Test
    void options_of_the_compressor_are_not_read() throws IOException {
        assertRead(withEntries(1, "name").set(Superblock.FLAGS_AT, 2, Superblock.HAS_OPTIONS), "name");
        assertRead(withEntries(1, "name").set(Superblock.FLAGS_AT, 2, 0xffff), "name");
    }

    // B-054
    @Test
    void a_directory_that_has_its_parent_s_entries_is_refused() throws IOException {
        var forged = new ForgedSquashfs().header(1).entry("d", 32, 1);
        int size = forged.nextEntry();
        assertRefused(forged.directory(1, 0, size).directory(2, 0, size), "directory reached a second time");
    }

    /// B-055: as the kernel does, since `.` and `..` would be three bytes.
    @ParameterizedTest
    @ValueSource(ints = {-3, -2, -1, 0})
    void a_directory_of_less_than_three_bytes_is_empty(int size) throws IOException {
        var forged = new ForgedSquashfs().header(1).entry("name", 32, 2);
        assertRead(forged.directory(1, 0, size).file(2, 0, NONE, 0, 0));
    }

    // B-055
    @Test
    void a_directory_shorter_than_a_header_or_an_entry_is_refused() throws IOException {
        for (int size : new int[] {1, 11, 12, 19, 20, 23}) {
            var forged = new ForgedSquashfs().header(1).entry("name", 32, 2);
            assertRefused(
                    forged.directory(1, 0, size).file(2, 0, NONE, 0, 0), "directory entry runs over the end of its");
        }
    }

    /// B-055: inode numbers in a listing are not read, only those in the inodes.
    @Test
    void a_negative_step_of_inode_numbers_is_nothing() throws IOException {
        assertRead(withOne(2, f -> f.file(1, 0, NONE, 0, 0)), "name");
    }

    // B-055
    @Test
    void a_listing_that_begins_behind_its_block_is_refused() throws IOException {
        var forged = new ForgedSquashfs().header(1).entry("name", 32, 2);
        assertRefused(
                forged.directory(1, 8000, 24).file(2, 0, NONE, 0, 0), "offset 8000 lies outside the metadata block");
    }

    // B-059
    @Test
    void a_symbolic_link_may_be_as_long_as_a_page_and_lead_anywhere() throws IOException {
        byte[] target = "../".repeat(1365).concat("x").getBytes(StandardCharsets.US_ASCII);
        assertRead(withOne(3, f -> f.symlink(2, target.length, target)), "name");
    }

    /// B-063: what they are is read as it is; whoever mounts says `nodev,nosuid`, and whoever unpacks needs the right.
    @Test
    void devices_and_files_of_another_identity_are_read_as_they_are() throws IOException {
        for (int type : new int[] {4, 5}) {
            var forged = withOne(
                    type, f -> f.inode(type, 2, littleEndian(8).putInt(1).putInt(0x101)));
            try (FileChannel channel = forged.write(directory.resolve("image"));
                    SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
                assertThat(Images.listing(reader)).contains("1, 1");
            }
        }
        assertRead(withOne(6, f -> f.inode(6, 2, littleEndian(4).putInt(1))), "name");
        assertRead(withOne(7, f -> f.inode(7, 2, littleEndian(4).putInt(1))), "name");
    }

    /// B-064: the number is told as it stands there, and a name is a hard link only of a file that was met before.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, -1})
    void a_wrong_number_of_names_harms_nothing(int links) throws IOException {
        var forged = new ForgedSquashfs().header(2).entry("a", 32, 6).entry("b", 32, 6);
        forged.directory(1, 0, forged.nextEntry()).inode(6, 2, littleEndian(4).putInt(links));
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size());
                var source = new SquashfsSource(reader)) {
            assertThat(source.next()).containsInstanceOf(Entry.Directory.class);
            assertThat(source.next()).containsInstanceOf(Entry.Fifo.class);
            assertThat(source.next()).containsInstanceOf(links == 0 || links == 1 ? Entry.Fifo.class : HardLink.class);
            assertThat(source.next()).isEmpty();
        }
    }

    /// B-065: as with the kernel, the number is the file. Nothing is reached that has no name in the image.
    @Test
    void two_files_of_one_number_may_be_taken_for_one() throws IOException {
        var forged = new ForgedSquashfs().header(2).entry("a", 32, 6).entry("b", 52, 7);
        forged.directory(1, 0, forged.nextEntry())
                .inode(6, 2, littleEndian(4).putInt(2))
                .inode(7, 2, littleEndian(4).putInt(2));
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size());
                var source = new SquashfsSource(reader)) {
            assertThat(Images.find(reader, "a")).containsInstanceOf(Inode.Fifo.class);
            assertThat(Images.find(reader, "b")).containsInstanceOf(Inode.Socket.class);
            assertThat(Stream.generate(() -> next(source)).limit(3)).last().isEqualTo(new HardLink("b", "a"));
        }
    }

    // B-065
    @Test
    void a_number_that_two_directories_have_is_refused() throws IOException {
        var forged = new ForgedSquashfs().header(2).entry("a", 32, 1).entry("b", 64, 1);
        forged.directory(1, 0, forged.nextEntry()).directory(2, 0, 0).directory(2, 0, 0);
        assertRefused(forged, "directory reached a second time");
    }

    /// B-066: the table serves NFS servers, and is not read.
    @Test
    void a_table_of_inode_references_is_not_read() throws IOException {
        // Its list lies behind the id table, or in the middle of it.
        for (long at : new long[] {170, 180}) {
            var forged = withEntries(1, "name").set(Superblock.EXPORT_TABLE_AT, 8, at);
            try (FileChannel channel = forged.write(directory.resolve("image"));
                    SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
                assertThat(reader.superblock().tables().export()).isEqualTo(at);
                assertThat(reader.root().linkCount()).isEqualTo(2);
            }
        }
    }

    /// B-067: 32 bits without a sign. What mksquashfs makes of times before 1970 is a time after 2038.
    @Test
    void times_are_those_of_1970_to_2106() throws IOException {
        var forged = withEntries(1, "name").set(Superblock.MODIFIED_AT, 4, -1);
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(reader.superblock().modifiedSeconds()).isEqualTo(4_294_967_295L);
            assertThat(reader.root().attributes().modifiedSeconds()).isZero();
        }
        var late = new ForgedSquashfs().modified(0xffff_ffffL).header(1).directory(1, 0, 0);
        try (FileChannel channel = late.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(reader.root().attributes().modifiedSeconds()).isEqualTo(4_294_967_295L);
        }
    }

    private static Entry next(EntrySource source) {
        try {
            return source.next().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertRead(ForgedSquashfs forged, String... names) throws IOException {
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(reader.list(reader.root()))
                    .extracting(DirectoryEntry::name)
                    .containsExactly(names);
            Images.exercise(channel, 0, channel.size());
        }
    }

    private void assertRefused(ForgedSquashfs forged, String message) throws IOException {
        forged.assertRefused(directory.resolve("image"), message);
    }
}
