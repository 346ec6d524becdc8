package dev.kerr.build;

import dev.kerr.log.ProgressBar;
import dev.kerr.squashfs.SquashfsReader;
import dev.kerr.squashfs.SquashfsSource;
import dev.kerr.squashfs.SquashfsWriter;
import dev.kerr.squashfs.WriterSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Writes a SquashFS file system once more, with what launches have read in front; all that it says of its files stays.
final class RootArranger {
    private RootArranger() {}

    /// Writes the file; when that fails, what is there of it stays.
    ///
    /// @param bar shows how far it has come
    /// @throws dev.kerr.bytes.FormatException if the file system is damaged
    static void arrange(TreeStep.Arrange arrange, Optional<ProgressBar> bar) throws IOException {
        BaseImage.Squashfs image = arrange.image();
        try (FileChannel in = FileChannel.open(image.path());
                var reader = SquashfsReader.open(in, image.offsetBytes(), image.sizeBytes());
                FileChannel out =
                        FileChannel.open(arrange.output(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            if (bar.isPresent()) {
                bar.get().expect(RootUnpacker.size(in, image));
            }
            var order = LaunchOrder.of(LaunchRecord.read(arrange.record()).paths(reader));
            PackSettings settings = arrange.settings();
            var writing = new WriterSettings(
                    settings.compression(),
                    settings.blockSize(),
                    settings.tails(),
                    reader.superblock().modifiedSeconds(),
                    settings.threadsAtOnce(),
                    (bytesRead, bytesWritten) -> bar.ifPresent(shown -> shown.advance(bytesRead)));
            try (var files = settings.owners().of(new SquashfsSource(reader, order))) {
                SquashfsWriter.write(out, 0, files, writing);
            }
        }
    }
}
