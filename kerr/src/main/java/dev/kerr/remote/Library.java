package dev.kerr.remote;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.log.UserException;
import dev.kerr.oci.Digest;
import dev.kerr.registry.RegistryException;
import dev.kerr.registry.WebClient;
import dev.kerr.registry.WebFile;
import dev.kerr.registry.WebRequest;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/// A library of images.
///
/// **Source:** container-library-client: `client/api.go`, `client/pull.go`.
///
/// @param address without a slash at the end: `https://library.example.org`
/// @param token that the user is known by; empty for none
public record Library(WebClient web, String address, String token) {
    public Library {
        Objects.requireNonNull(web);
        Objects.requireNonNull(address);
        Objects.requireNonNull(token);
    }

    /// Looks an image up.
    ///
    /// @param architecture as Go names it: `amd64`
    /// @throws UserException if there is none, or none for the architecture
    public LibraryImage find(LibraryReference reference, String architecture) throws UserException, IOException {
        String purpose = "find " + reference;
        var answer = web.find(request(purpose, "/v1/images/" + reference.identifier() + "?arch=" + architecture));
        if (answer.isEmpty()) {
            throw new UserException(
                    "the library has no image " + reference + " for " + architecture,
                    token.isEmpty()
                            ? "is the spelling right? For private ones: kerr remote login"
                            : "check the spelling");
        }
        try {
            JsonObject image = answer.get().object("data");
            String given = image.textOrEmpty("arch");
            if (!given.isEmpty() && !given.equals(architecture)) {
                throw new UserException(reference + " is an image for " + given + ", not for " + architecture);
            }
            Digest digest = LibraryReference.digest(image.text("hash"))
                    .orElseThrow(() -> new FormatException("its hash is no sha256", 0));
            if (!reference.digest().orElse(digest).equals(digest)) {
                throw new UserException("the library has another image for " + reference + ": sha256." + digest.hex());
            }
            return new LibraryImage(reference, architecture, digest, size(image));
        } catch (FormatException malformed) {
            throw new UserException("cannot " + purpose + ": the library's answer is none: " + malformed.getMessage());
        }
    }

    private static OptionalLong size(JsonObject image) throws FormatException {
        boolean isThere = image.find("size").orElse(new Json.Null()) instanceof Json.Numeral;
        return isThere && image.number("size") > 0 ? OptionalLong.of(image.number("size")) : OptionalLong.empty();
    }

    /// The image; the end of the stream is reached only if it is what the library said.
    public WebFile open(LibraryImage image) throws IOException {
        String path = "/v1/imagefile/" + image.reference().identifier() + "?arch=" + image.architecture();
        return web.open(request("get " + image.reference(), path), image.size(), image.digest());
    }

    /// Asks for a document; empty if there is none.
    Optional<JsonObject> data(String purpose, String path) throws IOException {
        return web.find(request(purpose, path));
    }

    /// Sends a document; empty if the library has no such service.
    Optional<JsonObject> accepts(String purpose, String path, JsonObject body) throws IOException {
        try {
            return Optional.of(web.send(request(purpose, path), "POST", body));
        } catch (RegistryException failed) {
            if (failed.problem() == RegistryException.Problem.UNKNOWN) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    WebRequest request(String purpose, String path) throws IOException {
        return WebRequest.of(purpose, address + path).authorized(Services.bearer(token), "kerr remote login");
    }
}
