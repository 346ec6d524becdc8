package dev.kerr.remote;

import dev.kerr.log.UserException;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Repository;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of an image in a library: `[HOST/]ENTITY/COLLECTION/CONTAINER[:TAG[,TAG…]]`. Entity and collection may be
/// missing where there is no host.
///
/// **Source:** apptainer `internal/pkg/client/library/library.go`; container-library-client `client/util.go`.
///
/// @param host with its port; empty for the library of the remote that is in use
/// @param path `entity/collection/container`
/// @param tags at least one; `sha256.` and 64 digits in the place of a tag name an image by its content
public record LibraryReference(String host, String path, List<String> tags) {
    private static final Pattern COMPONENT = Pattern.compile("[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}");
    private static final int MOST_COMPONENTS = 3;

    public LibraryReference {
        Objects.requireNonNull(host);
        Objects.requireNonNull(path);
        tags = List.copyOf(tags);
    }

    /// Reads a reference without the `library://` in front.
    ///
    /// @throws UserException if it does not follow the grammar
    public static LibraryReference parse(String text) throws UserException {
        String rest = text;
        while (rest.startsWith("/")) {
            rest = rest.substring(1);
        }
        long slashes = rest.chars().filter(c -> c == '/').count();
        String host = "";
        if (slashes >= MOST_COMPONENTS) {
            host = rest.substring(0, rest.indexOf('/'));
            rest = rest.substring(host.length() + 1);
            require(Repository.isHost(host), text, "\"" + host + "\" is no host");
        }
        int colon = rest.indexOf(':');
        String path = colon < 0 ? rest : rest.substring(0, colon);
        List<String> components = List.of(path.split("/", -1));
        require(components.size() <= MOST_COMPONENTS, text, "it has too many parts");
        for (String component : components) {
            require(COMPONENT.matcher(component).matches(), text, "\"" + component + "\" is no name");
        }
        List<String> tags = colon < 0
                ? List.of("latest")
                : List.of(rest.substring(colon + 1).split(",", -1));
        for (String tag : tags) {
            require(TAG.matcher(tag).matches(), text, "\"" + tag + "\" is no tag");
        }
        return new LibraryReference(host, path, tags);
    }

    private static void require(boolean holds, String text, String problem) throws UserException {
        if (!holds) {
            throw new UserException(
                    "cannot read the image's name library://" + text + ": " + problem,
                    "a name is library://[HOST/]ENTITY/COLLECTION/CONTAINER[:TAG]");
        }
    }

    /// The digest that the image must have, if the user says so.
    Optional<Digest> digest() {
        return digest(tags.getFirst());
    }

    /// A digest as libraries spell it.
    static Optional<Digest> digest(String hash) {
        return hash.startsWith("sha256.") ? Digest.parse(hash.replace("sha256.", "sha256:")) : Optional.empty();
    }

    /// What a library is asked for.
    String identifier() {
        return path + ":" + tags.getFirst();
    }

    /// The last part of the path.
    public String container() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
        return "library://" + (host.isEmpty() ? "" : host + "/") + path + ":" + String.join(",", tags);
    }
}
