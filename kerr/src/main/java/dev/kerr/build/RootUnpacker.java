package dev.kerr.build;

import dev.kerr.log.ProgressBar;
import dev.kerr.squashfs.Inode;
import dev.kerr.squashfs.SquashfsReader;
import dev.kerr.squashfs.TreeUnpacker;
import dev.kerr.squashfs.UnpackSettings;
import dev.kerr.squashfs.Unpacked;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Fills a directory with the files of a SquashFS file system.
final class RootUnpacker {
    private RootUnpacker() {}

    /// Unpacks; what is there when that fails, stays.
    ///
    /// @param bar shows how far it has come
    /// @throws dev.kerr.bytes.FormatException if the file system is damaged
    static Unpacked unpack(TreeStep.Unpack unpack, Optional<ProgressBar> bar) throws IOException {
        BaseImage.Squashfs image = unpack.image();
        try (FileChannel channel = FileChannel.open(image.path())) {
            if (bar.isPresent()) {
                bar.get().expect(size(channel, image));
            }
            var settings = new UnpackSettings(
                    unpack.effort().threads(), bytes -> bar.ifPresent(shown -> shown.advance(bytes)));
            return TreeUnpacker.unpack(channel, image.offsetBytes(), image.sizeBytes(), unpack.into(), settings);
        }
    }

    /// The bytes that all files take where they are unpacked, at least.
    static long room(BaseImage.Squashfs image) throws IOException {
        try (FileChannel channel = FileChannel.open(image.path())) {
            return sum(channel, image, SquashfsReader::bytesWithoutHoles);
        }
    }

    /// The bytes of all files, each counted once.
    static long size(FileChannel channel, BaseImage.Squashfs image) throws IOException {
        return sum(channel, image, (_, file) -> file.size());
    }

    private interface Measure {
        long of(SquashfsReader reader, Inode.RegularFile file) throws IOException;
    }

    private static long sum(FileChannel channel, BaseImage.Squashfs image, Measure measure) throws IOException {
        try (var reader = SquashfsReader.open(channel, image.offsetBytes(), image.sizeBytes())) {
            Set<Long> linked = new HashSet<>();
            long bytes = 0;
            var walk = reader.walk(reader.root());
            for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                if (entry.get().inode() instanceof Inode.RegularFile file
                        && (file.linkCount() == 1
                                || linked.add(file.attributes().number()))) {
                    bytes += measure.of(reader, file);
                }
            }
            return bytes;
        }
    }
}
