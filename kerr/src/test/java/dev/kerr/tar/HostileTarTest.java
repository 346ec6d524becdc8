package dev.kerr.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Archives that are wrong: the families B-079 to B-084 and B-092, as far as the format goes.
class HostileTarTest {
    private static void refused(ForgedTar archive, String message) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> ReadTar.entries(archive.bytes()))
                .withMessage(message);
    }

    private static void refused(String problem, ForgedTar archive) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> ReadTar.entries(archive.bytes()))
                .withMessageContaining(problem);
    }

    /// B-079.
    @Test
    void types_that_nobody_knows_are_refused() {
        for (char type : List.of('M', 'V', 'N', 'D', 'A', '8', '\u0001')) {
            String shown = type < ' ' ? "1" : "'" + type + "'";
            refused(
                    new ForgedTar().header(type, "some/name", 0),
                    "some/name: unknown type of entry " + shown + " at offset 0");
        }
    }

    /// B-080.
    @Test
    void numbers_that_are_none_are_refused() {
        for (String size : List.of("1234567890x\0", "0000000-001\0", "9", "0 1", "00000 00000\0")) {
            refused("tar header: size is no number", new ForgedTar().header('0', "name", 0, block -> {
                        Arrays.fill(block, 124, 136, (byte) 0);
                        ForgedTar.put(block, 124, size);
                    }));
        }
    }

    /// B-080.
    @Test
    void sizes_below_zero_and_beyond_63_bits_are_refused() {
        refused(
                new ForgedTar().header('0', "name", 0, block -> ForgedTar.put(block, 124, "\u00ff".repeat(12))),
                "name: file of -1 bytes at offset 0");
        refused("size is out of range", new ForgedTar().header('0', "name", 0, block -> {
                    ForgedTar.put(block, 124, "\u0080\0\0\1\0\0\0\0\0\0\0\0");
                }));
        refused("name: file of 9223372036854775807 bytes", new ForgedTar().header('0', "name", 0, block -> {
                    ForgedTar.put(block, 124, "\u0080\0\0\0\177" + "\u00ff".repeat(7));
                }));
    }

    /// B-080.
    @Test
    void wrong_checksums_are_refused() {
        byte[] archive = new ForgedTar().entry('0', "name", "text").end().bytes();
        for (int at = 0; at < 512; at++) {
            byte[] changed = archive.clone();
            changed[at] ^= 1;
            assertThatExceptionOfType(FormatException.class)
                    .as("byte %d", at)
                    .isThrownBy(() -> ReadTar.entries(changed));
        }
    }

    /// B-080.
    @Test
    void empty_numbers_are_zero() throws IOException {
        var entry = ReadTar.only(new ForgedTar().header('0', "name", 0, block -> {
            Arrays.fill(block, 100, 148, (byte) ' ');
        }));
        assertThat(entry.attributes().uid()).isZero();
    }

    @Test
    void what_is_no_file_has_no_content() {
        for (char type : List.of('2', '3', '4', '5', '6')) {
            refused(new ForgedTar().entry(type, "name", "text"), "name: what is no file has 4 bytes at offset 0");
        }
    }

    /// B-081.
    @Test
    void records_of_a_wrong_length_are_refused() {
        for (String records : List.of(
                "0 a=b\n",
                "999 a=b\n",
                "99999999999999999999999 a=b\n",
                "x a=b\n",
                " 6 a=b\n",
                "-6 a=b\n",
                "6\ta=b\n",
                "2 ",
                "6",
                "6 ")) {
            refused("pax record has a wrong length", new ForgedTar().entry('x', "x", records));
        }
        for (String records : List.of("5 a=b\n", "7 a=b\n\n\n", "5 =a\n", "4 a\n", "8 a\0b=c\n")) {
            refused("pax record", new ForgedTar().entry('x', "x", records).header('0', "name", 0));
        }
    }

    /// B-081.
    @Test
    void values_that_cannot_be_are_refused() {
        for (String[] record : List.of(
                new String[] {"path", "a\0b"},
                new String[] {"size", "-1"},
                new String[] {"size", "1e3"},
                new String[] {"size", "9999999999999999999"},
                new String[] {"uid", "4294967296"},
                new String[] {"gid", "-1"},
                new String[] {"mtime", "NaN"},
                new String[] {"mtime", "1.5.5"},
                new String[] {"mtime", "."},
                new String[] {"mtime", "-"},
                new String[] {"mtime", "9999999999999999999"},
                new String[] {"LIBARCHIVE.xattr.user.a", "?"})) {
            refused("the name: ", new ForgedTar().pax(record).header('0', "the name", 0));
        }
        refused("NUL", new ForgedTar().pax("linkpath", "a\0b").link('2', "name", "x"));
    }

    /// B-081.
    @Test
    void a_size_in_a_record_is_the_one_that_counts() throws IOException {
        var archive = new ForgedTar()
                .pax("size", "512", "size", "1024")
                .header('0', "a", 0)
                .content("x".repeat(1024))
                .header('0', "b", 0)
                .end();
        assertThat(ReadTar.names(archive)).containsExactly("a", "b");
    }

    /// B-081.
    @Test
    void a_global_header_cannot_name_all_entries() {
        for (String key : List.of("path", "linkpath", "size", "GNU.sparse.map")) {
            refused(
                    new ForgedTar().entry('g', "g", ForgedTar.record(key, "1")).header('0', "a", 0),
                    "pax header for all entries has " + key + " at offset 0");
        }
    }

    /// B-081.
    @Test
    void many_records_take_no_more_memory_than_their_header() throws IOException {
        var records = new StringBuilder();
        for (int i = 0; records.length() < TarReader.LONGEST_EXTENSION - 100; i++) {
            records.append(ForgedTar.record("k" + i, "v"));
        }
        assertThat(ReadTar.only(new ForgedTar()
                                .entry('x', "x", records.toString())
                                .header('0', "a", 0))
                        .name())
                .isEqualTo("a");
    }

    /// B-082.
    @Test
    void extensions_that_are_too_long_are_refused() {
        for (char type : List.of('x', 'g', 'L', 'K')) {
            refused(new ForgedTar().header(type, "x", 1 << 30), "tar extension of 1073741824 bytes at offset 0");
        }
    }

    /// B-082.
    @Test
    void extensions_need_an_entry() throws IOException {
        refused(
                new ForgedTar().entry('L', "x", "long").end(),
                "tar archive ends behind an extended header at offset 2048");
        refused(new ForgedTar().pax("path", "a"), "tar archive ends behind an extended header at offset 1024");
        var twice =
                new ForgedTar().entry('L', "x", "one").entry('L', "x", "two").header('0', "h", 0);
        assertThat(ReadTar.only(twice).name()).isEqualTo("two");
    }

    /// B-083.
    @Test
    void a_block_of_zeros_between_entries_is_refused() {
        refused(
                new ForgedTar().header('0', "a", 0).raw(new byte[512]).header('0', "b", 0),
                "tar archive goes on behind a block of zeros at offset 512");
    }

    /// B-084.
    @Test
    void an_archive_cut_within_an_entry_is_refused() throws IOException {
        byte[] archive = new ForgedTar()
                .pax("path", "name")
                .entry('0', "h", "x".repeat(700))
                .bytes();
        for (int length = 1; length < archive.length; length++) {
            byte[] cut = Arrays.copyOf(archive, length);
            assertThatExceptionOfType(FormatException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> ReadTar.entries(cut));
        }
        assertThat(ReadTar.entries(archive)).hasSize(1);
    }

    @Test
    void what_is_wrong_is_found_where_it_is() {
        refused(
                new ForgedTar().entry('0', "a", "text").header('5', "b", 1),
                "b: what is no file has 1 bytes at offset 1024");
    }

    /// B-081: a sparse map of two thousand million regions.
    @Test
    void a_sparse_map_without_end_is_refused_in_bounded_memory() {
        refused(
                "a: sparse map of more than 1048576 regions",
                new ForgedTar()
                        .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "0")
                        .header('0', "a", 1L << 32)
                        .content("2147483648\n" + "0\n".repeat(2_200_000)));
    }
}
