package dev.kerr.build;

import dev.kerr.build.PackSettings.Owners;
import dev.kerr.linux.WriteBehind;
import dev.kerr.log.ProgressBar;
import dev.kerr.squashfs.DirectorySource;
import dev.kerr.squashfs.EarlierBlocks;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.FileOrder;
import dev.kerr.squashfs.SquashfsWriter;
import dev.kerr.squashfs.WriterSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Writes a root file system to a SquashFS file, with what start-up reads in front.
final class RootPacker {
    private RootPacker() {}

    /// Writes the file; when that fails, what is there of it stays.
    ///
    /// @param bar shows how far it has come
    static void pack(TreeStep.Pack pack, Optional<ProgressBar> bar) throws IOException {
        try (EntrySource files =
                        open(pack.tree(), LaunchOrder.usual()).changed(entry -> Optional.of(wanted(entry, pack)));
                FileChannel out =
                        FileChannel.open(pack.output(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                var behind = WriteBehind.of(pack.output())) {
            bar.ifPresent(shown -> count(pack.tree(), shown));
            WriterSettings settings = settings(pack, bar, behind);
            try (EarlierBlocks earlier = pack.earlier()
                    .map(file -> EarlierBlocks.open(file, settings))
                    .orElse(EarlierBlocks.NONE)) {
                SquashfsWriter.write(out, 0, files, settings, earlier);
            }
        }
    }

    private static EntrySource open(TreeStep.Tree tree, FileOrder order) throws IOException {
        return tree.lower().isPresent()
                ? OverlaidSource.open(tree.rootfs(), tree.lower().get(), order)
                : DirectorySource.open(tree.rootfs(), order);
    }

    private static WriterSettings settings(TreeStep.Pack pack, Optional<ProgressBar> bar, WriteBehind behind) {
        PackSettings settings = pack.settings();
        return new WriterSettings(
                settings.compression(),
                settings.blockSize(),
                settings.tails(),
                pack.times().made(),
                settings.threadsAtOnce(),
                (bytesRead, bytesWritten) -> {
                    behind.wrote(bytesWritten);
                    bar.ifPresent(shown -> shown.advance(bytesRead));
                });
    }

    private static Entry wanted(Entry entry, TreeStep.Pack pack) {
        if (!(entry instanceof Entry.Original original)) {
            return entry;
        }
        Entry.Metadata metadata = original.metadata();
        if (pack.settings().owners() == Owners.ROOT) {
            metadata = metadata.ownedBy(0, 0);
        }
        long latest = pack.times().latest().orElse(Long.MAX_VALUE);
        if (metadata.modifiedSeconds() > latest) {
            metadata = metadata.modifiedAt(latest);
        }
        return metadata.equals(original.metadata()) ? entry : original.with(metadata);
    }

    /// Finds out how much there is to do while it is being done: looking at all files first would take time, and on a
    /// terminal only.
    private static void count(TreeStep.Tree tree, ProgressBar bar) {
        Thread.ofPlatform().daemon().name("count").start(() -> {
            try (var files = open(tree, FileOrder.NONE)) {
                long bytes = 0;
                for (var entry = files.next(); entry.isPresent(); entry = files.next()) {
                    bytes += entry.get() instanceof Entry.RegularFile file ? file.size() : 0;
                }
                bar.expect(bytes);
            } catch (IOException unreadable) {
                return; // the packer meets the same, and says so
            }
        });
    }
}
