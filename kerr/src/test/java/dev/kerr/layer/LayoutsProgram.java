package dev.kerr.layer;

import dev.kerr.layer.TestLayer.Blob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// Writes generated images as OCI layouts, for other programs to unpack.
public final class LayoutsProgram {
    private LayoutsProgram() {}

    /// @param arguments the directory to be made, and how many images: they are called `0`, `1` and so on in it
    public static void main(String[] arguments) throws IOException {
        for (int seed = 0; seed < Integer.parseInt(arguments[1]); seed++) {
            write(Path.of(arguments[0], Integer.toString(seed)), seed);
        }
    }

    /// Writes the image of a number; its tag is `test`.
    public static void write(Path directory, long seed) throws IOException {
        TestLayer[] layers = new GeneratedLayers(seed).layers();
        new OciLayout(directory).write(layers, blobs(layers));
    }

    /// Layers as they are stored: every other one compressed.
    static List<LayerBlob> blobs(TestLayer... layers) throws IOException {
        List<LayerBlob> blobs = new ArrayList<>();
        for (TestLayer layer : layers) {
            var out = new ByteArrayOutputStream();
            if (blobs.size() % 2 == 0) {
                out.writeBytes(layer.bytes());
            } else {
                try (var gzip = new GZIPOutputStream(out)) {
                    gzip.write(layer.bytes());
                }
            }
            blobs.add(new Blob("number " + blobs.size(), out.toByteArray()));
        }
        return blobs;
    }
}
