package dev.kerr.gpu;

import dev.kerr.bytes.LittleEndian;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// An ELF library made byte by byte: headers, a dynamic section, strings and version records.
///
/// | 0      | 64 / 52          | 256     | 512             | 1024    | 2048              |
/// |--------|------------------|---------|-----------------|---------|-------------------|
/// | header | program headers  | dynamic | strings         | needed  | defined           |
final class MadeElf {
    /// The segment is mapped here, so that addresses are not offsets.
    static final int ADDRESS = 0x10000;

    static final int DYNAMIC = 256;
    static final int STRINGS = 512;
    static final int NEEDED = 1024;
    static final int DEFINED = 2048;
    static final int SIZE = 4096;

    private final Machine machine;
    private final byte[] bytes = new byte[SIZE];
    private final List<String> needed = new ArrayList<>();
    private final List<String> defined = new ArrayList<>();
    private int stringsEnd = 1;

    MadeElf(Machine machine) {
        this.machine = machine;
    }

    /// A library that needs these symbol versions: half of them of `libc.so.6`, half of `libm.so.6`.
    MadeElf needing(String... versions) {
        needed.addAll(List.of(versions));
        return this;
    }

    MadeElf defining(String... versions) {
        defined.addAll(List.of(versions));
        return this;
    }

    byte[] bytes() {
        boolean wide = machine.wide();
        LittleEndian.put32(bytes, 0, 0x464c457f);
        bytes[4] = (byte) (wide ? 2 : 1);
        bytes[5] = 1;
        bytes[6] = 1;
        LittleEndian.put16(bytes, 16, 3);
        LittleEndian.put16(bytes, 18, machine.elfMachine());
        int headers = wide ? 64 : 52;
        word(wide ? 32 : 28, headers);
        LittleEndian.put16(bytes, wide ? 54 : 42, wide ? 56 : 32);
        LittleEndian.put16(bytes, wide ? 56 : 44, 2);
        segment(headers, 1, 0, SIZE);
        segment(headers + (wide ? 56 : 32), 2, DYNAMIC, 256);
        int needs = writeNeeded();
        writeDefined();
        int at = DYNAMIC;
        at = dynamic(at, 5, ADDRESS + STRINGS);
        at = dynamic(at, 10, stringsEnd);
        if (needs > 0) {
            at = dynamic(at, 0x6ffffffe, ADDRESS + NEEDED);
            at = dynamic(at, 0x6fffffff, needs);
        }
        if (!defined.isEmpty()) {
            at = dynamic(at, 0x6ffffffc, ADDRESS + DEFINED);
            dynamic(at, 0x6ffffffd, defined.size());
        }
        return bytes;
    }

    private void segment(int at, int type, int offset, int size) {
        boolean wide = machine.wide();
        LittleEndian.put32(bytes, at, type);
        word(at + (wide ? 8 : 4), offset);
        word(at + (wide ? 16 : 8), ADDRESS + offset);
        word(at + (wide ? 32 : 16), size);
    }

    private int writeNeeded() {
        if (needed.isEmpty()) {
            return 0;
        }
        int half = (needed.size() + 1) / 2;
        int second = NEEDED + 16 + half * 16;
        int files = needed.size() > half ? 2 : 1;
        need(NEEDED, needed.subList(0, half), files == 2 ? second - NEEDED : 0);
        if (files == 2) {
            need(second, needed.subList(half, needed.size()), 0);
        }
        return files;
    }

    private void need(int at, List<String> versions, int next) {
        LittleEndian.put16(bytes, at, 1);
        LittleEndian.put16(bytes, at + 2, versions.size());
        LittleEndian.put32(bytes, at + 4, string("libc.so.6"));
        LittleEndian.put32(bytes, at + 8, 16);
        LittleEndian.put32(bytes, at + 12, next);
        for (int i = 0; i < versions.size(); i++) {
            int aux = at + 16 + i * 16;
            LittleEndian.put32(bytes, aux + 8, string(versions.get(i)));
            LittleEndian.put32(bytes, aux + 12, i + 1 < versions.size() ? 16 : 0);
        }
    }

    private void writeDefined() {
        for (int i = 0; i < defined.size(); i++) {
            int at = DEFINED + i * 28;
            LittleEndian.put16(bytes, at, 1);
            LittleEndian.put16(bytes, at + 6, 1);
            LittleEndian.put32(bytes, at + 12, 20);
            LittleEndian.put32(bytes, at + 16, i + 1 < defined.size() ? 28 : 0);
            LittleEndian.put32(bytes, at + 20, string(defined.get(i)));
        }
    }

    private int dynamic(int at, int tag, int value) {
        int width = machine.wide() ? 8 : 4;
        word(at, tag);
        word(at + width, value);
        return at + 2 * width;
    }

    private int string(String text) {
        byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
        int at = stringsEnd;
        System.arraycopy(ascii, 0, bytes, STRINGS + at, ascii.length);
        stringsEnd += ascii.length + 1;
        return at;
    }

    private void word(int at, int value) {
        if (machine.wide()) {
            LittleEndian.put64(bytes, at, value);
        } else {
            LittleEndian.put32(bytes, at, value);
        }
    }
}
