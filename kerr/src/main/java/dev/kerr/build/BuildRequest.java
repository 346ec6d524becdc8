package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.deffile.BuildArguments;
import dev.kerr.export.ExportSettings;
import dev.kerr.export.LocalTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is to be built, and from what.
public record BuildRequest(Target target, Source source, Options options, Surroundings surroundings) {
    public BuildRequest {
        requireNonNull(target);
        requireNonNull(source);
        requireNonNull(options);
        requireNonNull(surroundings);
    }

    /// Where the image goes.
    ///
    /// @param path as the user wrote it
    public record Target(Path path, Format format, Existing existing) {
        public Target {
            requireNonNull(path);
            requireNonNull(format);
            requireNonNull(existing);
        }
    }

    /// What kind of image is made.
    public sealed interface Format {
        Format SIF = new Sif();
        Format SANDBOX = new Sandbox();

        /// A file.
        record Sif() implements Format {}

        /// A directory.
        record Sandbox() implements Format {}

        /// An image for Docker and its like.
        ///
        /// @param place of the target's path
        record Exported(LocalTarget place, ExportSettings settings) implements Format {
            public Exported {
                requireNonNull(place);
                requireNonNull(settings);
            }
        }
    }

    /// What happens to a target that exists.
    public enum Existing {
        /// The build refuses to begin.
        REFUSE,
        /// It is replaced once the build has succeeded, and labels that it has are replaced too (`--force`).
        REPLACE,
        /// The sections run over it, without bootstrap (`--update`); for a sandbox only.
        UPDATE
    }

    /// What an image is built from.
    public sealed interface Source {
        /// The file or directory, as the user wrote it.
        Path path();

        /// A definition file.
        record DefinitionFile(Path path, BuildArguments arguments) implements Source {
            public DefinitionFile {
                requireNonNull(path);
                requireNonNull(arguments);
            }
        }

        /// A Dockerfile.
        ///
        /// @param context directory of the files that it may take
        /// @param target the stage that is built; empty for the last
        record Dockerfile(
                Path path,
                Path context,
                dev.kerr.dockerfile.BuildArguments arguments,
                Optional<String> target,
                Map<String, Path> secrets)
                implements Source {
            public Dockerfile {
                requireNonNull(path);
                requireNonNull(context);
                requireNonNull(arguments);
                requireNonNull(target);
                secrets = Map.copyOf(secrets);
            }

            /// The content of a secret; empty if there is none of this name.
            Optional<byte[]> secret(String id) throws IOException {
                Path file = secrets.get(id);
                return file == null ? Optional.empty() : Optional.of(Files.readAllBytes(file));
            }
        }

        /// Another image: a SIF, a SquashFS file or a directory.
        record Image(Path path) implements Source {
            public Image {
                requireNonNull(path);
            }
        }
    }

    /// How it is built.
    ///
    /// @param parts sections that are run or written; others of the definition are left out
    /// @param keepTemporary whether the temporary directory stays (`--no-cleanup`)
    /// @param packing how the root file system of a SIF is packed; a sandbox has only its effort
    /// @param profile commands whose launches say what goes to the front of a SIF's file system; with any, an image
    /// that
    ///     is a SIF already is laid out anew and stays as it is otherwise
    /// @param base what holds for the image that it starts from
    /// @param events what programs are told
    public record Options(
            Set<BuildPart> parts,
            boolean keepTemporary,
            PackSettings packing,
            List<String> profile,
            BaseRules base,
            Events events) {
        public Options {
            parts = Set.copyOf(parts);
            profile = List.copyOf(profile);
            requireNonNull(packing);
            requireNonNull(base);
            requireNonNull(events);
        }

        public Options(Set<BuildPart> parts, boolean keepTemporary, PackSettings packing, List<String> profile) {
            this(parts, keepTemporary, packing, profile, BaseRules.USUAL, Events.NONE);
        }
    }

    /// What programs are told of a build, on standard error.
    public enum Events {
        NONE,
        /// When steps begin and end, as an object a line (`--progress=json`).
        JSON
    }

    /// What holds for the image that a build starts from.
    ///
    /// @param fixPermissions whether its owner may read and write all of its files, and enter its directories
    ///     (`--fix-perms`)
    /// @param unencrypted whether it may come over a connection that anybody on the way reads and changes
    ///     (`--no-https`)
    public record BaseRules(boolean fixPermissions, boolean unencrypted) {
        public static final BaseRules USUAL = new BaseRules(false, false);
    }

    /// Where the build happens.
    ///
    /// @param temporaryDirectory directory in which the build makes its own; unused for a sandbox, which is
    /// built beside its target
    /// @param workingDirectory absolute; relative paths of the request and of `%files` start here
    /// @param environment the caller's environment, which `%pre` and `%setup` see
    public record Surroundings(Path temporaryDirectory, Path workingDirectory, Map<String, String> environment) {
        public Surroundings {
            requireNonNull(temporaryDirectory);
            if (!workingDirectory.isAbsolute()) {
                throw new IllegalArgumentException("working directory " + workingDirectory);
            }
            environment = Map.copyOf(environment);
        }
    }

    /// The path of the target, absolute.
    Path absoluteTarget() {
        return surroundings.workingDirectory().resolve(target.path()).normalize();
    }

    boolean has(BuildPart part) {
        return options.parts().contains(part);
    }
}
