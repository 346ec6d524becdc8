package dev.kerr.squashfs;

import dev.kerr.squashfs.HostFiles.FileId;
import dev.kerr.squashfs.HostFiles.Status;
import java.io.IOException;

/// The content of a regular file of the host.
///
/// @param pool of the source, which is open as long as contents are read
/// @param root an open directory
/// @param path of the file below it, a byte string
/// @param id what the file was when its entry was made
/// @param size of the file then
/// @param mayHaveHoles whether less was allocated for it than that
record HostContent(HostFilesPool pool, int root, String path, FileId id, long size, boolean mayHaveHoles)
        implements Content {
    HostContent(HostFilesPool pool, int root, String path, Status status) {
        this(pool, root, path, status.id(), status.size(), status.allocated() < status.size());
    }

    @Override
    public boolean isIndependent() {
        return true;
    }

    @Override
    public ContentReader open() throws IOException {
        HostFiles files = pool.acquire();
        int fd;
        try {
            fd = files.openFile(root, path);
        } catch (IOException e) {
            pool.release(files);
            throw e;
        }
        var reader = new Reader(pool, files, fd, size, mayHaveHoles);
        if (!files.status(fd, "", path).id().equals(id)) {
            reader.close();
            throw new InvalidTreeException(path, "file is not the one it was: does something change it?");
        }
        return reader;
    }

    private static final class Reader implements ContentReader {
        private final HostFilesPool pool;
        private final HostFiles files;
        private final int fd;
        private final long size;
        private final boolean maySkip;
        private long position;
        private long dataUntil;

        Reader(HostFilesPool pool, HostFiles files, int fd, long size, boolean maySkip) {
            this.pool = pool;
            this.files = files;
            this.fd = fd;
            this.size = size;
            this.maySkip = maySkip;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int count = files.read(fd, position, into, from, length);
            position += count;
            return count == 0 ? -1 : count;
        }

        @Override
        public long skipZeros(long most, int unit) {
            if (!maySkip || position < dataUntil) {
                return 0;
            }
            long data = files.nextData(fd, position);
            long zeros = Math.min(most, (data < 0 ? size : data) - position);
            if (zeros < most) {
                zeros -= zeros % unit;
            }
            position += Math.max(0, zeros);
            if (zeros <= 0) {
                long hole = files.nextHole(fd, Math.max(position, data));
                dataUntil = hole < 0 ? size : hole;
            }
            return Math.max(0, zeros);
        }

        @Override
        public void close() {
            files.closeFile(fd);
            pool.release(files);
        }
    }
}
