package dev.kerr.sif;

import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;

/// The SIF global header: the first 128 bytes of an image, little-endian.
///
/// |  at | bytes | field              |          |  at | bytes | field                |
/// |----:|------:|--------------------|----------|----:|------:|----------------------|
/// |   0 |    32 | launch script      |          |  72 |     8 | modified, Unix s     |
/// |  32 |    10 | magic `SIF_MAGIC\0`|          |  80 |     8 | free descriptors     |
/// |  42 |     3 | version `01\0`     |          |  88 |     8 | all descriptors      |
/// |  45 |     3 | architecture code  |          |  96 |     8 | descriptors' offset  |
/// |  48 |    16 | image UUID         |          | 104 |     8 | descriptors' bytes   |
/// |  64 |     8 | created, Unix s    |          | 112 | 8 + 8 | data: offset, bytes  |
///
/// Source: sylabs/sif `pkg/sif/sif.go`, type `header`.
///
/// @param launchScript the first line, which makes the file executable; at most 31 bytes, or 32 in a foreign
///     file, and may be empty
/// @param architecture of the primary partition; unknown without one
/// @param id the image's; [#NO_ID] in a reproducible image
/// @param created Unix seconds; [#NO_TIME] in a reproducible image of another program
/// @param modified Unix seconds, likewise
/// @param descriptors where the descriptor table is
/// @param dataOffset where the data objects begin
/// @param dataSize bytes from there to the end of the last object
public record SifHeader(
        String launchScript,
        Architecture architecture,
        UUID id,
        long created,
        long modified,
        Table descriptors,
        long dataOffset,
        long dataSize) {
    /// Bytes of the header.
    public static final int SIZE = 128;

    /// Bytes of the launch script.
    public static final int LAUNCH_SIZE = 32;

    /// The launch script that an image for running has.
    public static final String LAUNCH_SCRIPT = "#!/usr/bin/env run-singularity\n";

    /// The version that this program reads and writes.
    public static final String VERSION = "01";

    /// The id of an image that is to be the same bit for bit however often it is made.
    public static final UUID NO_ID = new UUID(0, 0);

    /// The time that Go calls zero, year 1: "not known" in images of programs written in it.
    public static final long NO_TIME = -62135596800L;

    /// Ours: the most descriptors a file may claim. Others write 48, or a few more than they need.
    public static final int MOST_DESCRIPTORS = 8192;

    static final int LAUNCH_AT = 0;
    static final int MAGIC_AT = 32;
    static final int VERSION_AT = 42;
    static final int ARCHITECTURE_AT = 45;
    static final int ARCHITECTURE_SIZE = 3;
    static final int ID_AT = 48;
    static final int CREATED_AT = 64;
    static final int MODIFIED_AT = 72;
    static final int DESCRIPTORS_FREE_AT = 80;
    static final int DESCRIPTORS_TOTAL_AT = 88;
    static final int DESCRIPTORS_OFFSET_AT = 96;
    static final int DESCRIPTORS_SIZE_AT = 104;
    static final int DATA_OFFSET_AT = 112;
    static final int DATA_SIZE_AT = 120;

    private static final String MAGIC = "SIF_MAGIC\0";

    /// The descriptor table.
    ///
    /// @param free slots without a descriptor
    /// @param total slots
    /// @param offset where it begins in the file
    /// @param size its bytes, as the file says; readers go by `total`
    public record Table(long free, long total, long offset, long size) {}

    /// Refuses null.
    public SifHeader {
        Objects.requireNonNull(launchScript);
        Objects.requireNonNull(architecture);
        Objects.requireNonNull(id);
        Objects.requireNonNull(descriptors);
    }

    /// Whether `start`, the first bytes of a file, are those of a SIF file of any version.
    public static boolean isSif(byte[] start) {
        return start.length >= MAGIC_AT + MAGIC.length() && matches(start, MAGIC_AT, MAGIC);
    }

    /// Decodes a header.
    ///
    /// @param bytes the first 128 of the file
    /// @param fileSize bytes of the file, which the table must lie in
    /// @throws FormatException if the magic, the version or a bound is wrong
    public static SifHeader decode(byte[] bytes, long fileSize) throws FormatException {
        if (!matches(bytes, MAGIC_AT, MAGIC)) {
            throw new FormatException("bad SIF magic", MAGIC_AT);
        }
        if (!matches(bytes, VERSION_AT, VERSION + "\0")) {
            throw new FormatException("SIF version is not " + VERSION, VERSION_AT);
        }
        return new SifHeader(
                text(bytes, LAUNCH_AT, LAUNCH_SIZE),
                Architecture.ofCode(text(bytes, ARCHITECTURE_AT, 3)),
                new UUID(
                        Long.reverseBytes(LittleEndian.i64(bytes, ID_AT)),
                        Long.reverseBytes(LittleEndian.i64(bytes, ID_AT + 8))),
                LittleEndian.i64(bytes, CREATED_AT),
                LittleEndian.i64(bytes, MODIFIED_AT),
                table(bytes, fileSize),
                notNegative(bytes, DATA_OFFSET_AT, "data offset"),
                notNegative(bytes, DATA_SIZE_AT, "data size"));
    }

    private static Table table(byte[] bytes, long fileSize) throws FormatException {
        long free = notNegative(bytes, DESCRIPTORS_FREE_AT, "number of free descriptors");
        long total = notNegative(bytes, DESCRIPTORS_TOTAL_AT, "number of descriptors");
        long offset = notNegative(bytes, DESCRIPTORS_OFFSET_AT, "descriptor offset");
        long size = notNegative(bytes, DESCRIPTORS_SIZE_AT, "descriptor size");
        if (total > MOST_DESCRIPTORS) {
            throw new FormatException(
                    "SIF claims " + total + " descriptors, more than " + MOST_DESCRIPTORS, DESCRIPTORS_TOTAL_AT);
        }
        if (free > total) {
            throw new FormatException("SIF has more free descriptors than descriptors", DESCRIPTORS_FREE_AT);
        }
        if (size < total * Descriptor.SIZE) {
            throw new FormatException("SIF descriptor size is too small for its descriptors", DESCRIPTORS_SIZE_AT);
        }
        if (offset < SIZE) {
            throw new FormatException("SIF descriptors overlap the header", DESCRIPTORS_OFFSET_AT);
        }
        if (offset > fileSize || total * Descriptor.SIZE > fileSize - offset) {
            throw new FormatException("truncated SIF: the file ends before its descriptors do", DESCRIPTORS_OFFSET_AT);
        }
        return new Table(free, total, offset, size);
    }

    private static long notNegative(byte[] bytes, int at, String field) throws FormatException {
        long value = LittleEndian.i64(bytes, at);
        if (value < 0) {
            throw new FormatException("negative SIF " + field, at);
        }
        return value;
    }

    private static boolean matches(byte[] bytes, int at, String expected) {
        for (int i = 0; i < expected.length(); i++) {
            if (bytes[at + i] != expected.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] bytes, int at, int size) {
        int length = size;
        while (length > 0 && bytes[at + length - 1] == 0) {
            length--;
        }
        return new String(bytes, at, length, StandardCharsets.ISO_8859_1);
    }

    /// Whether the image has neither id nor times, so that it is the same however often it is made.
    boolean isTimeless() {
        return id.equals(NO_ID) && created == NO_TIME && modified == NO_TIME;
    }

    /// The 128 bytes.
    byte[] encoded() {
        byte[] bytes = new byte[SIZE];
        put(bytes, LAUNCH_AT, launchScript);
        put(bytes, MAGIC_AT, MAGIC);
        put(bytes, VERSION_AT, VERSION);
        put(bytes, ARCHITECTURE_AT, architecture.code());
        LittleEndian.put64(bytes, ID_AT, Long.reverseBytes(id.getMostSignificantBits()));
        LittleEndian.put64(bytes, ID_AT + 8, Long.reverseBytes(id.getLeastSignificantBits()));
        LittleEndian.put64(bytes, CREATED_AT, created);
        LittleEndian.put64(bytes, MODIFIED_AT, modified);
        LittleEndian.put64(bytes, DESCRIPTORS_FREE_AT, descriptors.free());
        LittleEndian.put64(bytes, DESCRIPTORS_TOTAL_AT, descriptors.total());
        LittleEndian.put64(bytes, DESCRIPTORS_OFFSET_AT, descriptors.offset());
        LittleEndian.put64(bytes, DESCRIPTORS_SIZE_AT, descriptors.size());
        LittleEndian.put64(bytes, DATA_OFFSET_AT, dataOffset);
        LittleEndian.put64(bytes, DATA_SIZE_AT, dataSize);
        return bytes;
    }

    /// What signatures cover of it: launch script, magic, version and id. 61 bytes.
    ///
    /// Source: sylabs/sif `pkg/sif/sif.go`, `GetIntegrityReader` of the header.
    public byte[] signed() {
        byte[] bytes = encoded();
        byte[] covered = Arrays.copyOf(bytes, ARCHITECTURE_AT + (CREATED_AT - ID_AT));
        System.arraycopy(bytes, ID_AT, covered, ARCHITECTURE_AT, CREATED_AT - ID_AT);
        return covered;
    }

    private static void put(byte[] bytes, int at, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(encoded, 0, bytes, at, encoded.length);
    }
}
