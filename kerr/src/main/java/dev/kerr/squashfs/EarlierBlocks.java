package dev.kerr.squashfs;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.compress.CompressionSetting;
import dev.kerr.squashfs.Inode.RegularFile;
import dev.kerr.squashfs.Workbench.PackedBlock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The data blocks of a file system that this writer made before, with the same settings, of much the same files.
///
/// Who writes the files again takes a block from there if its content is still that: to unpack and compare it takes a
/// fifth of the time that packing it takes, and what is written is the same. Files are known by their paths.
public final class EarlierBlocks implements AutoCloseable {
    /// No file system.
    public static final EarlierBlocks NONE = new EarlierBlocks(Optional.empty(), Map.of());

    private final Optional<Image> image;
    private final Map<String, RegularFile> files;

    /// @param files those with blocks of their own, and those whose end is the first in a block that ends share
    private EarlierBlocks(Optional<Image> image, Map<String, RegularFile> files) {
        this.image = image;
        this.files = files;
    }

    /// Opens a file system, which is from the start of a file on.
    ///
    /// @return no blocks if it was packed in another way than `settings` say, is damaged or cannot be read
    public static EarlierBlocks open(Path file, WriterSettings settings) {
        try {
            Image image = Image.open(file);
            try {
                if (image.isPackedAs(settings)) {
                    return new EarlierBlocks(Optional.of(image), image.filesOfUse());
                }
            } catch (IOException damaged) {
                image.close();
                throw damaged;
            }
            image.close();
            return NONE;
        } catch (IOException unusable) {
            return NONE;
        }
    }

    private record Image(FileChannel channel, SquashfsReader reader, ByteRegion bytes) {
        static Image open(Path file) throws IOException {
            FileChannel channel = FileChannel.open(file);
            try {
                var reader = SquashfsReader.open(channel, 0, channel.size());
                return new Image(
                        channel,
                        reader,
                        new ByteRegion(channel, 0, reader.superblock().bytesUsed()));
            } catch (IOException unusable) {
                channel.close();
                throw unusable;
            }
        }

        boolean isPackedAs(WriterSettings settings) throws IOException {
            Superblock superblock = reader.superblock();
            byte[] options = CompressorOptions.of(settings.compression());
            byte[] present = new byte[options.length];
            bytes.read(Superblock.SIZE, present, present.length, "compressor options");
            boolean hasOptions = (superblock.flags() & Superblock.HAS_OPTIONS) != 0;
            return !(settings.compression() instanceof CompressionSetting.None)
                    && superblock.compression() == TableWriter.compression(settings)
                    && superblock.blockSize() == settings.blockSize()
                    && hasOptions == options.length > 0
                    && Arrays.equals(options, present);
        }

        Map<String, RegularFile> filesOfUse() throws IOException {
            Map<String, RegularFile> files = new HashMap<>();
            TreeWalk walk = reader.walk(reader.root());
            for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                if (entry.get().inode() instanceof RegularFile file
                        && (file.content().blockCount() > 0 || isFirstOfFragment(file))) {
                    files.put(entry.get().path(), file);
                }
            }
            return files;
        }

        static boolean isFirstOfFragment(RegularFile file) {
            return file.content().fragment().isPresent() && file.content().fragmentOffset() == 0;
        }

        EarlierBlock fragment(RegularFile file) throws IOException {
            var packed = reader.fragment(file.content().fragment().orElseThrow());
            return new EarlierBlock(bytes, packed.at(), packed.size(), packed.isStored());
        }

        void close() throws IOException {
            reader.close();
            channel.close();
        }
    }

    /// A block as it is packed; any thread may read it.
    ///
    /// @param bytes of the file system
    /// @param at its first byte
    /// @param size in bytes
    /// @param isStored whether its content is there as it is
    record EarlierBlock(ByteRegion bytes, long at, int size, boolean isStored) {
        void read(byte[] into) throws IOException {
            bytes.read(at, into, size, "data block");
        }
    }

    /// The blocks of the file with this path, from the first on; for one thread.
    Blocks of(String path) {
        RegularFile file = files.get(path);
        try {
            return file == null || image.isEmpty()
                    ? new Blocks(Optional.empty())
                    : new Blocks(Optional.of(new Cursor(image.get(), file)));
        } catch (IOException damaged) {
            return new Blocks(Optional.empty());
        }
    }

    /// The block that ends of files share whose first is that of the file with this path; empty if there is none. For
    /// one
    /// thread.
    Optional<EarlierBlock> sharedFrom(String path) {
        RegularFile file = files.get(path);
        try {
            return file == null || image.isEmpty() || !Image.isFirstOfFragment(file)
                    ? Optional.empty()
                    : Optional.of(image.get().fragment(file));
        } catch (IOException damaged) {
            return Optional.empty();
        }
    }

    /// The blocks of a file, one after the other; none behind the last, or where the file system is damaged.
    static final class Blocks {
        private Optional<Cursor> cursor;

        private Blocks(Optional<Cursor> cursor) {
            this.cursor = cursor;
        }

        /// The next block; empty where there is none, or a hole.
        Optional<EarlierBlock> next() {
            try {
                return cursor.isEmpty() ? Optional.empty() : cursor.get().next();
            } catch (IOException damaged) {
                cursor = Optional.empty();
                return Optional.empty();
            }
        }

        /// Steps over blocks.
        void skip(long count) {
            for (long i = 0; i < count && cursor.isPresent(); i++) {
                next();
            }
        }
    }

    private static final class Cursor {
        private final ByteRegion bytes;
        private final MetadataCursor sizes;
        private long left;
        private long at;

        Cursor(Image image, RegularFile file) throws IOException {
            this.bytes = image.bytes;
            this.sizes = image.reader.blockSizes(file);
            this.left = file.content().blockCount();
            this.at = file.content().start();
        }

        Optional<EarlierBlock> next() throws IOException {
            if (left == 0) {
                return Optional.empty();
            }
            left--;
            int encoded = sizes.i32();
            int size = encoded & ~PackedBlock.STORED;
            var block = new EarlierBlock(bytes, at, size, (encoded & PackedBlock.STORED) != 0);
            at += size;
            return size > 0 ? Optional.of(block) : Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        if (image.isPresent()) {
            image.get().close();
        }
    }
}
