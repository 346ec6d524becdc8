package dev.kerr.starter;

import static java.util.Objects.requireNonNull;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A process of this program that takes one piece of work after the other: only the first has to wait for its JVM.
///
/// A request on its standard input is the number of words and, of each, the number of bytes and UTF-8; the reply on its
/// standard output is the status. Numbers have 32 bits, big-endian. It ends where its standard input does.
public final class Worker {
    private final Process process;
    private final DataOutputStream requests;
    private final DataInputStream replies;

    /// What is done about a request.
    public interface Work {
        int perform(List<String> words) throws IOException;
    }

    Worker(Process process) {
        this.process = requireNonNull(process);
        this.requests = new DataOutputStream(process.getOutputStream());
        this.replies = new DataInputStream(process.getInputStream());
    }

    /// Has work done, and waits for it. For one thread.
    ///
    /// @return the status of the work; that of the process, 128 + n if signal n ended it, if it ends meanwhile
    public int perform(List<String> words) throws IOException {
        try {
            requests.writeInt(words.size());
            for (String word : words) {
                byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
                requests.writeInt(bytes.length);
                requests.write(bytes);
            }
            requests.flush();
            return replies.readInt();
        } catch (IOException ended) {
            return await();
        }
    }

    /// Whether it can take more.
    public boolean isAlive() {
        return process.isAlive();
    }

    /// Lets it end when it has nothing to do any more.
    public void dismiss() {
        try {
            requests.close();
        } catch (IOException ended) {
            return; // that is what was wanted
        }
    }

    /// Ends it at once.
    public void stop() {
        process.destroyForcibly();
    }

    /// Waits for its end.
    ///
    /// @return its exit status, 128 + n if signal n ended it
    public int await() throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            stop();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a step ran", interrupted);
        }
    }

    /// What the process does: takes requests until there are no more.
    public static void serve(InputStream requests, OutputStream replies, Work work) throws IOException {
        var in = new DataInputStream(requests);
        var out = new DataOutputStream(replies);
        for (int count = next(in); count >= 0; count = next(in)) {
            List<String> words = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                words.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
            }
            out.writeInt(work.perform(words));
            out.flush();
        }
    }

    private static int next(DataInputStream in) throws IOException {
        try {
            return in.readInt();
        } catch (EOFException last) {
            return -1;
        }
    }
}
