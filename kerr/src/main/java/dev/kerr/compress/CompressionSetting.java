package dev.kerr.compress;

import java.util.Optional;

/// How blocks are to be packed: by which algorithm and how hard, or not at all.
public sealed interface CompressionSetting {
    /// The texts that [#parse] takes, for a message to the user.
    String FORMS = "zstd, zstd:1 to zstd:22, gzip, gzip:1 to gzip:9, lz4, xz or none";

    /// As they are.
    record None() implements CompressionSetting {
        @Override
        public String toString() {
            return "none";
        }
    }

    /// Deflate in a zlib wrapper.
    ///
    /// @param level 1, the fastest, to 9, the smallest
    record Gzip(int level) implements CompressionSetting {
        /// The level of `gzip` without one, which is that of mksquashfs.
        public static final int DEFAULT_LEVEL = 9;

        private static final int HIGHEST_LEVEL = 9;

        /// Refuses a level that there is not.
        public Gzip {
            check(level, HIGHEST_LEVEL);
        }

        @Override
        public String toString() {
            return "gzip:" + level;
        }
    }

    /// One zstd frame a block.
    ///
    /// @param level 1, the fastest, to 22, the smallest
    record Zstd(int level) implements CompressionSetting {
        /// The level of `zstd` without one.
        public static final int DEFAULT_LEVEL = 3;

        private static final int HIGHEST_LEVEL = 22;

        /// Refuses a level that there is not.
        public Zstd {
            check(level, HIGHEST_LEVEL);
        }

        @Override
        public String toString() {
            return "zstd:" + level;
        }
    }

    /// LZ4, the fast kind.
    record Lz4() implements CompressionSetting {
        @Override
        public String toString() {
            return "lz4";
        }
    }

    /// XZ with LZMA2 of preset 6.
    record Xz() implements CompressionSetting {
        @Override
        public String toString() {
            return "xz";
        }
    }

    /// The setting that `text` stands for, such as `zstd:19`; empty unless it is one of [#FORMS].
    static Optional<CompressionSetting> parse(String text) {
        int colon = text.indexOf(':');
        if (colon >= 0) {
            return parse(text.substring(0, colon), level(text.substring(colon + 1)));
        }
        return switch (text) {
            case "none" -> Optional.of(new None());
            case "lz4" -> Optional.of(new Lz4());
            case "xz" -> Optional.of(new Xz());
            case "gzip" -> Optional.of(new Gzip(Gzip.DEFAULT_LEVEL));
            case "zstd" -> Optional.of(new Zstd(Zstd.DEFAULT_LEVEL));
            default -> Optional.empty();
        };
    }

    private static Optional<CompressionSetting> parse(String name, int level) {
        if (name.equals("gzip") && level >= 1 && level <= Gzip.HIGHEST_LEVEL) {
            return Optional.of(new Gzip(level));
        }
        if (name.equals("zstd") && level >= 1 && level <= Zstd.HIGHEST_LEVEL) {
            return Optional.of(new Zstd(level));
        }
        return Optional.empty();
    }

    /// One or two digits without a leading zero as a number; 0 for anything else.
    private static int level(String digits) {
        return digits.matches("[1-9][0-9]?") ? Integer.parseInt(digits) : 0;
    }

    private static void check(int level, int highest) {
        if (level < 1 || level > highest) {
            throw new IllegalArgumentException("compression level " + level + " is not 1 to " + highest);
        }
    }

    /// A new compressor; empty for [None].
    ///
    /// @param blockBytes the most bytes that a block will have
    default Optional<Compressor> compressor(int blockBytes) {
        return switch (this) {
            case None _ -> Optional.empty();
            case Gzip gzip -> Optional.of(gzip(gzip.level));
            case Zstd zstd -> Optional.of(new ZstdCompressor(zstd.level));
            case Lz4 _ -> Optional.of(new Lz4Compressor());
            case Xz _ -> Optional.of(new XzCompressor(blockBytes));
        };
    }

    private static Compressor gzip(int level) {
        return LibdeflateCompressor.isAvailable() ? new LibdeflateCompressor(level) : new ZlibCompressor(level);
    }
}
