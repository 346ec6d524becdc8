package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;

/// Makes file systems that mksquashfs never would: one stored block of inodes, one of entries, and a superblock
/// in which any field can be overwritten. Inode 1, the first, is the root.
@SuppressWarnings("ByteBufferBackingArray") // all buffers are of littleEndian
final class ForgedSquashfs {
    static final long NONE = 0xffff_ffffL;

    /// What refusing an image may take.
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final ByteArrayOutputStream inodes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private int modified;
    private byte[] inodeBlock = {};
    private byte[] entryBlock = {};
    private final ByteBuffer superblock = littleEndian(Superblock.SIZE);
    private final boolean[] set = new boolean[Superblock.SIZE];
    private byte[] xattrs = {};
    private byte[] moreInodes = {};
    private byte[] content = {};
    private byte[] fragments = {};
    private byte[] pairs = {};
    private byte[] xattrIds = {};

    static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// A root with a header for `count` entries and these names, all of one empty file.
    static ForgedSquashfs withEntries(long count, String... names) {
        var forged = new ForgedSquashfs().header(count);
        for (String name : names) {
            forged.entry(name, 32, 2);
        }
        return forged.directory(1, 0, forged.nextEntry()).file(2, 0, NONE, 0, 0);
    }

    interface Forging {
        ForgedSquashfs add(ForgedSquashfs forged);
    }

    /// A root with one entry `name` of `type`, whose inode is what `one` adds.
    static ForgedSquashfs withOne(int type, Forging one) {
        var forged = new ForgedSquashfs().header(1).entry("name", 32, type);
        return one.add(forged.directory(1, 0, forged.nextEntry()));
    }

    /// A root with one named pipe, which has the extended attributes at `index`.
    static ForgedSquashfs withXattr(int index) {
        return withOne(6, f -> f.inode(13, 2, littleEndian(8).putInt(1).putInt(index)));
    }

    /// Overwrites a field of the superblock with the low `bytes` bytes of `value`.
    ForgedSquashfs set(int at, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            superblock.put(at + i, (byte) (value >>> 8 * i));
            set[at + i] = true;
        }
        return this;
    }

    /// Puts a packed metadata block, header and all, in place of the inodes or the entries.
    ForgedSquashfs inodeBlock(byte... block) {
        inodeBlock = block.clone();
        return this;
    }

    /// Puts packed metadata blocks, headers and all, behind that of the inodes.
    ForgedSquashfs inodesBehind(byte... blocks) {
        moreInodes = blocks.clone();
        return this;
    }

    ForgedSquashfs entryBlock(byte... block) {
        entryBlock = block.clone();
        return this;
    }

    /// Puts `table` at the end, as the table of extended attributes.
    ForgedSquashfs xattrs(byte... table) {
        xattrs = table.clone();
        return this;
    }

    /// Puts `bytes` right behind the superblock: data blocks and fragment blocks at [Superblock#SIZE] and on.
    ForgedSquashfs content(byte... bytes) {
        content = bytes.clone();
        return this;
    }

    /// Adds a fragment block, with the word for its packed size.
    ForgedSquashfs fragment(long position, int size) {
        int before = fragments.length;
        fragments = littleEndian(before + 16)
                .put(fragments)
                .putLong(position)
                .putInt(size)
                .array();
        return this;
    }

    /// Puts extended attributes in: names and values in stored blocks, and one list in it, whose place is 0.
    ForgedSquashfs attributes(byte[] namesAndValues, long reference, long count) {
        pairs = namesAndValues.clone();
        xattrIds = littleEndian(16)
                .putLong(reference)
                .putInt((int) count)
                .putInt(0)
                .array();
        return this;
    }

    /// Gives the inodes to come this time.
    ForgedSquashfs modified(long seconds) {
        modified = (int) seconds;
        return this;
    }

    /// Where the next inode will be.
    int nextInode() {
        return inodes.size();
    }

    /// Where the next entry will be.
    int nextEntry() {
        return entries.size();
    }

    ForgedSquashfs inode(int type, long number, ByteBuffer rest) {
        return inode(type, 0, number, rest);
    }

    ForgedSquashfs inode(int type, int uidIndex, long number, ByteBuffer rest) {
        ByteBuffer start = littleEndian(16);
        start.putShort((short) type)
                .putShort((short) 0755)
                .putShort((short) uidIndex)
                .putShort((short) 0);
        start.putInt(modified).putInt((int) number);
        inodes.writeBytes(start.array());
        inodes.write(rest.array(), 0, rest.position());
        return this;
    }

    ForgedSquashfs directory(long number, int offset, int listingBytes) {
        return inode(
                1,
                number,
                littleEndian(16)
                        .putInt(0)
                        .putInt(2)
                        .putShort((short) (listingBytes + 3))
                        .putShort((short) offset)
                        .putInt(1));
    }

    ForgedSquashfs file(long number, long start, long fragment, long fragmentOffset, long size, int... blocks) {
        ByteBuffer rest = littleEndian(16 + 4 * blocks.length);
        rest.putInt((int) start)
                .putInt((int) fragment)
                .putInt((int) fragmentOffset)
                .putInt((int) size);
        for (int block : blocks) {
            rest.putInt(block);
        }
        return inode(2, number, rest);
    }

    ForgedSquashfs symlink(long number, long length, byte... target) {
        return inode(
                3,
                number,
                littleEndian(8 + target.length).putInt(1).putInt((int) length).put(target));
    }

    /// A header for `count` entries whose inodes are in the first block.
    ForgedSquashfs header(long count) {
        entries.writeBytes(
                littleEndian(12).putInt((int) (count - 1)).putInt(0).putInt(1).array());
        return this;
    }

    ForgedSquashfs entry(String name, int inodeOffset, int type) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer entry = littleEndian(8 + bytes.length);
        entry.putShort((short) inodeOffset).putShort((short) 1).putShort((short) type);
        entry.putShort((short) (bytes.length - 1)).put(bytes);
        entries.writeBytes(entry.array());
        return this;
    }

    /// Writes the file system to `path`, and expects one [FormatException] with `message` of who reads all of it, and
    /// soon.
    void assertRefused(Path path, String message) throws IOException {
        // Of the processor, since how long that takes is a matter of who else is there.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        try (FileChannel channel = write(path)) {
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> Images.exercise(channel, 0, channel.size()))
                    .withMessageContaining(message)
                    .withMessageContaining(" at offset ");
        }
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - start)).isLessThan(LONGEST);
    }

    FileChannel write(Path path) throws IOException {
        Files.write(path, bytes());
        return FileChannel.open(path);
    }

    private byte[] bytes() {
        var image = new ByteArrayOutputStream();
        image.writeBytes(new byte[Superblock.SIZE]);
        image.writeBytes(content);
        int inodeTable = image.size();
        image.writeBytes(inodeBlock.length > 0 ? inodeBlock : stored(inodes.toByteArray()));
        image.writeBytes(moreInodes);
        int directoryTable = image.size();
        image.writeBytes(entryBlock.length > 0 ? entryBlock : stored(entries.toByteArray()));
        int fragmentBlock = image.size();
        image.writeBytes(stored(fragments));
        int fragmentTable = image.size();
        image.writeBytes(
                fragments.length > 0 ? littleEndian(8).putLong(fragmentBlock).array() : fragments);
        int namesAndValues = image.size();
        image.writeBytes(storedBlocks(pairs));
        int xattrBlock = image.size();
        image.writeBytes(stored(xattrIds));
        int ids = image.size();
        image.writeBytes(stored(new byte[4]));
        int idTable = image.size();
        image.writeBytes(littleEndian(8).putLong(ids).array());
        int xattrTable = image.size();
        if (pairs.length > 0) {
            xattrs = littleEndian(24)
                    .putLong(namesAndValues)
                    .putInt(1)
                    .putInt(0)
                    .putLong(xattrBlock)
                    .array();
        }
        image.writeBytes(xattrs);
        byte[] bytes = image.toByteArray();
        ByteBuffer start = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        start.putInt(Superblock.MAGIC).putInt(1000).putInt(0).putInt(4096).putInt(fragments.length / 16);
        start.putShort((short) 1).putShort((short) 12).putShort((short) 0).putShort((short) 1);
        start.putShort((short) 4)
                .putShort((short) 0)
                .putLong(0)
                .putLong(bytes.length)
                .putLong(idTable);
        start.putLong(xattrs.length > 0 ? xattrTable : -1).putLong(inodeTable).putLong(directoryTable);
        start.putLong(fragments.length > 0 ? fragmentTable : -1).putLong(-1);
        for (int i = 0; i < Superblock.SIZE; i++) {
            bytes[i] = set[i] ? superblock.get(i) : bytes[i];
        }
        return bytes;
    }

    /// A metadata block that holds `bytes` as they are; nothing for none.
    static byte[] stored(byte... bytes) {
        if (bytes.length == 0) {
            return bytes;
        }
        return littleEndian(2 + bytes.length)
                .putShort((short) (0x8000 | bytes.length))
                .put(bytes)
                .array();
    }

    /// As many metadata blocks as `bytes` need, which hold them as they are.
    static byte[] storedBlocks(byte... bytes) {
        var blocks = new ByteArrayOutputStream();
        for (int at = 0; at < bytes.length; at += MetadataBlocks.BLOCK_SIZE) {
            blocks.writeBytes(
                    stored(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + MetadataBlocks.BLOCK_SIZE))));
        }
        return blocks.toByteArray();
    }

    /// A metadata block that holds `plain` as zlib packs it.
    static byte[] packed(byte[] plain) throws IOException {
        byte[] bytes = deflated(plain);
        return littleEndian(2 + bytes.length)
                .putShort((short) bytes.length)
                .put(bytes)
                .array();
    }

    /// `plain` as zlib packs it.
    static byte[] deflated(byte[] plain) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DeflaterOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }
}
