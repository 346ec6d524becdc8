package dev.kerr.tar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.tar.TarEntry.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TarReaderTest {
    @Test
    void an_archive_without_entries_has_none() throws IOException {
        assertThat(ReadTar.entries(new ForgedTar().end().bytes())).isEmpty();
    }

    @Test
    void a_header_is_read_field_by_field() throws IOException {
        var entry = ReadTar.only(new ForgedTar().header('0', "some/file", 0, block -> {
            ForgedTar.put(block, 100, "0104755\0");
            ForgedTar.put(block, 108, "   1750 ");
            ForgedTar.put(block, 116, "0001751\0");
            ForgedTar.put(block, 136, "14500000000\0");
        }));
        assertThat(entry.name()).isEqualTo("some/file");
        assertThat(entry.kind()).isEqualTo(new Kind.File(0));
        assertThat(entry.attributes().permissions()).isEqualTo(04755);
        assertThat(entry.attributes().uid()).isEqualTo(1000);
        assertThat(entry.attributes().gid()).isEqualTo(1001);
        assertThat(entry.attributes().modifiedSeconds()).isEqualTo(014500000000L);
        assertThat(entry.attributes().xattrs()).isEmpty();
    }

    @Test
    void types_are_what_posix_says() throws IOException {
        assertThat(ReadTar.only(new ForgedTar().link('1', "a", "b")).kind()).isEqualTo(new Kind.HardLink("b"));
        assertThat(ReadTar.only(new ForgedTar().link('2', "a", "../b")).kind()).isEqualTo(new Kind.Symlink("../b"));
        assertThat(ReadTar.only(new ForgedTar().header('5', "a/", 0)).kind()).isEqualTo(new Kind.Directory());
        assertThat(ReadTar.only(new ForgedTar().header('6', "a", 0)).kind()).isEqualTo(new Kind.Fifo());
        assertThat(ReadTar.only(device('3')).kind()).isEqualTo(new Kind.CharacterDevice(8, 1));
        assertThat(ReadTar.only(device('4')).kind()).isEqualTo(new Kind.BlockDevice(8, 1));
        assertThat(ReadTar.only(new ForgedTar().header('7', "a", 0)).kind()).isEqualTo(new Kind.File(0));
        assertThat(ReadTar.only(new ForgedTar().header('\0', "a", 0)).kind()).isEqualTo(new Kind.File(0));
    }

    private static ForgedTar device(char type) {
        return new ForgedTar().header(type, "a", 0, block -> ForgedTar.put(block, 329, "0000010\0" + "0000001\0"));
    }

    @Test
    void a_file_with_a_slash_behind_its_name_is_a_directory() throws IOException {
        assertThat(ReadTar.only(new ForgedTar().header('\0', "a/", 0)).kind()).isEqualTo(new Kind.Directory());
        assertThat(ReadTar.only(new ForgedTar().header('0', "a/", 0)).kind()).isEqualTo(new Kind.Directory());
    }

    @Test
    void a_hard_link_has_no_content_whatever_its_size_says() throws IOException {
        var archive = new ForgedTar()
                .header('1', "a", 1234, block -> ForgedTar.put(block, 157, "b"))
                .entry('0', "c", "text")
                .end();
        assertThat(ReadTar.names(archive)).containsExactly("a", "c");
    }

    @Test
    void contents_follow_their_headers_and_need_not_be_read() throws IOException {
        var archive = new ForgedTar()
                .entry('0', "a", "x".repeat(1500))
                .entry('0', "b", "y".repeat(512))
                .entry('0', "c", "z")
                .end();
        var reader = new TarReader(new ByteArrayInputStream(archive.bytes()));
        reader.next();
        assertThat(ReadTar.rest(reader)).asString().isEqualTo("x".repeat(1500));
        assertThat(reader.read(new byte[1], 0, 1)).isEqualTo(-1);
        reader.next();
        assertThat(reader.read(new byte[100], 0, 100)).isPositive();
        assertThat(reader.next().orElseThrow().name()).isEqualTo("c");
        assertThat(ReadTar.rest(reader)).asString().isEqualTo("z");
        assertThat(reader.next()).isEmpty();
    }

    @Test
    void the_prefix_belongs_to_the_name_in_ustar_and_star_only() throws IOException {
        assertThat(prefixed("ustar\00000", "")).isEqualTo("prefix/name");
        assertThat(prefixed("ustar\00000", "tar\0")).isEqualTo("prefix/name");
        assertThat(prefixed("ustar  \0", "")).isEqualTo("name");
        assertThat(prefixed("\0\0\0\0\0\0\0\0", "")).isEqualTo("name");
    }

    private static String prefixed(String magic, String star) throws IOException {
        return ReadTar.only(new ForgedTar().header('0', "name", 0, block -> {
                    ForgedTar.put(block, 257, magic);
                    ForgedTar.put(block, 345, "prefix");
                    ForgedTar.put(block, 508, star);
                }))
                .name();
    }

    @Test
    void a_name_may_fill_its_field() throws IOException {
        assertThat(ReadTar.only(new ForgedTar().header('0', "n".repeat(100), 0)).name())
                .hasSize(100);
    }

    @Test
    void names_are_bytes() throws IOException {
        String name = "\u00ff\n\u001b\\\u00c3";
        assertThat(ReadTar.only(new ForgedTar().header('0', name, 0)).name()).isEqualTo(name);
        assertThat(ReadTar.only(new ForgedTar().pax("path", name).header('0', "x", 0))
                        .name())
                .isEqualTo(name);
    }

    @Test
    void gnu_long_names_and_targets_are_for_the_next_entry() throws IOException {
        var archive = new ForgedTar()
                .entry('K', "././@LongLink", "t".repeat(300) + "\0")
                .entry('L', "././@LongLink", "n".repeat(200) + "\0")
                .link('2', "short", "short")
                .header('0', "next", 0)
                .end();
        var entries = ReadTar.entries(archive.bytes());
        assertThat(entries.getFirst().name()).isEqualTo("n".repeat(200));
        assertThat(entries.getFirst().kind()).isEqualTo(new Kind.Symlink("t".repeat(300)));
        assertThat(entries.getLast().name()).isEqualTo("next");
    }

    @Test
    void pax_records_say_it_better_than_the_header() throws IOException {
        var archive = new ForgedTar()
                .pax("path", "p", "size", "3", "uid", "4294967295", "gid", "70000", "mtime", "1700000000.987654321")
                .header('0', "h", 0)
                .content("abc")
                .header('0', "next", 0);
        var entry = ReadTar.entries(archive.bytes()).getFirst();
        assertThat(entry.name()).isEqualTo("p");
        assertThat(entry.kind()).isEqualTo(new Kind.File(3));
        assertThat(entry.attributes().uid()).isEqualTo(4_294_967_295L);
        assertThat(entry.attributes().gid()).isEqualTo(70_000);
        assertThat(entry.attributes().modifiedSeconds()).isEqualTo(1_700_000_000);
        assertThat(ReadTar.names(archive)).containsExactly("p", "next");
    }

    @Test
    void the_last_record_with_a_key_holds_and_an_empty_one_takes_it_back() throws IOException {
        assertThat(ReadTar.only(new ForgedTar().pax("path", "a", "path", "b").header('0', "h", 0))
                        .name())
                .isEqualTo("b");
        assertThat(ReadTar.only(new ForgedTar().pax("path", "a", "path", "").header('0', "h", 0))
                        .name())
                .isEqualTo("h");
    }

    @Test
    void global_records_hold_until_others_come() throws IOException {
        var archive = new ForgedTar()
                .entry('g', "g", ForgedTar.record("uid", "7") + ForgedTar.record("comment", "a commit"))
                .header('0', "a", 0)
                .pax("uid", "8")
                .header('0', "b", 0)
                .header('0', "c", 0)
                .entry('g', "g", ForgedTar.record("uid", ""))
                .header('0', "d", 0);
        assertThat(ReadTar.entries(archive.bytes()).stream()
                        .map(entry -> entry.attributes().uid()))
                .containsExactly(7L, 8L, 7L, 0L);
    }

    @Test
    void times_are_rounded_down() throws IOException {
        assertThat(seconds("-1.5")).isEqualTo(-2);
        assertThat(seconds("-1.0")).isEqualTo(-1);
        assertThat(seconds("-1")).isEqualTo(-1);
        assertThat(seconds("0.999999999")).isZero();
        assertThat(seconds("100000000000000000")).isEqualTo(100_000_000_000_000_000L);
    }

    private static long seconds(String mtime) throws IOException {
        return ReadTar.only(new ForgedTar().pax("mtime", mtime).header('0', "a", 0))
                .attributes()
                .modifiedSeconds();
    }

    @Test
    void numbers_may_be_base_256() throws IOException {
        var entry = ReadTar.only(new ForgedTar().header('0', "a", 0, block -> {
            ForgedTar.put(block, 108, "\u0080\0\0\0\u00ff\u00ff\u00ff\u00fe");
            ForgedTar.put(block, 136, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00fe");
        }));
        assertThat(entry.attributes().uid()).isEqualTo(4_294_967_294L);
        assertThat(entry.attributes().modifiedSeconds()).isEqualTo(-2);
    }

    @Test
    void checksums_of_signed_bytes_are_right_too() throws IOException {
        var archive = new ForgedTar().header('0', "\u00ff", 0, block -> {
            int sum = 0;
            ForgedTar.put(block, 148, "        ");
            for (byte b : block) {
                sum += b;
            }
            ForgedTar.put(block, 148, String.format("%06o\0 ", sum));
        });
        assertThat(ReadTar.only(archive).name()).isEqualTo("\u00ff");
    }

    @Test
    void extended_attributes_keep_their_bytes() throws IOException {
        String value = "\u0001\0\0\u0002\n=\u00ff\u0080";
        var xattrs = ReadTar.only(new ForgedTar()
                        .pax("SCHILY.xattr.security.capability", value, "SCHILY.xattr.user.empty", "")
                        .header('0', "a", 0))
                .attributes()
                .xattrs();
        assertThat(xattrs).containsOnlyKeys("security.capability", "user.empty");
        assertThat(xattrs.get("security.capability")).isEqualTo(new byte[] {1, 0, 0, 2, 10, 61, -1, -128});
        assertThat(xattrs.get("user.empty")).isEmpty();
    }

    @Test
    void extended_attributes_of_libarchive_are_base_64_and_come_second() throws IOException {
        var xattrs = ReadTar.only(new ForgedTar()
                        .pax("LIBARCHIVE.xattr.user.a%3db", "AAH/", "LIBARCHIVE.xattr.user.c", "AAH/")
                        .pax(
                                "LIBARCHIVE.xattr.user.a%3db",
                                "AAH/", "SCHILY.xattr.user.c", "x", "LIBARCHIVE.xattr.user.c", "AAH/")
                        .header('0', "a", 0))
                .attributes()
                .xattrs();
        assertThat(xattrs.get("user.a=b")).isEqualTo(new byte[] {0, 1, -1});
        assertThat(xattrs.get("user.c")).isEqualTo(new byte[] {'x'});
    }

    @Test
    void what_is_behind_the_end_is_not_read() throws IOException {
        var archive = new ForgedTar().header('0', "a", 0).end().header('0', "b", 0);
        assertThat(ReadTar.names(archive)).containsExactly("a");
    }

    @Test
    void an_archive_may_end_without_its_mark_or_with_half_of_it() throws IOException {
        assertThat(ReadTar.names(new ForgedTar().entry('0', "a", "text"))).containsExactly("a");
        assertThat(ReadTar.names(new ForgedTar().entry('0', "a", "text").raw(new byte[512])))
                .containsExactly("a");
    }
}
