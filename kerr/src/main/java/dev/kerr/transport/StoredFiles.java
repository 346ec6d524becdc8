package dev.kerr.transport;

import dev.kerr.oci.Document;
import dev.kerr.oci.Index;
import dev.kerr.oci.Layout;
import java.io.IOException;
import java.io.InputStream;

/// Files by their names, in a directory or an archive. What they hold is not trusted.
public interface StoredFiles extends AutoCloseable {
    /// A whole file of at most `most` bytes.
    ///
    /// @throws NoSuchFileException if there is none
    byte[] read(String name, int most) throws IOException;

    /// A file as a stream; several may be open at once.
    ///
    /// @throws NoSuchFileException if there is none
    InputStream open(String name) throws IOException;

    /// The index, where the files are an OCI layout.
    ///
    /// @throws FormatException if it is one of another version, or damaged
    default Index index() throws IOException {
        Layout.requireVersion(read(Layout.VERSION_FILE, Layout.VERSION_MOST_BYTES));
        return Layout.readIndex(read(Layout.INDEX_FILE, Document.MOST_BYTES));
    }

    @Override
    void close() throws IOException;
}
