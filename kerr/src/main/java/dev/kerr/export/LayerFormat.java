package dev.kerr.export;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.oci.MediaType;
import java.io.OutputStream;
import java.util.Optional;

/// How a layer is packed.
///
/// **Source:** OCI image specification 1.1, `media-types.md`.
public enum LayerFormat {
    GZIP(MediaType.OCI_LAYER_GZIP, new CompressionSetting.Gzip(6), 1 << 20),
    ZSTD(MediaType.OCI_LAYER_ZSTD, new CompressionSetting.Zstd(CompressionSetting.Zstd.DEFAULT_LEVEL), 4 << 20),
    TAR(MediaType.OCI_LAYER, new CompressionSetting.None(), 1 << 16);

    /// The texts that [#parse] takes, for a message to the user.
    public static final String FORMS = "gzip, zstd or tar";

    private final String mediaType;
    private final CompressionSetting compression;
    private final int blockBytes;

    LayerFormat(String mediaType, CompressionSetting compression, int blockBytes) {
        this.mediaType = mediaType;
        this.compression = compression;
        this.blockBytes = blockBytes;
    }

    /// The format that a user names; empty unless it is one of [#FORMS].
    public static Optional<LayerFormat> parse(String text) {
        return switch (text) {
            case "gzip" -> Optional.of(GZIP);
            case "zstd" -> Optional.of(ZSTD);
            case "tar" -> Optional.of(TAR);
            default -> Optional.empty();
        };
    }

    String mediaType() {
        return mediaType;
    }

    /// A stream that packs what is written to it into `out`.
    ///
    /// @param threads that compress
    BlockStream stream(OutputStream out, int threads) {
        BlockStream.Framing framing = switch (this) {
            case GZIP -> BlockStream.Framing.GZIP;
            case ZSTD, TAR -> BlockStream.Framing.NONE;
        };
        return new BlockStream(out, compression, framing, blockBytes, threads);
    }
}
