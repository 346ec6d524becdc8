package dev.kerr.gpu;

import dev.kerr.bytes.LittleEndian;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// An `ld.so.cache` made byte by byte.
final class MadeCache {
    private final List<Line> lines = new ArrayList<>();

    private record Line(String soname, String path, int flags, long hwcap) {}

    MadeCache add(String soname, String path, Machine machine) {
        return add(soname, path, machine.cacheFlags(), 0);
    }

    MadeCache add(String soname, String path, int flags, long hwcap) {
        lines.add(new Line(soname, path, flags, hwcap));
        return this;
    }

    /// The format of today, with an extension: the name of who made it.
    byte[] bytes() {
        var strings = new ByteArrayOutputStream();
        int stringsAt = 48 + lines.size() * 24;
        byte[] entries = new byte[lines.size() * 24];
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            LittleEndian.put32(entries, i * 24, line.flags());
            LittleEndian.put32(entries, i * 24 + 4, stringsAt + strings.size());
            strings.writeBytes(text(line.soname() + "\0"));
            LittleEndian.put32(entries, i * 24 + 8, stringsAt + strings.size());
            strings.writeBytes(text(line.path() + "\0"));
            LittleEndian.put64(entries, i * 24 + 16, line.hwcap());
        }
        byte[] header = new byte[48];
        System.arraycopy(text("glibc-ld.so.cache1.1"), 0, header, 0, 20);
        LittleEndian.put32(header, 20, lines.size());
        LittleEndian.put32(header, 24, strings.size());
        header[28] = 2;
        int extension = (stringsAt + strings.size() + 3) & ~3;
        LittleEndian.put32(header, 32, extension);
        byte[] extensions = new byte[24 + 8];
        LittleEndian.put32(extensions, 0, 0xeaa42174);
        LittleEndian.put32(extensions, 4, 1);
        LittleEndian.put32(extensions, 16, extension + 24);
        LittleEndian.put32(extensions, 20, 8);
        System.arraycopy(text("the test"), 0, extensions, 24, 8);
        var all = new ByteArrayOutputStream();
        all.writeBytes(header);
        all.writeBytes(entries);
        all.writeBytes(strings.toByteArray());
        all.writeBytes(new byte[extension - all.size()]);
        all.writeBytes(extensions);
        return all.toByteArray();
    }

    /// The format until glibc 2.31, with that of before in front.
    byte[] bytesBehindOldOnes() {
        byte[] old = new byte[16 + 3 * 12 + 4];
        System.arraycopy(text("ld.so-1.7.0"), 0, old, 0, 11);
        LittleEndian.put32(old, 12, 3);
        var all = new ByteArrayOutputStream();
        all.writeBytes(old);
        byte[] bytes = bytes();
        int extension = LittleEndian.i32(bytes, 32);
        LittleEndian.put32(bytes, 32, extension + old.length);
        LittleEndian.put32(bytes, extension + 16, extension + 24 + old.length);
        all.writeBytes(bytes);
        return all.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
