package dev.kerr.tar;

import dev.kerr.bytes.ByteStrings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/// An archive made block by block, so that each of its bytes can be wrong.
public final class ForgedTar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// A header with a right checksum and what is wrong with it.
    ///
    /// @param change what is done to the block before the checksum is put in
    public ForgedTar header(char type, String name, long size, Consumer<byte[]> change) {
        byte[] block = new byte[512];
        put(block, 0, name.substring(0, Math.min(100, name.length())));
        put(block, 100, "0000644\0" + "0000000\0" + "0000000\0" + String.format("%011o\0", size) + "00000000000\0");
        block[156] = (byte) type;
        put(block, 257, "ustar\00000");
        change.accept(block);
        if (block[148] == 0) {
            put(block, 148, String.format("%06o\0 ", sum(block)));
        }
        out.writeBytes(block);
        return this;
    }

    /// The same without a change.
    public ForgedTar header(char type, String name, long size) {
        return header(type, name, size, block -> {});
    }

    /// An entry with its content.
    public ForgedTar entry(char type, String name, String content) {
        return header(type, name, content.length()).content(content);
    }

    /// A link.
    public ForgedTar link(char type, String name, String target) {
        return header(type, name, 0, block -> put(block, 157, target));
    }

    /// A content, padded.
    public ForgedTar content(String content) {
        out.writeBytes(ByteStrings.bytes(content));
        out.writeBytes(new byte[-content.length() & 511]);
        return this;
    }

    /// An extended header for the next entry.
    ///
    /// @param records keys and values in turn
    public ForgedTar pax(String... records) {
        var text = new StringBuilder();
        for (int i = 0; i < records.length; i += 2) {
            text.append(record(records[i], records[i + 1]));
        }
        return entry('x', "PaxHeaders/x", text.toString());
    }

    /// A record of an extended header.
    public static String record(String key, String value) {
        int rest = key.length() + value.length() + 3;
        int length = rest + 1;
        while (rest + Integer.toString(length).length() != length) {
            length++;
        }
        return length + " " + key + "=" + value + "\n";
    }

    /// What marks the end.
    public ForgedTar end() {
        out.writeBytes(new byte[1024]);
        return this;
    }

    /// Any bytes.
    public ForgedTar raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /// The archive so far.
    public byte[] bytes() {
        return out.toByteArray();
    }

    /// Puts a byte string into a block.
    public static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static int sum(byte[] block) {
        byte[] copy = block.clone();
        Arrays.fill(copy, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : copy) {
            sum += b & 0xff;
        }
        return sum;
    }
}
