package dev.kerr.remote;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import dev.kerr.log.UserException;
import dev.kerr.registry.RegistryException;
import dev.kerr.registry.WebClient;
import dev.kerr.registry.WebFile;
import dev.kerr.registry.WebRequest;
import java.io.IOException;
import java.util.Objects;

/// A Singularity Hub: the first one ended in 2021, others may speak its language.
///
/// **Source:** apptainer `internal/pkg/client/shub/api.go`, `pull.go`.
///
/// @param isPlain whether it is spoken to without TLS
public record Hub(WebClient web, boolean isPlain) {
    private static final String FIRST = "singularity-hub.org";

    public Hub {
        Objects.requireNonNull(web);
    }

    /// What a hub says of an image.
    ///
    /// @param commit what tells it from other images of its name
    public record Image(HubReference reference, String address, String commit) {
        public Image {
            Objects.requireNonNull(reference);
            Objects.requireNonNull(address);
            Objects.requireNonNull(commit);
        }
    }

    /// Looks an image up.
    ///
    /// @throws UserException if there is none, or no hub
    public Image find(HubReference reference) throws UserException, IOException {
        String host = reference.host().isEmpty() ? FIRST : reference.host();
        String purpose = "find " + reference;
        String address =
                (isPlain ? "http://" : "https://") + host + "/api/container/" + reference.name() + reference.tag();
        try {
            JsonObject answer = web.get(WebRequest.of(purpose, address));
            return new Image(reference, answer.text("image"), answer.textOrEmpty("commit"));
        } catch (FormatException malformed) {
            throw new UserException("cannot " + purpose + ": the answer of " + host + " is none");
        } catch (RegistryException failed) {
            if (!reference.host().isEmpty()) {
                throw failed;
            }
            throw new UserException(
                    String.valueOf(failed.getMessage()),
                    "the Singularity Hub ended in 2021: look for the image at docker:// or library://");
        }
    }

    /// The image.
    ///
    /// @throws RegistryException if it cannot be had, or only without TLS where the hub has it
    public WebFile open(Image image) throws UserException, IOException {
        WebRequest request = WebRequest.of("get " + image.reference(), image.address());
        if (request.isPlain() && !isPlain) {
            throw new UserException(
                    "cannot get " + image.reference() + ": the hub names an address without TLS",
                    "--no-https does without");
        }
        return web.open(request);
    }
}
