package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.Inode;
import dev.kerr.squashfs.SquashfsReader;
import dev.kerr.squashfs.SquashfsWriter;
import dev.kerr.squashfs.WriterSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchRecordTest {
    private static final Metadata METADATA = new Metadata(0644, 0, 0, 0);

    @TempDir
    Path directory = Path.of("");

    private static LaunchRecord decoded(int... bytes) {
        byte[] record = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            record[i] = (byte) bytes[i];
        }
        return LaunchRecord.decode(record);
    }

    @Test
    void numbers_are_little_endian_and_unsigned() {
        assertThat(decoded(1, 2, 0, 0, 0xff, 0xff, 0xff, 0xff).inodes()).containsExactly(0x201L, 0xffff_ffffL);
    }

    @Test
    void a_number_counts_where_it_comes_first() {
        assertThat(decoded(3, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0).inodes()).containsExactly(3L, 1L);
    }

    @Test
    void an_end_that_is_no_number_is_left_out() {
        for (int[] bytes : new int[][] {{}, {7}, {7, 0}, {7, 0, 0}}) {
            assertThat(decoded(bytes).inodes()).isEmpty();
        }
        assertThat(decoded(7, 0, 0, 0, 8, 0, 0).inodes()).containsExactly(7L);
    }

    @Test
    void it_reads_back() {
        var record = decoded(9, 0, 0, 0, 0, 0, 0, 0x80, 1, 1, 1, 1);
        assertThat(LaunchRecord.decode(record.encoded())).isEqualTo(record);
    }

    @Test
    void of_two_records_the_second_adds_what_is_new() {
        assertThat(decoded(5, 0, 0, 0, 1, 0, 0, 0)
                        .and(decoded(2, 0, 0, 0, 5, 0, 0, 0))
                        .inodes())
                .containsExactly(5L, 1L, 2L);
    }

    @Test
    void numbers_become_paths_and_those_that_no_regular_file_has_are_left_out() throws IOException {
        var entries = EntrySource.of(List.of(
                new Entry.RegularFile("d/a", METADATA, new byte[] {1}),
                new Entry.RegularFile("z", METADATA, new byte[] {2}),
                new Entry.HardLink("k", "z"),
                new Entry.Symlink("link", METADATA, "z")));
        Path file = directory.resolve("image");
        try (var out = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(out, 0, entries, WriterSettings.usual(0));
            try (var reader = SquashfsReader.open(out, 0, out.size())) {
                var root = reader.root();
                int z = (int) reader.child(root, "z").orElseThrow().attributes().number();
                int link = (int)
                        reader.child(root, "link").orElseThrow().attributes().number();
                var a = reader.child((Inode.Directory) reader.child(root, "d").orElseThrow(), "a");
                int first = (int) a.orElseThrow().attributes().number();
                int rootNumber = (int) root.attributes().number();
                var record = decoded(
                        0, 0, 0, 0, z, 0, 0, 0, link, 0, 0, 0, rootNumber, 0, 0, 0, 99, 0, 0, 0, first, 0, 0, 0);
                assertThat(record.paths(reader)).containsExactly("k", "d/a");
            }
        }
    }
}
