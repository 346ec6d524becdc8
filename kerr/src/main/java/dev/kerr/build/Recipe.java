package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.deffile.Definition;
import dev.kerr.deffile.DefinitionParser;
import dev.kerr.deffile.Header;
import dev.kerr.dockerfile.Dockerfile;
import dev.kerr.dockerfile.DockerfileParser;
import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import dev.kerr.oci.ImageConfig;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a build goes by, read and checked before anything is made.
sealed interface Recipe {
    /// What is odd in its text, though not wrong enough to stop.
    List<String> warnings();

    /// What the recipe makes.
    ///
    /// @param definition for the image's metadata
    /// @param execution how the image wants to be run; empty for the scripts in it alone
    record Product(Stage stage, Definition definition, Optional<ImageConfig.Execution> execution) {
        public Product {
            requireNonNull(stage);
            requireNonNull(definition);
            requireNonNull(execution);
        }
    }

    /// The last stage, not yet taken.
    ///
    /// @throws UserException if a base cannot be had
    Product product(BuildContext context) throws IOException, UserException;

    /// The stages of a definition file.
    record OfDefinition(List<Definition> definitions) implements Recipe {
        public OfDefinition {
            definitions = List.copyOf(definitions);
        }

        @Override
        public List<String> warnings() {
            return definitions.stream()
                    .flatMap(definition -> definition.warnings().stream())
                    .toList();
        }

        @Override
        public Product product(BuildContext context) throws IOException, UserException {
            BuildRequest request = context.request();
            Map<String, Stage> stages = new HashMap<>();
            for (Definition definition : definitions.subList(0, definitions.size() - 1)) {
                Path rootfs = context.directory().newRootFileSystem();
                Stage stage = DefinitionSteps.stage(context, definition, rootfs, stages);
                definition.stage().ifPresent(name -> stages.put(name, stage));
            }
            boolean update = request.target().existing() == BuildRequest.Existing.UPDATE;
            Path rootfs =
                    update ? request.absoluteTarget() : context.directory().newRootFileSystem();
            Definition last = definitions.getLast();
            return new Product(DefinitionSteps.stage(context, last, rootfs, stages), last, Optional.empty());
        }
    }

    /// A Dockerfile.
    record OfDockerfile(BuildRequest.Source.Dockerfile source, String text, Dockerfile dockerfile) implements Recipe {
        public OfDockerfile {
            requireNonNull(source);
            requireNonNull(text);
            requireNonNull(dockerfile);
        }

        @Override
        public List<String> warnings() {
            return dockerfile.warnings();
        }

        @Override
        public Product product(BuildContext context) throws IOException, UserException {
            return DockerfileStages.product(context, this);
        }
    }

    /// Reads what a request names.
    ///
    /// @throws UserException if it is not there, or wrong
    static Recipe read(BuildRequest request) throws IOException, UserException {
        Path workingDirectory = request.surroundings().workingDirectory();
        return switch (request.source()) {
            case BuildRequest.Source.DefinitionFile file ->
                new OfDefinition(DefinitionParser.parse(
                        text(file.path(), workingDirectory), file.path().toString(), file.arguments()));
            case BuildRequest.Source.Dockerfile file -> {
                String text = text(file.path(), workingDirectory);
                Dockerfile parsed = DockerfileParser.parse(text, file.path().toString());
                List<String> undeclared = file.arguments().undeclared(parsed);
                if (!undeclared.isEmpty()) {
                    throw new UserException(
                            file.path() + ": unused build arguments: " + String.join(", ", undeclared),
                            "no ARG declares them");
                }
                yield new OfDockerfile(file, text, parsed);
            }
            case BuildRequest.Source.Image(Path path) -> new OfDefinition(List.of(conversion(path)));
        };
    }

    private static String text(Path file, Path workingDirectory) throws IOException, UserException {
        Path path = workingDirectory.resolve(file);
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            String reason = Files.exists(path) ? "cannot be read" : "no such file";
            throw new UserException("cannot build from " + file + ": " + reason);
        }
        try {
            return Files.readString(path);
        } catch (CharacterCodingException e) {
            throw new UserException("cannot build from " + file + ": it is not text in UTF-8");
        }
    }

    /// The definition that stands for building from an image as it is.
    private static Definition conversion(Path image) {
        return standIn("localimage", image.toString(), "bootstrap: localimage\nfrom: " + image + "\n");
    }

    /// A definition for an image that none was written for.
    ///
    /// @param text that is kept in the image
    static Definition standIn(String bootstrap, String from, String text) {
        Header header =
                new Header(List.of(new Header.Entry("bootstrap", bootstrap, 1), new Header.Entry("from", from, 2)));
        return new Definition(SourceText.of(from, text), header, List.of(), text, List.of());
    }
}
