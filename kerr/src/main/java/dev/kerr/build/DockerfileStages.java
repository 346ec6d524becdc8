package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.deffile.Definition;
import dev.kerr.dockerfile.Base;
import dev.kerr.dockerfile.Dockerfile;
import dev.kerr.dockerfile.GlobalScope;
import dev.kerr.dockerfile.IgnorePatterns;
import dev.kerr.dockerfile.Origin;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.image.OciConfig;
import dev.kerr.log.UserException;
import dev.kerr.oci.ImageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The stages of a Dockerfile that a target needs, and the images that they take files from.
final class DockerfileStages {
    private static final ImageConfig.Execution NOTHING =
            new ImageConfig.Execution("", List.of(), List.of(), List.of(), "", new TreeMap<>(), List.of(), List.of());

    private final BuildContext context;
    private final Recipe.OfDockerfile recipe;
    private final GlobalScope global;
    private final IgnorePatterns ignored;
    private final List<String> ignoredLines;
    private final Map<Integer, Made> stages = new HashMap<>();
    private final Map<String, Made> images = new HashMap<>();

    /// A stage with what an image of it says.
    ///
    /// @param state after its last instruction
    record Made(Stage stage, ImageConfig.Execution state) {}

    private DockerfileStages(BuildContext context, Recipe.OfDockerfile recipe, GlobalScope global, String ignored)
            throws UserException {
        this.context = requireNonNull(context);
        this.recipe = requireNonNull(recipe);
        this.global = requireNonNull(global);
        this.ignored = IgnorePatterns.parse(ignored, ".dockerignore");
        this.ignoredLines = ignored.lines().toList();
    }

    /// What stands for a definition in the image.
    Definition definition() {
        return Recipe.standIn("dockerfile", recipe.source().path().toString(), recipe.text());
    }

    /// Makes the stage that is to be built, with those that it needs.
    ///
    /// @throws UserException if an instruction is wrong, or a base cannot be had
    static Recipe.Product product(BuildContext context, Recipe.OfDockerfile recipe) throws IOException, UserException {
        Dockerfile parsed = recipe.dockerfile();
        BuildRequest.Source.Dockerfile source = recipe.source();
        var last = source.target().isEmpty()
                ? parsed.last()
                : parsed.stage(source.target().get());
        GlobalScope global = GlobalScope.of(parsed, source.arguments(), last);
        Dockerfile dockerfile = global.resolve();
        Path directory = context.request().surroundings().workingDirectory().resolve(source.context());
        var made = new DockerfileStages(context, recipe, global, ignored(directory, source.path()));
        for (dev.kerr.dockerfile.Stage stage :
                dockerfile.needed(dockerfile.stages().get(last.index()))) {
            made.stages.put(stage.index(), made.make(stage, stage.index() == last.index()));
        }
        Made target = made.of(last.index());
        return new Recipe.Product(target.stage(), made.definition(), Optional.of(target.state()));
    }

    /// **Source:** the Dockerfile reference: the file's own `NAME.dockerignore` goes before the context's.
    private static String ignored(Path directory, Path file) throws IOException {
        for (Path path :
                List.of(directory.resolve(file.getFileName() + ".dockerignore"), directory.resolve(".dockerignore"))) {
            if (Files.isRegularFile(path)) {
                return Files.readString(path);
            }
        }
        return "";
    }

    /// An earlier stage.
    Made of(int index) {
        return requireNonNull(stages.get(index));
    }

    /// An image from elsewhere, of which files are taken.
    ///
    /// @throws UserException if it cannot be had
    Made image(String reference) throws IOException, UserException {
        Made there = images.get(reference);
        if (there == null) {
            there = unpacked(reference);
            images.put(reference, there);
        }
        return there;
    }

    private Made unpacked(String reference) throws IOException, UserException {
        Path rootfs = context.directory().newRootFileSystem();
        var time = new BuildTime(context.fixedTime());
        BaseImage base = open(reference);
        Step step = unpacking(base, reference, rootfs, time);
        return new Made(new Stage(context, TreeStep.Tree.of(rootfs), time, List.of(step)), NOTHING);
    }

    /// The step that begins a stage with an image.
    Step unpacking(BaseImage base, String reference, Path rootfs, BuildTime time) {
        var bootstrapper = new Bootstrapper(context);
        Optional<String> version =
                base instanceof BaseImage.Squashfs file ? InputDigest.version(file.path()) : Optional.empty();
        return new Step("FROM " + reference, version, Step.Weight.LIGHT, Room.of(base), () -> {
            if (isHere(reference)) {
                bootstrapper.unpack(base, reference, rootfs);
            } else {
                bootstrapper.unpackConverted(base, reference, rootfs);
            }
            time.takeFrom(base);
        });
    }

    /// Whether an image is named by its path, as no image of a registry can be.
    private static boolean isHere(String reference) {
        return reference.startsWith("/") || reference.startsWith("./") || reference.startsWith("../");
    }

    /// @param reference of a registry, or with its transport; or a path, relative to the context
    BaseImage open(String reference) throws IOException, UserException {
        if (isHere(reference)) {
            return BaseImage.open(directory().resolve(reference).normalize(), reference);
        }
        String spelling = Images.isElsewhere(reference) ? reference : "docker://" + reference;
        return BaseImage.open(context.images().sif(spelling), reference);
    }

    private Made make(dev.kerr.dockerfile.Stage stage, boolean isLast) throws IOException, UserException {
        Path rootfs = context.directory().newRootFileSystem();
        var steps = new DockerfileSteps(context, this, rootfs);
        return switch (stage.base()) {
            case Base.Scratch() -> steps.made(stage, NOTHING, isLast);
            case Base.Image(String reference) -> {
                checkPlatform(stage);
                BaseImage base = open(reference);
                steps.begin(base, reference);
                yield steps.made(stage, execution(base), isLast);
            }
            case Base.Earlier(int index) -> {
                steps.begin(of(index).stage());
                yield steps.made(stage, of(index).state(), isLast);
            }
            case Base.Variable(String expression) ->
                throw new IllegalStateException("an unresolved base: " + expression);
        };
    }

    private void checkPlatform(dev.kerr.dockerfile.Stage stage) throws UserException {
        String host = "linux/" + context.platform().architecture().goName();
        if (!stage.platform().isEmpty() && !(stage.platform() + "/").startsWith(host + "/")) {
            throw error(
                    stage.line(),
                    "--platform=" + stage.platform() + " is not this host's " + host,
                    "Kerr builds for the machine that it runs on");
        }
    }

    private static ImageConfig.Execution execution(BaseImage base) throws IOException, UserException {
        if (!(base instanceof BaseImage.Squashfs file)) {
            return NOTHING;
        }
        try (Image image = Images.open(file.path().toString())) {
            return OciConfig.execution(image).orElse(NOTHING);
        }
    }

    UserException error(int line, String message, String hint) {
        return recipe.dockerfile().source().error(line, message, hint);
    }

    Recipe.OfDockerfile recipe() {
        return recipe;
    }

    GlobalScope global() {
        return global;
    }

    /// What of the context is not seen.
    IgnorePatterns ignored() {
        return ignored;
    }

    /// The same as lines of a file.
    List<String> ignoredLines() {
        return ignoredLines;
    }

    /// The directory that the build was given.
    Path directory() {
        return context.request()
                .surroundings()
                .workingDirectory()
                .resolve(recipe.source().context());
    }

    /// The tree that an instruction takes files from.
    ///
    /// @throws UserException if a step of that stage fails
    Path root(Origin origin) throws IOException, UserException {
        return switch (origin) {
            case Origin.Context() -> directory();
            case Origin.Empty() -> context.directory().newDirectory("empty");
            case Origin.Stage(int index) -> of(index).stage().rootfs();
            case Origin.Image(String reference) -> image(reference).stage().rootfs();
        };
    }

    /// What tells one version of such a tree from another; empty if nobody can say.
    Optional<String> version(Origin origin) throws IOException, UserException {
        return switch (origin) {
            case Origin.Context() -> Optional.empty();
            case Origin.Empty() -> Optional.of("");
            case Origin.Stage(int index) -> of(index).stage().key().map(StepKey::hex);
            case Origin.Image(String reference) ->
                image(reference).stage().key().map(StepKey::hex);
        };
    }

    /// The variables of a configuration.
    static Map<String, String> variables(ImageConfig.Execution execution) {
        var variables = new LinkedHashMap<String, String>();
        for (String variable : execution.environment()) {
            int equals = variable.indexOf('=');
            variables.put(
                    equals < 0 ? variable : variable.substring(0, equals),
                    equals < 0 ? "" : variable.substring(equals + 1));
        }
        return variables;
    }
}
