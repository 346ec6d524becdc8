package dev.kerr.registry;

import java.io.IOException;
import java.io.InputStream;

/// Content to upload: opened anew for each try, with the same bytes each time.
public interface BlobContent {
    InputStream open() throws IOException;
}
