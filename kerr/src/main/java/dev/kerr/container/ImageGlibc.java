package dev.kerr.container;

import dev.kerr.bytes.FormatException;
import dev.kerr.gpu.ElfBytes;
import dev.kerr.gpu.ElfVersions;
import dev.kerr.gpu.GlibcVersion;
import dev.kerr.image.FileTree;
import dev.kerr.image.PathResolver;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The version of glibc in an image, found by looking at the library, not by starting it.
public final class ImageGlibc {
    private static final List<String> PATHS = List.of(
            "/lib/x86_64-linux-gnu/libc.so.6",
            "/lib64/libc.so.6",
            "/lib/aarch64-linux-gnu/libc.so.6",
            "/usr/lib64/libc.so.6",
            "/usr/lib/libc.so.6",
            "/lib/libc.so.6");

    private ImageGlibc() {}

    /// Empty if the image has no glibc, or one that cannot be understood.
    public static Optional<GlibcVersion> of(FileTree image) {
        for (String path : PATHS) {
            try {
                var resolved = new PathResolver(image).resolve(path);
                if (resolved.node().isPresent()) {
                    return of(image, resolved.path());
                }
            } catch (IOException unusable) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<GlibcVersion> of(FileTree image, String path) throws IOException {
        try (var content = image.content(path)) {
            return ElfVersions.of(new ImageBytes(content)).defined();
        }
    }

    private record ImageBytes(FileTree.Content content) implements ElfBytes {
        ImageBytes {
            Objects.requireNonNull(content);
        }

        @Override
        public long size() throws IOException {
            return content.size();
        }

        @Override
        public void read(long at, byte[] into, int length) throws IOException {
            if (!content.read(at, into, length)) {
                throw new FormatException("truncated ELF file: " + length + " bytes are missing", at);
            }
        }
    }
}
