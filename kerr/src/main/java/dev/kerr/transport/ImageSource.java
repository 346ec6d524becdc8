package dev.kerr.transport;

import dev.kerr.log.UserException;
import dev.kerr.oci.Reference;
import dev.kerr.remote.HubReference;
import dev.kerr.remote.LibraryReference;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Where an image is, as users write it: a transport and what it needs.
///
/// | | |
/// |---|---|
/// | `docker://[HOST/]NAME[:TAG][@DIGEST]` | layers in a registry |
/// | `oras://[HOST/]NAME[:TAG][@DIGEST]` | a SIF in a registry |
/// | `oci:DIRECTORY[:NAME]` | an OCI layout |
/// | `oci-archive:FILE[:NAME]` | the same in a tar archive |
/// | `docker-archive:FILE[:NAME]` | what `docker save` writes |
/// | `docker-daemon:NAME[:TAG]`, `docker-daemon:sha256:HEX` | an image that Docker or Podman has |
/// | `library://[HOST/]ENTITY/COLLECTION/CONTAINER[:TAG]` | a SIF in a library |
/// | `shub://[HOST/]USER/NAME[:TAG]` | an image in a Singularity Hub |
/// | `http://…`, `https://…` | a file |
///
/// **Source:** containers-transports(5) for the names; apptainer `docs/content.go` for the last four.
public sealed interface ImageSource {
    /// Layers in a registry.
    record Registry(Reference reference) implements ImageSource {
        public Registry {
            Objects.requireNonNull(reference);
        }
    }

    /// A SIF in a registry.
    record Oras(Reference reference) implements ImageSource {
        public Oras {
            Objects.requireNonNull(reference);
        }
    }

    /// A layout or an archive on this host.
    ///
    /// @param image which of the images in it; empty for the only one
    record Local(Kind kind, Path path, String image) implements ImageSource {
        public Local {
            Objects.requireNonNull(kind);
            Objects.requireNonNull(path);
            Objects.requireNonNull(image);
        }
    }

    /// An image that a daemon has.
    ///
    /// @param image `name:tag` or `sha256:` and the digits of its id
    record Daemon(String image) implements ImageSource {
        public Daemon {
            Objects.requireNonNull(image);
        }
    }

    /// A SIF in a library.
    record Library(LibraryReference reference) implements ImageSource {
        public Library {
            Objects.requireNonNull(reference);
        }
    }

    /// An image in a Singularity Hub.
    record Hub(HubReference reference) implements ImageSource {
        public Hub {
            Objects.requireNonNull(reference);
        }
    }

    /// A file that a server of the web has.
    record Net(URI uri) implements ImageSource {
        public Net {
            Objects.requireNonNull(uri);
        }

        /// The address without a login in it, to be shown.
        public URI shown() {
            return uri.getRawUserInfo() == null
                    ? uri
                    : URI.create(uri.toString().replace(uri.getRawUserInfo() + "@", ""));
        }
    }

    /// How images lie in a file or directory.
    enum Kind {
        OCI("oci"),
        OCI_ARCHIVE("oci-archive"),
        DOCKER_ARCHIVE("docker-archive");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /// As users write it.
        public String word() {
            return word;
        }
    }

    /// Transports of the field that are not read.
    List<String> UNKNOWN = List.of("instance", "ipfs");

    /// Reads a source; empty if the text names none, but perhaps a file.
    ///
    /// @param text `docker://alpine`; the slashes may be missing in a definition file
    /// @throws UserException if it names a transport, and is malformed or of one that is not read
    static Optional<ImageSource> parse(String text) throws UserException {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            return Optional.empty();
        }
        String transport = text.substring(0, colon);
        String rest = text.substring(colon + 1);
        if (UNKNOWN.contains(transport)) {
            throw new UserException(
                    "images of " + transport + ": are not yet available in this version: " + text,
                    "see `kerr help pull` for those that are");
        }
        for (Kind kind : Kind.values()) {
            if (kind.word.equals(transport)) {
                return Optional.of(local(kind, rest, text));
            }
        }
        String name = rest.startsWith("//") ? rest.substring(2) : rest;
        return switch (transport) {
            case "docker" -> Optional.of(new Registry(Reference.parse(name)));
            case "oras" -> Optional.of(new Oras(Reference.parse(name)));
            case "docker-daemon" -> Optional.of(new Daemon(DockerDaemon.imageName(name)));
            case "library" -> Optional.of(new Library(LibraryReference.parse(name)));
            case "shub" -> Optional.of(new Hub(HubReference.parse(name)));
            case "http", "https" -> Optional.of(net(text));
            default -> Optional.empty();
        };
    }

    private static Local local(Kind kind, String rest, String text) throws UserException {
        String name = rest.startsWith("//") ? rest.substring(2) : rest;
        int colon = name.indexOf(':');
        Path path = Path.of(colon < 0 ? name : name.substring(0, colon));
        if (path.toString().isEmpty()) {
            throw new UserException(text + " names no file", kind.word + ":PATH or " + kind.word + ":PATH:NAME");
        }
        return new Local(kind, path, colon < 0 ? "" : name.substring(colon + 1));
    }

    private static Net net(String text) throws UserException {
        try {
            var uri = new URI(text);
            if (uri.getHost() != null && uri.getRawFragment() == null && uri.getPort() <= 65_535) {
                return new Net(uri);
            }
        } catch (URISyntaxException unreadable) {
            // the message below serves both, and repeats nothing: there may be a password in it
        }
        throw new UserException("the address of the image cannot be read", "it is https://HOST/PATH");
    }

    /// A name for a file of this image: `alpine_latest.sif`, or what it is called where it is.
    default String fileName() {
        return switch (this) {
            case Registry(Reference reference) -> fileName(reference);
            case Oras(Reference reference) -> fileName(reference);
            case Daemon(String image) -> DockerDaemon.fileName(image) + ".sif";
            case Library(LibraryReference reference) ->
                reference.container() + "_" + reference.tags().getFirst() + ".sif";
            case Hub(HubReference reference) -> reference.fileName() + ".sif";
            case Net(URI uri) -> {
                String path = Objects.requireNonNullElse(uri.getPath(), "");
                String name = path.substring(path.lastIndexOf('/') + 1);
                yield name.isEmpty() || name.equals(".") || name.equals("..") ? uri.getHost() + ".sif" : name;
            }
            case Local local -> {
                String name = String.valueOf(local.path.getFileName());
                int dot = name.lastIndexOf('.');
                yield (dot > 0 ? name.substring(0, dot) : name) + ".sif";
            }
        };
    }

    private static String fileName(Reference reference) {
        String path = reference.repository().path();
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name + "_"
                + reference
                        .tag()
                        .orElseGet(() -> reference
                                .digest()
                                .map(d -> d.hex().substring(0, 12))
                                .orElse("latest"))
                + ".sif";
    }
}
