package dev.kerr.tar;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import dev.kerr.tar.TarHeader.Field;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes an archive: ustar, and in front of an entry for which that has no room a pax header with what is missing.
///
/// The same entries make the same bytes: there is nothing in an archive that was not given, no name of a user, no time
/// of the day.
///
/// **Source:** POSIX.1-2017 `pax`; offsets in [TarHeader].
public final class TarWriter {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int END_BLOCKS = 2;
    private static final byte[] MAGIC = "ustar\00000".getBytes(StandardCharsets.US_ASCII);

    /// Of headers that are none of the files': as Go and GNU tar call them.
    private static final String EXTENSION_NAME = "PaxHeaders/";

    private static final Attributes EXTENSION_ATTRIBUTES = new Attributes(0644, 0, 0, 0);

    private final OutputStream out;

    /// @param out stays the caller's; it should be buffered
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /// Writes an entry that has no content.
    public void add(TarEntry entry) throws IOException {
        add(entry, InputStream.nullInputStream());
    }

    /// Writes an entry.
    ///
    /// @param content of a file, of which its size is read; what is behind that, and the content of others, is not
    /// @throws EOFException if the content is shorter
    public void add(TarEntry entry, InputStream content) throws IOException {
        var records = new Records();
        byte[] header = header(entry, records);
        if (records.bytes.size() > 0) {
            addExtension(entry.name(), records.bytes.toByteArray());
        }
        out.write(header);
        if (entry.kind() instanceof Kind.File(long size)) {
            copy(content, size, entry.name());
            out.write(new byte[(int) TarInput.padding(size)]);
        }
    }

    /// Writes the mark of the end. The stream is not closed.
    public void finish() throws IOException {
        out.write(new byte[END_BLOCKS * TarHeader.SIZE]);
    }

    private void addExtension(String name, byte[] records) throws IOException {
        byte[] header = new byte[TarHeader.SIZE];
        String last = name.substring(name.lastIndexOf('/', name.length() - 2) + 1);
        int room = TarHeader.NAME.length() - EXTENSION_NAME.length();
        put(EXTENSION_NAME + last.substring(0, Math.min(room, last.length())), header, TarHeader.NAME);
        finishHeader(header, 'x', EXTENSION_ATTRIBUTES, records.length);
        out.write(header);
        out.write(records);
        out.write(new byte[(int) TarInput.padding(records.length)]);
    }

    private void copy(InputStream content, long size, String name) throws IOException {
        byte[] buffer = new byte[(int) Math.min(size, BUFFER_BYTES)];
        for (long left = size; left > 0; ) {
            int count = content.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new EOFException(ByteStrings.printable(name) + " is shorter than its " + size + " bytes");
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    /// The header of an entry; what it has no room for becomes a record.
    private static byte[] header(TarEntry entry, Records records) {
        byte[] header = new byte[TarHeader.SIZE];
        Attributes attributes = entry.attributes();
        putName(entry.name(), header, records);
        switch (entry.kind()) {
            case Kind.HardLink(String target) -> putTarget(target, header, records);
            case Kind.Symlink(String target) -> putTarget(target, header, records);
            case Kind.CharacterDevice(long major, long minor) -> putDevice(major, minor, header);
            case Kind.BlockDevice(long major, long minor) -> putDevice(major, minor, header);
            case Kind.File _, Kind.Directory _, Kind.Fifo _ -> {}
        }
        long size = entry.kind() instanceof Kind.File(long bytes) ? bytes : 0;
        var fitting = new Attributes(
                attributes.permissions(),
                records.fitting(attributes.uid(), TarHeader.UID, "uid"),
                records.fitting(attributes.gid(), TarHeader.GID, "gid"),
                records.fitting(attributes.modifiedSeconds(), TarHeader.MODIFIED, "mtime"));
        attributes.xattrs().forEach((name, value) -> records.add(PaxRecords.xattrKey(name), value));
        finishHeader(header, type(entry.kind()), fitting, records.fitting(size, TarHeader.BYTES, "size"));
        return header;
    }

    private static char type(Kind kind) {
        return switch (kind) {
            case Kind.File _ -> '0';
            case Kind.HardLink _ -> '1';
            case Kind.Symlink _ -> '2';
            case Kind.CharacterDevice _ -> '3';
            case Kind.BlockDevice _ -> '4';
            case Kind.Directory _ -> '5';
            case Kind.Fifo _ -> '6';
        };
    }

    private static void putName(String name, byte[] header, Records records) {
        if (name.length() <= TarHeader.NAME.length()) {
            put(name, header, TarHeader.NAME);
            return;
        }
        // The first slash behind which the rest fits: the prefix is as short as can be.
        int slash = name.indexOf('/', name.length() - TarHeader.NAME.length() - 1);
        if (slash > 0 && slash <= TarHeader.PREFIX.length() && slash < name.length() - 1) {
            put(name.substring(0, slash), header, TarHeader.PREFIX);
            put(name.substring(slash + 1), header, TarHeader.NAME);
            return;
        }
        records.add("path", ByteStrings.bytes(name));
        put(name.substring(0, TarHeader.NAME.length()), header, TarHeader.NAME);
    }

    private static void putTarget(String target, byte[] header, Records records) {
        int room = TarHeader.TARGET.length();
        if (target.length() > room) {
            records.add("linkpath", ByteStrings.bytes(target));
        }
        put(target.substring(0, Math.min(room, target.length())), header, TarHeader.TARGET);
    }

    private static void putDevice(long major, long minor, byte[] header) {
        if (!TarNumber.fits(major, TarHeader.MAJOR) || !TarNumber.fits(minor, TarHeader.MINOR)) {
            throw new IllegalArgumentException("device " + major + ":" + minor);
        }
        TarNumber.encode(major, header, TarHeader.MAJOR);
        TarNumber.encode(minor, header, TarHeader.MINOR);
    }

    private static void put(String text, byte[] header, Field field) {
        byte[] bytes = ByteStrings.bytes(text);
        System.arraycopy(bytes, 0, header, field.at(), bytes.length);
    }

    private static void finishHeader(byte[] header, char type, Attributes attributes, long size) {
        TarNumber.encode(attributes.permissions(), header, TarHeader.MODE);
        TarNumber.encode(attributes.uid(), header, TarHeader.UID);
        TarNumber.encode(attributes.gid(), header, TarHeader.GID);
        TarNumber.encode(size, header, TarHeader.BYTES);
        TarNumber.encode(attributes.modifiedSeconds(), header, TarHeader.MODIFIED);
        header[TarHeader.TYPE.at()] = (byte) type;
        System.arraycopy(MAGIC, 0, header, TarHeader.MAGIC.at(), MAGIC.length);
        TarNumber.encode(TarHeader.sum(header, 0xff), header, TarHeader.CHECKSUM);
    }

    /// Records of a pax header.
    private static final class Records {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        /// `value`, or 0 and a record with it where the field has no room.
        long fitting(long value, Field field, String key) {
            if (TarNumber.fits(value, field)) {
                return value;
            }
            add(key, ByteStrings.bytes(Long.toString(value)));
            return 0;
        }

        void add(String key, byte[] value) {
            int rest = key.length() + value.length + 3;
            int length = rest + Integer.toString(rest).length();
            // The digits count themselves, and may become one more by that.
            length = rest + Integer.toString(length).length();
            bytes.writeBytes(ByteStrings.bytes(length + " " + key + "="));
            bytes.writeBytes(value);
            bytes.write('\n');
        }
    }
}
