package dev.kerr.squashfs;

import dev.kerr.compress.Compression;
import dev.kerr.compress.CompressionSetting;
import dev.kerr.compress.Compressor;
import dev.kerr.squashfs.SquashfsWriter.Written;
import dev.kerr.squashfs.Superblock.Tables;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes what describes a tree once its contents have been written: inodes, directories, tables, superblock.
///
/// The inodes of what is in one directory follow each other in the order of their names, so listing it reads on.
final class TableWriter {
    private static final byte[] NO_HEADER = {};

    private final Output output;
    private final WriterSettings settings;
    private final Optional<Compressor> compressor;
    private final MetadataWriter inodes;
    private final MetadataWriter directories;
    private final XattrTableWriter xattrs;
    private final IdTableWriter ids = new IdTableWriter();

    TableWriter(Output output, WriterSettings settings, Optional<Compressor> compressor) {
        this.output = output;
        this.settings = settings;
        this.compressor = compressor;
        this.inodes = new MetadataWriter(compressor);
        this.directories = new MetadataWriter(compressor);
        this.xattrs = new XattrTableWriter(new MetadataWriter(compressor), new MetadataWriter(compressor));
    }

    /// Writes all from where the output is now, pads it, and writes the superblock.
    Written write(Tree tree, FragmentBlocks fragments) throws IOException {
        List<TreeNode> order = tree.directories();
        int inodeCount = number(order);
        encode(order, inodeCount);
        long inodeTable = inodes.writeTo(output);
        long directoryTable = directories.writeTo(output);
        var fragmentTable = new MetadataWriter(compressor);
        fragments.writeTable(fragmentTable);
        long fragmentList = fragmentTable.writeWithList(output, NO_HEADER);
        long exportList = exportTable(order, inodeCount).writeWithList(output, NO_HEADER);
        var idTable = new MetadataWriter(compressor);
        ids.writeTable(idTable);
        long idList = idTable.writeWithList(output, NO_HEADER);
        long xattrHeader = xattrs.writeTo(output);
        var tables = new Tables(idList, xattrHeader, inodeTable, directoryTable, fragmentList, exportList);
        return finish(new Superblock(
                inodeCount,
                settings.modifiedSeconds(),
                settings.blockSize(),
                fragments.count(),
                compression(settings),
                flags(),
                ids.count(),
                tree.root().reference,
                output.position(),
                tables));
    }

    /// Numbers the inodes in the order in which they will be written.
    ///
    /// @return how many there are
    private static int number(List<TreeNode> order) {
        int count = 0;
        for (TreeNode directory : order) {
            for (TreeNode child : directory.children.values()) {
                if (child.number == TreeNode.UNKNOWN) {
                    child.number = ++count;
                }
            }
        }
        order.getLast().number = ++count;
        return count;
    }

    private void encode(List<TreeNode> order, int inodeCount) throws InvalidTreeException {
        var inodeWriter = new InodeTableWriter(inodes, ids, xattrs);
        var listingWriter = new ListingWriter(directories);
        Map<TreeNode, ListingIndex> indexes = new HashMap<>();
        var none = new ListingIndex();
        for (TreeNode directory : order) {
            for (TreeNode child : directory.children.values()) {
                if (child.reference == TreeNode.UNKNOWN) {
                    ListingIndex index = indexes.remove(child);
                    inodeWriter.write(child, directory.number, index == null ? none : index);
                }
            }
            ListingIndex index = listingWriter.write(directory);
            if (index.count() > 0) {
                indexes.put(directory, index);
            }
        }
        TreeNode root = order.getLast();
        // The root is in no directory; mksquashfs gives it a parent that there is not.
        inodeWriter.write(root, inodeCount + 1L, indexes.getOrDefault(root, none));
    }

    /// The references of all inodes by number, for the NFS server.
    private MetadataWriter exportTable(List<TreeNode> order, int inodeCount) {
        long[] references = new long[inodeCount];
        for (TreeNode directory : order) {
            for (TreeNode child : directory.children.values()) {
                references[(int) child.number - 1] = child.reference;
            }
        }
        references[inodeCount - 1] = order.getLast().reference;
        var table = new MetadataWriter(compressor);
        for (long reference : references) {
            table.put64(reference);
        }
        return table;
    }

    /// The algorithm that stands in the superblock.
    static Compression compression(WriterSettings settings) {
        return switch (settings.compression()) {
            // Something has to stand there; it is what mksquashfs leaves there too.
            case CompressionSetting.None _, CompressionSetting.Gzip _ -> Compression.GZIP;
            case CompressionSetting.Zstd _ -> Compression.ZSTD;
            case CompressionSetting.Lz4 _ -> Compression.LZ4;
            case CompressionSetting.Xz _ -> Compression.XZ;
        };
    }

    private int flags() {
        int flags = Superblock.NO_DUPLICATES | Superblock.EXPORTABLE;
        if (settings.compression() instanceof CompressionSetting.None) {
            flags |= Superblock.NOTHING_COMPRESSED;
        }
        if (settings.tails() == Tails.OWN_BLOCKS) {
            flags |= Superblock.NO_FRAGMENTS;
        }
        if (settings.tails() == Tails.SHARED) {
            flags |= Superblock.ALWAYS_FRAGMENTS;
        }
        return CompressorOptions.of(settings.compression()).length > 0 ? flags | Superblock.HAS_OPTIONS : flags;
    }

    private Written finish(Superblock superblock) throws IOException {
        int excess = (int) (superblock.bytesUsed() % SquashfsWriter.PADDING);
        if (excess > 0) {
            output.append(new byte[SquashfsWriter.PADDING], SquashfsWriter.PADDING - excess);
        }
        long size = output.position();
        output.trim();
        output.moveTo(0);
        output.append(superblock.encode(), Superblock.SIZE);
        return new Written(superblock, size);
    }
}
