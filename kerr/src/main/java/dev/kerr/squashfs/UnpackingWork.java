package dev.kerr.squashfs;

import dev.kerr.squashfs.Inode.RegularFile;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// What one thread does at a time when contents are unpacked.
sealed interface UnpackingWork {
    /// Files that are neighbours in the image.
    record Batch(List<NewFile> files) implements UnpackingWork {}

    /// A file that is to be made.
    ///
    /// @param path a byte string from the root
    record NewFile(String path, RegularFile inode) {}

    /// A stretch of a large file, whole blocks but for its end.
    ///
    /// @param start of the stretch in the image
    /// @param end of the stretch, in bytes from the start of the file
    record Piece(SharedFile file, FileContent.Place start, long end) implements UnpackingWork {}

    /// There is no more.
    record End() implements UnpackingWork {}

    /// A large file that was made and is open, until its last piece is written.
    final class SharedFile {
        private final int fd;
        private final NewFile file;
        /// Pieces that are not written yet; one more as long as it is not known how many there are.
        private final AtomicInteger left = new AtomicInteger(1);

        SharedFile(int fd, NewFile file) {
            this.fd = fd;
            this.file = file;
        }

        int fd() {
            return fd;
        }

        NewFile file() {
            return file;
        }

        void addPiece() {
            left.incrementAndGet();
        }

        /// One piece less.
        ///
        /// @return whether that was the last
        boolean isLast() {
            return left.decrementAndGet() == 0;
        }
    }
}
