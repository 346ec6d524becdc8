package dev.kerr.gpu;

import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Where the host's loader finds its libraries: `/etc/ld.so.cache`, read as it is, little-endian, without `ldconfig`.
///
/// |  at | bytes | header                      |  at | bytes | entry, from 48 on            |
/// |----:|------:|-----------------------------|----:|------:|------------------------------|
/// |   0 |    20 | `glibc-ld.so.cache1.1`      |   0 |     4 | flags: machine and C library |
/// |  20 |     4 | entries                     |   4 |     4 | soname, from the magic       |
/// |  24 |     4 | bytes of strings            |   8 |     4 | path, from the magic         |
/// |  28 |     1 | byte order: 0, or 2: little |  12 |     4 | version of the kernel        |
/// |  32 |     4 | extensions, or 0            |  16 |     8 | variant for some processors  |
///
/// glibc before 2.32 wrote entries of 12 bytes for its forebears in front: `ld.so-1.7.0`, at 12 their number, at 16
/// they
/// themselves, and at the next multiple of 8 all of the above.
///
/// Source: glibc `sysdeps/generic/dl-cache.h`, `elf/cache.c`.
public final class LdCache {
    private static final byte[] OLD_MAGIC = "ld.so-1.7.0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] MAGIC = "glibc-ld.so.cache1.1".getBytes(StandardCharsets.ISO_8859_1);
    private static final int HEADER_BYTES = 48;
    private static final int ENTRY_BYTES = 24;
    private static final long EXTENSION_MAGIC = 0xeaa42174L;

    private final byte[] bytes;
    private final int start;
    private final int count;
    private final int lastZero;

    private LdCache(byte[] bytes, int start, int count) {
        this.bytes = bytes;
        this.start = start;
        this.count = count;
        int at = bytes.length - 1;
        while (at >= 0 && bytes[at] != 0) {
            at--;
        }
        this.lastZero = at;
    }

    /// A library that the loader knows.
    public record Entry(String soname, String path) {
        public Entry {
            Objects.requireNonNull(soname);
            Objects.requireNonNull(path);
        }
    }

    /// Reads the header of the content of `/etc/ld.so.cache`, which must not change afterwards.
    ///
    /// @throws FormatException if it is none, cut short, or of a big-endian host
    public static LdCache of(byte[] bytes) throws FormatException {
        int start = beginsWith(bytes, 0, OLD_MAGIC) ? afterOldEntries(bytes) : 0;
        if (!beginsWith(bytes, start, MAGIC)) {
            throw new FormatException("no " + new String(MAGIC, StandardCharsets.ISO_8859_1), start);
        }
        if (bytes.length - start < HEADER_BYTES) {
            throw new FormatException("the header of the loader's cache is cut short", start);
        }
        int order = bytes[start + 28] & 3;
        if (order == 1 || order == 3) {
            throw new FormatException("the loader's cache is not little-endian", start + 28);
        }
        long count = LittleEndian.u32(bytes, start + 20);
        long end = HEADER_BYTES + count * ENTRY_BYTES + LittleEndian.u32(bytes, start + 24);
        if (end > bytes.length - start) {
            throw new FormatException("the loader's cache is cut short", bytes.length);
        }
        checkExtensions(bytes, LittleEndian.u32(bytes, start + 32));
        return new LdCache(bytes, start, (int) count);
    }

    /// The libraries for `machine` whose sonames begin with one of `names`, in the order of the cache; of those with
    /// the
    /// same soname the first, which is the one that the loader takes.
    ///
    /// Libraries for some processors only are not among them.
    ///
    /// @throws FormatException if an entry points outside the file, its soname has a slash or its path does not begin
    /// with one
    public List<Entry> beginningWith(List<String> names, Machine machine) throws FormatException {
        var wanted = new ArrayList<byte[]>();
        boolean[] begins = new boolean[256 * 256];
        for (String name : names) {
            byte[] ascii = name.getBytes(StandardCharsets.UTF_8);
            if (ascii.length < 5) {
                Arrays.fill(begins, true);
            } else {
                begins[pair(ascii, 3)] = true;
            }
            wanted.add(ascii);
        }
        var found = new ArrayList<Entry>();
        Set<String> sonames = new HashSet<>();
        for (int i = 0; i < count; i++) {
            int at = start + HEADER_BYTES + i * ENTRY_BYTES;
            int soname = string(at + 4);
            // Nearly all entries end here, which makes this quick: the fourth and fifth letter are no wanted name's.
            if (soname + 4 < bytes.length
                    && begins[pair(bytes, soname + 3)]
                    && LittleEndian.i32(bytes, at) == machine.cacheFlags()
                    && LittleEndian.i64(bytes, at + 16) == 0
                    && beginsWithAny(soname, wanted)) {
                Entry entry = entry(soname, string(at + 8));
                if (sonames.add(entry.soname())) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    private static int pair(byte[] text, int at) {
        return (text[at] & 0xff) << 8 | (text[at + 1] & 0xff);
    }

    private boolean beginsWithAny(int soname, List<byte[]> wanted) {
        for (byte[] name : wanted) {
            if (beginsWith(bytes, soname, name)) {
                return true;
            }
        }
        return false;
    }

    private Entry entry(int sonameAt, int pathAt) throws FormatException {
        String soname = text(sonameAt);
        if (soname.indexOf('/') >= 0) {
            throw new FormatException("a soname in the loader's cache has a slash", sonameAt);
        }
        String path = text(pathAt);
        if (!path.startsWith("/")) {
            throw new FormatException("a path in the loader's cache is not absolute", pathAt);
        }
        return new Entry(soname, path);
    }

    /// Where the string begins that the word at `at` points to; a NUL ends it inside the file.
    private int string(int at) throws FormatException {
        // LittleEndian.u32 would be four calls in an interpreter, for each of thousands of entries.
        long offset = start
                + ((bytes[at] & 0xffL)
                        | (bytes[at + 1] & 0xffL) << 8
                        | (bytes[at + 2] & 0xffL) << 16
                        | (bytes[at + 3] & 0xffL) << 24);
        if (offset > lastZero) {
            throw new FormatException("a string of the loader's cache lies outside it", at);
        }
        return (int) offset;
    }

    private String text(int at) {
        int end = at;
        while (bytes[end] != 0) {
            end++;
        }
        return new String(bytes, at, end - at, StandardCharsets.UTF_8);
    }

    private static int afterOldEntries(byte[] bytes) throws FormatException {
        if (bytes.length < 16) {
            throw new FormatException("the header of the loader's cache is cut short", 0);
        }
        long end = 16 + LittleEndian.u32(bytes, 12) * 12;
        long aligned = (end + 7) & ~7L;
        if (aligned > bytes.length) {
            throw new FormatException("the loader's cache is cut short", bytes.length);
        }
        return (int) aligned;
    }

    /// Nothing is wanted of the extensions, but a cache that lacks some of them was not written to its end. Their
    /// offsets
    /// count from the start of the file, even behind old entries.
    private static void checkExtensions(byte[] bytes, long offset) throws FormatException {
        if (offset == 0) {
            return;
        }
        if (offset > bytes.length - 8 || LittleEndian.u32(bytes, (int) offset) != EXTENSION_MAGIC) {
            throw new FormatException("bad extensions of the loader's cache", offset);
        }
        long sections = LittleEndian.u32(bytes, (int) offset + 4);
        if (sections > (bytes.length - offset - 8) / 16) {
            throw new FormatException("the extensions of the loader's cache are cut short", bytes.length);
        }
        for (int i = 0; i < sections; i++) {
            int at = (int) offset + 8 + i * 16;
            if (LittleEndian.u32(bytes, at + 8) + LittleEndian.u32(bytes, at + 12) > bytes.length) {
                throw new FormatException("the extensions of the loader's cache are cut short", at);
            }
        }
    }

    private static boolean beginsWith(byte[] bytes, int at, byte[] prefix) {
        if (bytes.length - at < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (bytes[at + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
