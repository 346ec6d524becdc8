package dev.kerr.bytes;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/// What came of work that another thread does.
public final class FutureResult {
    private FutureResult() {}

    /// Waits for the result.
    ///
    /// @param doing what is interrupted if we are: `packing`
    /// @throws IOException what the work has thrown; unchecked ones too
    public static <T> T of(Future<T> future, String doing) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("interrupted while " + doing);
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException bug -> throw bug;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
