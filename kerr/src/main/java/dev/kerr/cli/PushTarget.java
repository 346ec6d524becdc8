package dev.kerr.cli;

import dev.kerr.export.LocalTarget;
import dev.kerr.export.RegistryTarget;
import dev.kerr.log.UserException;
import dev.kerr.oci.Reference;
import dev.kerr.remote.LibraryReference;
import dev.kerr.transport.ImageSource;
import java.util.Objects;

/// Where an image is pushed to.
sealed interface PushTarget {
    /// A registry that takes SIF files as they are.
    record Oras(Reference reference) implements PushTarget {
        public Oras {
            Objects.requireNonNull(reference);
        }
    }

    /// A library of SIF files.
    record Library(LibraryReference reference) implements PushTarget {
        public Library {
            Objects.requireNonNull(reference);
        }
    }

    /// A registry, as an OCI image.
    record Registry(RegistryTarget place) implements PushTarget {
        public Registry {
            Objects.requireNonNull(place);
        }
    }

    /// A layout or archive on this host, as an OCI image.
    record Local(LocalTarget place) implements PushTarget {
        public Local {
            Objects.requireNonNull(place);
        }
    }

    /// Reads what a user wrote.
    ///
    /// @throws UserException if it names no such place
    static PushTarget parse(String text) throws UserException {
        var named = ImageSource.parse(text);
        if (named.isEmpty()) {
            throw new UserException(
                    text + " names no place to push an image to",
                    "as oras://registry.org/project/image:tag, docker://registry.org/image:tag or oci:directory");
        }
        return switch (named.get()) {
            case ImageSource.Oras(Reference reference) -> new Oras(reference);
            case ImageSource.Registry(Reference reference) -> new Registry(new RegistryTarget(reference));
            case ImageSource.Library(LibraryReference reference) -> new Library(reference);
            case ImageSource.Local place -> new Local(LocalTarget.of(place));
            case ImageSource.Daemon _, ImageSource.Hub _, ImageSource.Net _ ->
                throw new UserException(
                        "images cannot be pushed to " + text,
                        "registries take them (oras:// and docker://), libraries, layouts and archives");
        };
    }
}
