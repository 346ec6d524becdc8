package dev.kerr.tar;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.bytes.FormatException;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import dev.kerr.tar.TarHeader.Field;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads an archive entry by entry, each content before the next entry.
///
/// Understands ustar, pax, GNU, star and the old format without a magic. Memory is bounded: [#LONGEST_EXTENSION] for
/// names and records, and a sparse map of a million regions. An archive may end without the blocks of zeros that mark
/// its end, as some are written; within an entry it may not. What lies behind the end is not read.
///
/// What is wrong with an archive is a [FormatException] that names the entry; offsets are bytes of the archive.
///
/// **Source:** POSIX.1-2017 `pax`; GNU tar manual, "Basic Tar Format" and "Storing Sparse Files"; Go `archive/tar`,
/// whose answer is taken where the others leave a choice, since it has read every image there is.
public final class TarReader {
    /// Bytes of a long name or of an extended header at most, as in Go.
    static final int LONGEST_EXTENSION = 1 << 20;

    private final TarInput input;
    private PaxRecords global = PaxRecords.none();

    private SparseMap content = SparseMap.whole(0);
    private int region;
    private long contentPosition;
    private long storedLeft;
    private long padding;

    /// @param stream stays the caller's; it should be buffered
    public TarReader(InputStream stream) {
        this.input = new TarInput(stream);
    }

    /// What headers say of the entry behind them.
    private static final class Extensions {
        Optional<String> name = Optional.empty();
        Optional<String> target = Optional.empty();
        PaxRecords records;
        boolean areThere;

        Extensions(PaxRecords global) {
            this.records = global;
        }
    }

    /// The next entry; empty after the last. What is left of the content of the one before is passed over.
    ///
    /// @throws FormatException if the archive is malformed
    public Optional<TarEntry> next() throws IOException {
        skipContent();
        var extensions = new Extensions(global);
        while (true) {
            Optional<TarHeader> header = readHeader();
            if (header.isEmpty()) {
                if (extensions.areThere) {
                    throw new FormatException("tar archive ends behind an extended header", input.position());
                }
                return Optional.empty();
            }
            if (!isExtension(header.get(), extensions)) {
                return Optional.of(entry(header.get(), extensions));
            }
        }
    }

    private void skipContent() throws IOException {
        input.skip(storedLeft + padding);
        storedLeft = 0;
        padding = 0;
    }

    private Optional<TarHeader> readHeader() throws IOException {
        byte[] block = new byte[TarHeader.SIZE];
        long offset = input.position();
        if (!input.readBlock(block)) {
            return Optional.empty();
        }
        if (!TarHeader.isZero(block)) {
            return Optional.of(TarHeader.decode(block, offset));
        }
        if (input.readBlock(block) && !TarHeader.isZero(block)) {
            throw new FormatException("tar archive goes on behind a block of zeros", offset);
        }
        return Optional.empty();
    }

    private boolean isExtension(TarHeader header, Extensions extensions) throws IOException {
        switch (header.type()) {
            case 'x' -> extensions.records = global.with(extension(header), header.offset());
            case 'g' -> {
                global = global.with(extension(header), header.offset());
                global.checkGlobal();
                extensions.records = global;
                return true;
            }
            case 'L' -> extensions.name = Optional.of(longText(header));
            case 'K' -> extensions.target = Optional.of(longText(header));
            default -> {
                return false;
            }
        }
        extensions.areThere = true;
        return true;
    }

    private byte[] extension(TarHeader header) throws IOException {
        long size = header.number(TarHeader.BYTES);
        if (size < 0 || size > LONGEST_EXTENSION) {
            throw new FormatException("tar extension of " + size + " bytes", header.offset());
        }
        return input.readPadded((int) size);
    }

    private String longText(TarHeader header) throws IOException {
        byte[] bytes = extension(header);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return ByteStrings.of(bytes, 0, length);
    }

    private TarEntry entry(TarHeader header, Extensions extensions) throws IOException {
        PaxRecords records = extensions.records;
        String headerName = extensions.name.orElseGet(header::name);
        try {
            Optional<String> sparseName = records.text("GNU.sparse.name");
            String name = sparseName.isPresent()
                    ? sparseName.get()
                    : records.text("path").orElse(headerName);
            long size = orElse(records.number("size"), header, TarHeader.BYTES);
            var attributes = new Attributes(
                    (int) header.number(TarHeader.MODE) & 07777,
                    id(records.number("uid"), header, TarHeader.UID),
                    id(records.number("gid"), header, TarHeader.GID),
                    orElse(records.seconds("mtime"), header, TarHeader.MODIFIED),
                    records.xattrs());
            return new TarEntry(name, kind(header, extensions, name.endsWith("/"), size), attributes);
        } catch (FormatException e) {
            var named = new FormatException(ByteStrings.printable(headerName) + ": " + e.problem(), e.offset());
            named.initCause(e);
            throw named;
        }
    }

    private static long orElse(OptionalLong record, TarHeader header, Field field) throws FormatException {
        return record.isPresent() ? record.getAsLong() : header.number(field);
    }

    private static long id(OptionalLong record, TarHeader header, Field field) throws FormatException {
        long id = orElse(record, header, field);
        if (id < 0 || id > Attributes.MOST_ID) {
            throw new FormatException("no such " + field.name() + ": " + id, header.offset());
        }
        return id;
    }

    private Kind kind(TarHeader header, Extensions extensions, boolean isSlashed, long size) throws IOException {
        // What old formats have as a regular file is a directory if its name says so.
        char type = isSlashed && (header.type() == '0' || header.type() == 0) ? '5' : header.type();
        return switch (type) {
            case '0', 0, '7', 'S' -> file(header, extensions.records, size);
            // Old programs give a hard link the size of its file, without a content.
            case '1' -> new Kind.HardLink(target(header, extensions));
            case '2' -> empty(new Kind.Symlink(target(header, extensions)), header, size);
            case '3' ->
                empty(
                        new Kind.CharacterDevice(device(header, TarHeader.MAJOR), device(header, TarHeader.MINOR)),
                        header,
                        size);
            case '4' ->
                empty(
                        new Kind.BlockDevice(device(header, TarHeader.MAJOR), device(header, TarHeader.MINOR)),
                        header,
                        size);
            case '5' -> empty(new Kind.Directory(), header, size);
            case '6' -> empty(new Kind.Fifo(), header, size);
            default -> throw new FormatException("unknown type of entry " + typeText(type), header.offset());
        };
    }

    private static String typeText(char type) {
        return type > ' ' && type < 0x7f ? "'" + type + "'" : "" + (int) type;
    }

    /// Programs do not agree on whether a content follows; so there must be none.
    private static Kind empty(Kind kind, TarHeader header, long size) throws FormatException {
        if (size != 0) {
            throw new FormatException("what is no file has " + size + " bytes", header.offset());
        }
        return kind;
    }

    private static String target(TarHeader header, Extensions extensions) throws FormatException {
        Optional<String> record = extensions.records.text("linkpath");
        return record.isPresent() ? record.get() : extensions.target.orElseGet(() -> header.text(TarHeader.TARGET));
    }

    private static long device(TarHeader header, Field field) throws FormatException {
        long number = header.number(field);
        if (number < 0) {
            throw new FormatException("negative " + field.name(), header.offset());
        }
        return number;
    }

    private Kind file(TarHeader header, PaxRecords records, long size) throws IOException {
        if (size < 0 || size > Long.MAX_VALUE - TarHeader.SIZE) {
            throw new FormatException("file of " + size + " bytes", header.offset());
        }
        long start = input.position();
        if (header.type() == 'S') {
            content = SparseMap.ofHeader(header, input);
            // The blocks with the map are no part of the size.
            start = input.position();
        } else {
            content = sparseMap(header, records, size);
        }
        storedLeft = size - (input.position() - start);
        if (content.storedBytes() != storedLeft) {
            throw new FormatException("sparse map does not fit the size", header.offset());
        }
        padding = TarInput.padding(size);
        contentPosition = 0;
        region = 0;
        return new Kind.File(content.fileSize());
    }

    private SparseMap sparseMap(TarHeader header, PaxRecords records, long size) throws IOException {
        Optional<String> map = records.text(SparseMap.MAP);
        if (map.isPresent()) {
            return SparseMap.ofRecord(map.get(), realSize(records, "GNU.sparse.size", header), header.offset());
        }
        if (records.number("GNU.sparse.major").isEmpty()) {
            return SparseMap.whole(size);
        }
        if (records.number("GNU.sparse.major").getAsLong() != 1
                || records.number("GNU.sparse.minor").orElse(0) != 0) {
            throw new FormatException("unknown kind of sparse file", header.offset());
        }
        return SparseMap.ofContent(input, realSize(records, "GNU.sparse.realsize", header), header.offset());
    }

    private static long realSize(PaxRecords records, String key, TarHeader header) throws FormatException {
        OptionalLong size = records.number(key);
        if (size.isEmpty()) {
            throw new FormatException("sparse file without " + key, header.offset());
        }
        return size.getAsLong();
    }

    /// Reads of the content of the current entry: at least one byte, and up to `length`.
    ///
    /// @return the bytes read, or -1 at the end of the content
    public int read(byte[] into, int from, int length) throws IOException {
        long hole = holeBytes();
        if (hole > 0) {
            int zeros = (int) Math.min(hole, length);
            Arrays.fill(into, from, from + zeros, (byte) 0);
            contentPosition += zeros;
            return zeros;
        }
        if (contentPosition == content.fileSize()) {
            return -1;
        }
        long left = content.start(region) + content.size(region) - contentPosition;
        int count = input.read(into, from, (int) Math.min(left, length));
        contentPosition += count;
        storedLeft -= count;
        return count;
    }

    /// Passes over zeros of the current content that are a hole.
    ///
    /// @return the bytes passed over, a multiple of `unit` or `most`
    public long skipZeros(long most, int unit) {
        long hole = holeBytes();
        long zeros = hole >= most ? most : hole - hole % unit;
        contentPosition += zeros;
        return zeros;
    }

    /// Bytes from here to the next stored one.
    private long holeBytes() {
        while (region < content.regions() && contentPosition == content.start(region) + content.size(region)) {
            region++;
        }
        long next = region < content.regions() ? content.start(region) : content.fileSize();
        return Math.max(0, next - contentPosition);
    }
}
