package dev.kerr.cli;

import dev.kerr.build.OciScripts;
import dev.kerr.image.Image;
import dev.kerr.inspect.ImageFiles;
import dev.kerr.inspect.LabelsJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The files of an OCI-SIF as an inspection reads them: what its configuration says stands for metadata that it has
/// not.
///
/// @param made texts by paths
record LayeredFiles(ImageFiles files, Map<String, String> made) implements ImageFiles {
    private static final String METADATA = "/.singularity.d/";

    LayeredFiles {
        Objects.requireNonNull(files);
        made = Map.copyOf(made);
    }

    /// @param files those of the layers
    static ImageFiles of(Image.Layered image, ImageFiles files) {
        var made = new HashMap<String, String>();
        OciScripts.files(image).forEach((path, text) -> made.put(METADATA + path, text));
        made.put(
                METADATA + "labels.json",
                LabelsJson.encode(image.config().execution().labels()));
        return new LayeredFiles(files, made);
    }

    @Override
    public Optional<byte[]> read(String path) throws IOException {
        Optional<byte[]> own = files.read(path);
        String text = made.get(path);
        return own.isPresent() || text == null ? own : Optional.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return files.list(directory);
    }
}
