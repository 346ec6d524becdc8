package dev.kerr.gpu;

import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/// Which versions of glibc a library asks for, and which one it is, if it is glibc.
///
/// Reads what the loader reads: program headers, the dynamic section, and from there the version records. Files of 32
/// and 64 bits, little-endian.
///
/// Source: elf(5); Linux Standard Base Core 5.0, "Symbol Versioning".
public final class ElfVersions {
    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int MAX_PROGRAM_HEADERS = 256;
    private static final int MAX_DYNAMIC_BYTES = 64 << 10;
    private static final int RECORD_BYTES = 512;
    private static final int MAX_RECORD_BYTES = 16 << 10;
    private static final int MAX_NAMES = 1024;
    private static final long[] NONE = {};
    private static final int MAX_NAME_BYTES = 32;

    private static final long DT_STRTAB = 5;
    private static final long DT_STRSZ = 10;
    private static final long DT_VERDEF = 0x6ffffffcL;
    private static final long DT_VERDEFNUM = 0x6ffffffdL;
    private static final long DT_VERNEED = 0x6ffffffeL;
    private static final long DT_VERNEEDNUM = 0x6fffffffL;

    private final ElfBytes file;
    private final long fileBytes;
    private final boolean wide;
    private final int machine;
    private byte[] headers = new byte[0];
    private int headerCount;
    private int headerBytes;

    private long strings;
    private long stringBytes;
    private long needs;
    private long needCount;
    private long definitions;
    private long definitionCount;

    private ElfVersions(ElfBytes file, long fileBytes, boolean wide, int machine) {
        this.file = Objects.requireNonNull(file);
        this.fileBytes = fileBytes;
        this.wide = wide;
        this.machine = machine;
    }

    /// Reads headers and dynamic section.
    ///
    /// @throws FormatException if it is no little-endian ELF file, or damaged
    public static ElfVersions of(ElfBytes file) throws IOException {
        byte[] header = new byte[64];
        file.read(0, header, 52);
        if (LittleEndian.i32(header, 0) != 0x464c457f) {
            throw new FormatException("no ELF file", 0);
        }
        if (header[4] != 1 && header[4] != 2) {
            throw new FormatException("unknown ELF class " + header[4], 4);
        }
        if (header[5] != 1) {
            throw new FormatException("not a little-endian ELF file", 5);
        }
        boolean wide = header[4] == 2;
        if (wide) {
            file.read(0, header, 64);
        }
        var versions = new ElfVersions(file, file.size(), wide, LittleEndian.u16(header, 18));
        versions.readHeaders(header);
        versions.readDynamic();
        return versions;
    }

    /// Whether the file is made for `wanted`.
    public boolean isFor(Machine wanted) {
        return machine == wanted.elfMachine() && wide == wanted.wide();
    }

    /// The newest version that the file needs of glibc; empty if it needs none.
    ///
    /// @throws FormatException if the records are damaged
    public Optional<GlibcVersion> needed() throws IOException {
        if (needCount == 0) {
            return Optional.empty();
        }
        long[] names = needNames(records(needs, RECORD_BYTES));
        return newest(names.length == 0 ? needNames(records(needs, MAX_RECORD_BYTES)) : names, needs);
    }

    /// The newest version that the file defines, which of `libc.so.6` is that of glibc; empty of other libraries.
    ///
    /// @throws FormatException if the records are damaged
    public Optional<GlibcVersion> defined() throws IOException {
        if (definitionCount == 0) {
            return Optional.empty();
        }
        long[] names = definitionNames(records(definitions, RECORD_BYTES));
        return newest(names.length == 0 ? definitionNames(records(definitions, MAX_RECORD_BYTES)) : names, definitions);
    }

    private void readHeaders(byte[] header) throws IOException {
        long at = wide ? LittleEndian.i64(header, 32) : LittleEndian.u32(header, 28);
        headerBytes = LittleEndian.u16(header, wide ? 54 : 42);
        headerCount = LittleEndian.u16(header, wide ? 56 : 44);
        if (headerCount > MAX_PROGRAM_HEADERS || headerCount > 0 && headerBytes != (wide ? 56 : 32)) {
            throw new FormatException("bad ELF program headers", at);
        }
        headers = new byte[headerCount * headerBytes];
        file.read(at, headers, headers.length);
    }

    private void readDynamic() throws IOException {
        for (int i = 0; i < headerCount; i++) {
            int at = i * headerBytes;
            if (LittleEndian.i32(headers, at) == DYNAMIC) {
                long bytes = word(headers, at + (wide ? 32 : 16));
                if (bytes < 0 || bytes > MAX_DYNAMIC_BYTES) {
                    throw new FormatException("bad size of the ELF dynamic section", segmentOffset(at));
                }
                byte[] dynamic = new byte[(int) bytes];
                file.read(segmentOffset(at), dynamic, dynamic.length);
                takeDynamic(dynamic);
                return;
            }
        }
    }

    private void takeDynamic(byte[] dynamic) throws FormatException {
        int width = wide ? 8 : 4;
        long stringsAddress = 0;
        long needsAddress = 0;
        long definitionsAddress = 0;
        for (int at = 0; at + 2 * width <= dynamic.length; at += 2 * width) {
            long tag = word(dynamic, at);
            long value = word(dynamic, at + width);
            if (tag == 0) {
                break;
            } else if (tag == DT_STRTAB) {
                stringsAddress = value;
            } else if (tag == DT_STRSZ) {
                stringBytes = value;
            } else if (tag == DT_VERNEED) {
                needsAddress = value;
            } else if (tag == DT_VERNEEDNUM) {
                needCount = value;
            } else if (tag == DT_VERDEF) {
                definitionsAddress = value;
            } else if (tag == DT_VERDEFNUM) {
                definitionCount = value;
            }
        }
        strings = needCount == 0 && definitionCount == 0 ? 0 : offset(stringsAddress);
        needs = needCount == 0 ? 0 : offset(needsAddress);
        definitions = definitionCount == 0 ? 0 : offset(definitionsAddress);
    }

    /// Where in the file an address lies.
    private long offset(long address) throws FormatException {
        for (int i = 0; i < headerCount; i++) {
            int at = i * headerBytes;
            if (LittleEndian.i32(headers, at) == LOAD) {
                long start = word(headers, at + (wide ? 16 : 8));
                long bytes = word(headers, at + (wide ? 32 : 16));
                if (address >= start && address - start < bytes) {
                    long found = segmentOffset(at) + (address - start);
                    if (found >= 0 && found < fileBytes) {
                        return found;
                    }
                }
            }
        }
        throw new FormatException("an ELF address lies in no segment", 0);
    }

    private long segmentOffset(int header) {
        return word(headers, header + (wide ? 8 : 4));
    }

    private long word(byte[] bytes, int at) {
        return wide ? LittleEndian.i64(bytes, at) : LittleEndian.u32(bytes, at);
    }

    /// Few bytes first: fresh memory costs more than a second read.
    private byte[] records(long at, int most) throws IOException {
        byte[] records = new byte[(int) Math.min(most, fileBytes - at)];
        file.read(at, records, records.length);
        return records;
    }

    /// The offsets of the names, with their number in front; none at all if a record lies outside `records`.
    private long[] needNames(byte[] records) throws FormatException {
        long[] names = new long[32];
        long at = 0;
        for (long i = 0; i < needCount; i++) {
            if (at > records.length - 16) {
                return NONE;
            }
            long aux = at + LittleEndian.u32(records, (int) at + 8);
            int count = LittleEndian.u16(records, (int) at + 2);
            for (int j = 0; j < count; j++) {
                if (aux > records.length - 16) {
                    return NONE;
                }
                names = with(names, LittleEndian.u32(records, (int) aux + 8), needs);
                aux += LittleEndian.u32(records, (int) aux + 12);
            }
            at = next(at, LittleEndian.u32(records, (int) at + 12), i, needCount, needs);
        }
        return names;
    }

    /// As [#needNames].
    private long[] definitionNames(byte[] records) throws FormatException {
        long[] names = new long[32];
        long at = 0;
        for (long i = 0; i < definitionCount; i++) {
            if (at > records.length - 20) {
                return NONE;
            }
            long aux = at + LittleEndian.u32(records, (int) at + 12);
            if (aux > records.length - 8) {
                return NONE;
            }
            names = with(names, LittleEndian.u32(records, (int) aux), definitions);
            at = next(at, LittleEndian.u32(records, (int) at + 16), i, definitionCount, definitions);
        }
        return names;
    }

    /// The records are a list, whose links must lead onwards.
    private static long next(long at, long step, long index, long count, long start) throws FormatException {
        if (step == 0 && index + 1 < count) {
            throw new FormatException("the ELF version records end early", start + at);
        }
        return at + step;
    }

    private static long[] with(long[] names, long name, long start) throws FormatException {
        if (names[0] == MAX_NAMES) {
            throw new FormatException("more than " + MAX_NAMES + " ELF versions", start);
        }
        long[] grown = names[0] + 1 < names.length ? names : Arrays.copyOf(names, names.length * 2);
        grown[0]++;
        grown[(int) grown[0]] = name;
        return grown;
    }

    /// Linkers lay the names of versions side by side, so that one read fetches them.
    private Optional<GlibcVersion> newest(long[] names, long start) throws IOException {
        if (names.length == 0) {
            throw new FormatException("ELF version records lie outside the file or far apart", start);
        }
        long first = Long.MAX_VALUE;
        long last = 0;
        for (int i = 1; i <= names[0]; i++) {
            if (names[i] >= stringBytes) {
                throw new FormatException("the name of an ELF version lies outside its strings", strings);
            }
            first = Math.min(first, names[i]);
            last = Math.max(last, names[i]);
        }
        if (names[0] == 0) {
            return Optional.empty();
        }
        boolean together = last - first <= MAX_DYNAMIC_BYTES;
        byte[] window = new byte[together ? (int) (last - first) + MAX_NAME_BYTES : MAX_NAME_BYTES];
        if (together) {
            readStrings(first, window);
        }
        Optional<GlibcVersion> newest = Optional.empty();
        for (int i = 1; i <= names[0]; i++) {
            if (!together) {
                readStrings(names[i], window);
            }
            var version = version(window, together ? (int) (names[i] - first) : 0);
            if (version.isPresent() && (newest.isEmpty() || version.get().isNewerThan(newest.get()))) {
                newest = version;
            }
        }
        return newest;
    }

    private void readStrings(long name, byte[] into) throws IOException {
        long at = strings + name;
        int length = (int) Math.min(into.length, Math.min(fileBytes - at, stringBytes - name));
        file.read(at, into, length);
        Arrays.fill(into, length, into.length, (byte) 0);
    }

    private static Optional<GlibcVersion> version(byte[] window, int at) {
        if (window[at] != 'G' || window[at + 1] != 'L') {
            return Optional.empty();
        }
        int end = at;
        while (end < at + MAX_NAME_BYTES && window[end] != 0) {
            end++;
        }
        return GlibcVersion.ofSymbolVersion(new String(window, at, end - at, StandardCharsets.ISO_8859_1));
    }
}
