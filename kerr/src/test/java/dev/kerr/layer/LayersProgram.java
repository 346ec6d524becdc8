package dev.kerr.layer;

import dev.kerr.squashfs.SquashfsWriter;
import dev.kerr.squashfs.WriterSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes a SquashFS file of layers in a process of its own, to be measured.
final class LayersProgram {
    private LayersProgram() {}

    /// @param arguments the file to be made, and the layers, the lowest first
    public static void main(String[] arguments) throws IOException {
        List<LayerBlob> blobs = new ArrayList<>();
        for (String file : List.of(arguments).subList(1, arguments.length)) {
            blobs.add(new FileBlob(Path.of(file)));
        }
        long start = System.nanoTime();
        try (Layers layers = Layers.merge(blobs, LayerSettings.usual());
                var out = FileChannel.open(
                        Path.of(arguments[0]),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            long merged = System.nanoTime();
            long size = SquashfsWriter.write(out, 0, layers, WriterSettings.usual(0))
                    .size();
            System.out.printf(
                    "%d bytes of files, merged in %d ms, packed to %d bytes in %d ms%n",
                    layers.contentBytes(),
                    Duration.ofNanos(merged - start).toMillis(),
                    size,
                    Duration.ofNanos(System.nanoTime() - merged).toMillis());
        }
    }

    /// A layer in a file.
    record FileBlob(Path file) implements LayerBlob {
        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public Optional<String> diffId() {
            return Optional.empty();
        }
    }
}
