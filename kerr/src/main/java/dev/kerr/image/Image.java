package dev.kerr.image;

import dev.kerr.oci.ImageConfig;
import dev.kerr.sif.Sif;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What the user named as an image, opened.
public sealed interface Image extends AutoCloseable {
    /// The absolute path, links not resolved: the name under which the user knows it.
    Path path();

    /// Its root file system.
    FileTree tree();

    @Override
    void close() throws IOException;

    /// A directory with a root file system in it.
    record Sandbox(Path path, FileTree tree) implements Image {
        public Sandbox {
            Objects.requireNonNull(path);
            Objects.requireNonNull(tree);
        }

        public Sandbox(Path path) {
            this(path, new DirectoryTree(path.resolve("."))); // the directory itself, should the path be a link to it
        }

        @Override
        public void close() {}
    }

    /// A SquashFS file system in a file: bare, or the primary partition of a SIF.
    ///
    /// @param offset first byte of the file system in the file
    /// @param size its bytes
    /// @param sif the container file around it; empty for a bare file system
    record Squashfs(
            Path path,
            FileIdentity identity,
            long offset,
            long size,
            Optional<Sif> sif,
            FileTree tree,
            FileChannel channel)
            implements Image {
        public Squashfs {
            Objects.requireNonNull(path);
            Objects.requireNonNull(identity);
            Objects.requireNonNull(sif);
            Objects.requireNonNull(tree);
            Objects.requireNonNull(channel);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /// An OCI-SIF: the layers of an OCI image.
    ///
    /// @param lowest the lowest layer
    /// @param upper the others in their order, an ext3 file system last
    /// @param config of the OCI image
    /// @param tree what the layers show together
    record Layered(Squashfs lowest, List<Volume> upper, ImageConfig config, FileTree tree) implements Image {
        public Layered {
            Objects.requireNonNull(lowest);
            upper = List.copyOf(upper);
            Objects.requireNonNull(config);
            Objects.requireNonNull(tree);
        }

        @Override
        public Path path() {
            return lowest.path();
        }

        @Override
        public void close() throws IOException {
            lowest.close();
        }
    }
}
