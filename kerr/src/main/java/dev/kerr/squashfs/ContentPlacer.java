package dev.kerr.squashfs;

import dev.kerr.squashfs.Entry.RegularFile;
import dev.kerr.squashfs.FragmentBlocks.Place;
import dev.kerr.squashfs.SmallFiles.SmallFile;
import dev.kerr.squashfs.Workbench.Fingerprint;
import dev.kerr.squashfs.Workbench.PackedBlock;
import dev.kerr.squashfs.WriterSettings.Progress;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes contents that have been packed, each only once however many files have it.
///
/// The blocks of a large file are written as they come. Once its end has come, and with it the key of its content, they
/// are given up again if another file has the same.
final class ContentPlacer {
    /// The list of their sizes has to fit into an array, and into memory.
    static final int MOST_BLOCKS = 1 << 28;

    private static final byte[] HOLE = {0};

    private final int blockSize;
    private final Output output;
    private final FragmentBlocks fragments;
    private final BufferPool buffers;
    private final Progress progress;
    private final Map<ContentKey, Known> known = new HashMap<>();

    // The large file whose blocks are coming.
    private final MessageDigest digest = Workbench.sha256();
    private int[] blockSizes = new int[16];
    private int blocks;
    private long start;
    private long holeBytes;
    private Optional<PackedBlock> tail = Optional.empty();

    private long reported;

    ContentPlacer(WriterSettings settings, Output output, FragmentBlocks fragments, BufferPool buffers) {
        this.blockSize = settings.blockSize();
        this.output = output;
        this.fragments = fragments;
        this.buffers = buffers;
        this.progress = settings.progress();
    }

    /// A content that has been written, and the first file that had it.
    private record Known(RegularFile file, Placement placement) {}

    void place(Step step) throws IOException {
        long read = switch (step) {
            case Step.Block(var result) -> placeBlock(PackingThreads.result(result));
            case Step.Tail(var result) -> keepTail(PackingThreads.result(result));
            case Step.Hole(long bytes) -> placeHole(bytes);
            case Step.End(var node, var file) -> placeEnd(node, file);
            case Step.Small(var files, var result) -> placeSmall(files, PackingThreads.result(result));
        };
        report(read);
    }

    private void report(long bytesRead) {
        progress.advanced(bytesRead, output.written() - reported);
        reported = output.written();
    }

    private long placeBlock(PackedBlock block) throws IOException {
        digest.update(mark(block));
        if (block.size() == 0) {
            holeBytes += block.length();
            addSize(0);
        } else {
            if (start == 0) {
                start = output.position();
            }
            output.append(block.bytes(), block.size());
            addSize(block.encodedSize());
        }
        buffers.release(block.bytes());
        return block.length();
    }

    private long keepTail(PackedBlock block) throws IOException {
        if (block.size() == 0) {
            return placeBlock(block);
        }
        digest.update(mark(block));
        tail = Optional.of(block);
        return block.length();
    }

    /// The fingerprint of a block, which a hole has too here.
    private static byte[] mark(PackedBlock block) {
        return block.size() == 0 ? HOLE : block.fingerprint();
    }

    private long placeHole(long bytes) {
        for (long at = 0; at < bytes; at += blockSize) {
            digest.update(HOLE);
            addSize(0);
        }
        holeBytes += bytes;
        return bytes;
    }

    private void addSize(int encoded) {
        if (blocks == blockSizes.length) {
            blockSizes = Arrays.copyOf(blockSizes, blocks * 2);
        }
        blockSizes[blocks++] = encoded;
    }

    private long placeEnd(TreeNode node, RegularFile file) throws IOException {
        var key = ContentKey.of(file.size(), Fingerprint.of(file.content()), digest.digest());
        Known earlier = known.get(key);
        if (earlier != null && (key.kind() == Fingerprint.STRONG || SameContent.areSame(earlier.file, file))) {
            node.placement = earlier.placement;
            if (start > 0) {
                output.moveTo(start);
            }
        } else {
            node.placement = placeNew(file.path());
            known.putIfAbsent(key, new Known(file, node.placement));
        }
        tail.ifPresent(block -> buffers.release(block.bytes()));
        tail = Optional.empty();
        blocks = 0;
        start = 0;
        holeBytes = 0;
        return 0;
    }

    private Placement placeNew(String path) throws IOException {
        int[] sizes = Arrays.copyOf(blockSizes, blocks);
        if (tail.isEmpty()) {
            return new Placement(start, sizes, holeBytes, Placement.NO_FRAGMENT, 0);
        }
        Place place = fragments.add(path, tail.get().bytes(), 0, tail.get().length());
        return new Placement(start, sizes, holeBytes, place.fragment(), place.offset());
    }

    private long placeSmall(SmallFiles files, List<ContentKey> keys) throws IOException {
        long read = 0;
        for (int i = 0; i < keys.size(); i++) {
            SmallFile small = files.files().get(i);
            small.node().placement = placeSmall(small, files.buffer(), keys.get(i));
            read += small.length();
        }
        buffers.release(files.buffer());
        return read;
    }

    private Placement placeSmall(SmallFile small, byte[] buffer, ContentKey key) throws IOException {
        Known earlier = known.get(key);
        if (earlier != null
                && (key.kind() == Fingerprint.STRONG
                        || SameContent.is(earlier.file, buffer, small.at(), small.length()))) {
            return earlier.placement;
        }
        Place place = fragments.add(small.file().path(), buffer, small.at(), small.length());
        var placement = new Placement(0, Placement.EMPTY.blockSizes(), 0, place.fragment(), place.offset());
        known.putIfAbsent(key, new Known(small.file(), placement));
        return placement;
    }

    /// Writes all that has been placed.
    void finish() throws IOException {
        fragments.finish();
        report(0);
    }
}
