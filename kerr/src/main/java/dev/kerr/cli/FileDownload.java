package dev.kerr.cli;

import dev.kerr.log.UserException;
import dev.kerr.oci.Digest;
import dev.kerr.registry.WebClient;
import dev.kerr.registry.WebRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Fetches a file that a Dockerfile names by its URL.
final class FileDownload {
    private final WebClient web;

    FileDownload(WebClient web) {
        this.web = web;
    }

    /// @param checksum what its digest must be; empty if anything will do
    /// @param file that is not there yet
    /// @throws UserException if the URL is none, or the file is another
    void fetch(String url, String checksum, Path file) throws IOException, UserException {
        URI address;
        try {
            address = URI.create(url);
        } catch (IllegalArgumentException malformed) {
            throw new UserException("cannot fetch " + url + ": it is no URL");
        }
        if (!WebRequest.isUsable(address)) {
            throw new UserException("cannot fetch " + url + ": it is no URL of HTTP");
        }
        try (var content = web.open(WebRequest.of("fetch " + url, address))) {
            Files.copy(content.content(), file);
        }
        if (!checksum.isEmpty()) {
            Optional<Digest> wanted = Digest.parse(checksum);
            if (wanted.isEmpty()) {
                throw new UserException("--checksum=" + checksum + " is no digest", "as sha256:HEX");
            }
            Digest actual = Digest.ofFile(wanted.get().algorithm(), file);
            if (!actual.equals(wanted.get())) {
                throw new UserException("what " + url + " gave is " + actual + ", not " + checksum);
            }
        }
    }
}
