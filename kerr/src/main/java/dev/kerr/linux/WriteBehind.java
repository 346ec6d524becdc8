package dev.kerr.linux;

import java.io.IOException;
import java.nio.file.Path;

/// Has a large file go to its disk while it is being written, so that who syncs it at the end has little to wait for.
/// It is no sync itself, and says nothing of errors: those the sync reports.
///
/// Not thread-safe.
///
/// **Source:** sync_file_range(2), `SYNC_FILE_RANGE_WRITE`: unlike fdatasync(2) it waits for nothing, and has the file
/// system commit nothing.
public final class WriteBehind implements AutoCloseable {
    private static final long BYTES_AT_ONCE = 8 << 20;

    private final int descriptor;
    private final boolean isOurs;
    private long waiting;

    private WriteBehind(int descriptor, boolean isOurs) {
        this.descriptor = descriptor;
        this.isOurs = isOurs;
    }

    /// For a file that is there already.
    public static WriteBehind of(Path file) throws IOException {
        int descriptor = CLibrary.open(file, 0, 0);
        if (descriptor < 0) {
            throw CLibrary.failure(file, "open", -descriptor);
        }
        return new WriteBehind(descriptor, true);
    }

    /// For a file that is open, as long as it is.
    static WriteBehind of(int descriptor) {
        return new WriteBehind(descriptor, false);
    }

    /// So many bytes have been written since the last call.
    public void wrote(long bytes) {
        waiting += bytes;
        if (waiting >= BYTES_AT_ONCE) {
            waiting = 0;
            CLibrary.beginWriting(descriptor);
        }
    }

    @Override
    public void close() {
        if (isOurs) {
            CLibrary.close(descriptor);
        }
    }
}
