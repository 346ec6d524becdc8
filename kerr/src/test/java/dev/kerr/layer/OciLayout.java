package dev.kerr.layer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Writes an image as a directory that other programs read; its tag is `test`.
///
/// **Source:** OCI image specification, `image-layout.md`, `manifest.md`, `config.md`.
final class OciLayout {
    private final Path directory;

    OciLayout(Path directory) {
        this.directory = directory;
    }

    /// @param blobs the layers as they are stored, plain and compressed in turn
    void write(TestLayer[] layers, List<LayerBlob> blobs) throws IOException {
        Files.createDirectories(directory.resolve("blobs/sha256"));
        List<String> diffIds = new ArrayList<>();
        List<String> descriptors = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            diffIds.add("\"sha256:" + sha256(layers[i].bytes()) + "\"");
            byte[] stored = blobs.get(i).open().readAllBytes();
            String type = "application/vnd.oci.image.layer.v1.tar" + (i % 2 == 0 ? "" : "+gzip");
            descriptors.add(blob(type, stored));
        }
        String config = blob(
                "application/vnd.oci.image.config.v1+json",
                text("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\","
                        + "\"diff_ids\":[" + String.join(",", diffIds) + "]}}"));
        String manifest = blob(
                "application/vnd.oci.image.manifest.v1+json",
                text("{\"schemaVersion\":2,\"config\":" + config + ",\"layers\":[" + String.join(",", descriptors)
                        + "]}"));
        String tagged =
                manifest.replaceFirst("}$", ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"test\"}}");
        Files.writeString(directory.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[" + tagged + "]}");
        Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    private static byte[] text(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private String blob(String type, byte[] bytes) throws IOException {
        String digest = sha256(bytes);
        Files.write(directory.resolve("blobs/sha256").resolve(digest), bytes);
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"sha256:" + digest + "\",\"size\":" + bytes.length + "}";
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
