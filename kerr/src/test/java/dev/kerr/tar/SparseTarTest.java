package dev.kerr.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.tar.TarEntry.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SparseTarTest {
    private static final String CONTENT = "\0\0\0\0\0abc\0\0de\0\0\0\0";

    /// Regions 5+3 and 10+2 of 16 bytes, as GNU tar wrote them by default until 2005.
    private static ForgedTar gnu() {
        return new ForgedTar().header('S', "sparse", 5, block -> {
            ForgedTar.put(block, 257, "ustar  \0");
            ForgedTar.put(block, 345, "\0".repeat(155));
            ForgedTar.put(block, 386, octal(5) + octal(3) + octal(10) + octal(2));
            ForgedTar.put(block, 483, octal(16));
        });
    }

    private static String octal(long number) {
        return String.format("%011o\0", number);
    }

    @Test
    void a_gnu_map_stands_in_the_header() throws IOException {
        byte[] archive = gnu().content("abcde").header('0', "next", 0).end().bytes();
        assertThat(ReadTar.entries(archive))
                .extracting(TarEntry::kind)
                .containsExactly(new Kind.File(16), new Kind.File(0));
        assertThat(ReadTar.content(archive)).isEqualTo(CONTENT);
    }

    @Test
    void a_gnu_map_goes_on_in_blocks_behind_the_header() throws IOException {
        var map = new StringBuilder();
        for (int i = 4; i < 25; i++) {
            map.append(octal(2L * i)).append(octal(1));
        }
        byte[] first = new byte[512];
        ForgedTar.put(first, 0, map.toString());
        first[504] = 1;
        byte[] second = new byte[512];
        ForgedTar.put(second, 0, octal(60) + octal(0));
        byte[] archive = new ForgedTar()
                .header('S', "sparse", 25, block -> {
                    ForgedTar.put(block, 257, "ustar  \0");
                    ForgedTar.put(
                            block,
                            386,
                            octal(0) + octal(1) + octal(2) + octal(1) + octal(4) + octal(1) + octal(6) + octal(1));
                    block[482] = 1;
                    ForgedTar.put(block, 483, octal(60));
                })
                .raw(first)
                .raw(second)
                .content("x".repeat(25))
                .end()
                .bytes();
        assertThat(ReadTar.content(archive)).isEqualTo("x\0".repeat(25) + "\0".repeat(10));
        assertThat(ReadTar.entries(archive)).hasSize(1);
    }

    @Test
    void a_map_of_version_0_0_is_a_record_for_each_number() throws IOException {
        var archive = new ForgedTar()
                .pax(
                        "GNU.sparse.size",
                        "16",
                        "GNU.sparse.numblocks",
                        "2",
                        "GNU.sparse.offset",
                        "5",
                        "GNU.sparse.numbytes",
                        "3",
                        "GNU.sparse.offset",
                        "10",
                        "GNU.sparse.numbytes",
                        "2")
                .entry('0', "sparse", "abcde")
                .end();
        assertThat(ReadTar.content(archive.bytes())).isEqualTo(CONTENT);
    }

    @Test
    void a_map_of_version_0_1_is_one_record() throws IOException {
        var archive = new ForgedTar()
                .pax("GNU.sparse.size", "16", "GNU.sparse.map", "5,3,10,2", "GNU.sparse.name", "name")
                .entry('0', "GNUSparseFile.1/name", "abcde")
                .end();
        assertThat(ReadTar.names(archive)).containsExactly("name");
        assertThat(ReadTar.content(archive.bytes())).isEqualTo(CONTENT);
    }

    @Test
    void a_map_of_version_1_0_stands_in_front_of_the_content() throws IOException {
        byte[] archive = version1("2\n5\n3\n10\n2\n", "16").bytes();
        assertThat(ReadTar.content(archive)).isEqualTo(CONTENT);
        assertThat(ReadTar.entries(archive)).extracting(TarEntry::name).containsExactly("name", "next");
    }

    private static ForgedTar version1(String map, String size) {
        return new ForgedTar()
                .pax(
                        "GNU.sparse.major",
                        "1",
                        "GNU.sparse.minor",
                        "0",
                        "GNU.sparse.name",
                        "name",
                        "GNU.sparse.realsize",
                        size)
                .header('0', "GNUSparseFile.1/name", 512 + 5)
                .content(map)
                .content("abcde")
                .header('0', "next", 0)
                .end();
    }

    @Test
    void holes_are_passed_over_in_whole_units() throws IOException {
        var archive = new ForgedTar()
                .pax("GNU.sparse.size", "300", "GNU.sparse.map", "100,1,250,1")
                .entry('0', "sparse", "xy")
                .end();
        var reader = new TarReader(new ByteArrayInputStream(archive.bytes()));
        reader.next();
        assertThat(reader.skipZeros(300, 64)).isEqualTo(64);
        assertThat(reader.skipZeros(236, 64)).isZero();
        assertThat(reader.read(new byte[50], 0, 50)).isEqualTo(36);
        assertThat(reader.skipZeros(200, 1)).isZero();
        byte[] one = new byte[1];
        assertThat(reader.read(one, 0, 1)).isEqualTo(1);
        assertThat(one[0]).isEqualTo((byte) 'x');
        assertThat(reader.skipZeros(199, 64)).isEqualTo(128);
        assertThat(reader.skipZeros(71, 64)).isZero();
        assertThat(reader.read(new byte[50], 0, 50)).isEqualTo(21);
        assertThat(reader.read(one, 0, 1)).isEqualTo(1);
        assertThat(reader.skipZeros(49, 64)).isEqualTo(49);
        assertThat(reader.read(one, 0, 1)).isEqualTo(-1);
    }

    @Test
    void maps_that_cannot_be_are_refused() {
        refused(record("10,2,5,3", "16"), "sparse map is out of order");
        refused(record("5,3,6,2", "16"), "sparse map is out of order");
        refused(record("5,3,10,2", "11"), "sparse map is longer than its file of 11 bytes");
        refused(record("5,3,10,1", "16"), "sparse map does not fit the size");
        refused(record("5,3,10", "16"), "sparse map has an odd number of numbers");
        refused(record("5,3,10,x", "16"), "sparse map has no number where one belongs");
        refused(record("5,3,999999999999999999,2", "16"), "sparse map is longer than its file of 16 bytes");
        refused(version1("99999999\n" + "0\n".repeat(250), "16"), "sparse map has no number where one belongs");
        refused(version1("2\n5\n3\n10\n", "16"), "sparse map has no number where one belongs");
        refused(version1("2\n5\n3\n10\n2\n", "-1"), "GNU.sparse.realsize is no number");
        refused(
                new ForgedTar().pax("GNU.sparse.major", "2").entry('0', "sparse", "abcde"),
                "unknown kind of sparse file");
        refused(
                new ForgedTar().pax("GNU.sparse.map", "0,5").entry('0', "sparse", "abcde"),
                "sparse file without GNU.sparse.size");
        refused(gnu(), "truncated tar archive");
    }

    private static ForgedTar record(String map, String size) {
        return new ForgedTar()
                .pax("GNU.sparse.size", size, "GNU.sparse.map", map)
                .entry('0', "sparse", "abcde");
    }

    private static void refused(ForgedTar archive, String problem) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> ReadTar.entries(archive.bytes()))
                .withMessageContaining(problem);
    }
}
