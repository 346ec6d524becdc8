package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.cache.Cache;
import dev.kerr.export.OneLayerImage;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.inspect.Inspection;
import dev.kerr.inspect.TreeFiles;
import dev.kerr.linux.Terminal;
import dev.kerr.log.Log;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.UserException;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifCopy;
import dev.kerr.sif.Stamp;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Builds images.
///
/// Not for use by several threads at once. A build either leaves the whole image at its target or nothing,
/// and removes its
/// temporary directory in both cases.
public final class Builder {
    /// Paths that are named of those that differ.
    private static final int MOST_SHOWN = 20;

    private final BuildRunner runner;
    private final ImageProvider images;
    private final Platform platform;
    private final Optional<Cache> cache;
    private final Clock clock;
    private final Log log;

    /// @param runner has the rights of root
    /// @param cache where results of steps are kept; empty if they are not
    /// @param clock when a copy of an image with another layout is made
    public Builder(
            BuildRunner runner, ImageProvider images, Platform platform, Optional<Cache> cache, Clock clock, Log log) {
        this.runner = requireNonNull(runner);
        this.images = requireNonNull(images);
        this.platform = requireNonNull(platform);
        this.cache = requireNonNull(cache);
        this.clock = requireNonNull(clock);
        this.log = requireNonNull(log);
    }

    /// Builds what is requested.
    ///
    /// @throws UserException if the request is wrong, or a section, a program or the host fails
    public void build(BuildRequest request) throws IOException, UserException {
        build(request, Times.ONCE);
    }

    /// Builds what is requested twice, anew both times, and writes the image only if both are the same to the byte.
    ///
    /// @throws UserException as [#build] does, and if there is a difference
    public void buildTwice(BuildRequest request) throws IOException, UserException {
        build(request, Times.TWICE);
    }

    private enum Times {
        ONCE,
        TWICE
    }

    private void build(BuildRequest request, Times times) throws IOException, UserException {
        HostCommands host = new HostCommands(runner, request.surroundings().environment());
        TargetFile target = new TargetFile(request.target(), request.absoluteTarget(), host);
        target.check();
        if (!request.options().profile().isEmpty()) {
            runner.checkRecording();
        }
        Recipe recipe = Recipe.read(request);
        recipe.warnings().forEach(log::warning);
        boolean keep = request.options().keepTemporary();
        try (BuildDirectory directory = BuildDirectory.create(parent(request), host, log, keep)) {
            var kept = cache.map(files -> new StepCache(files, log));
            try {
                build(new BuildContext(request, host, directory, images, platform, kept, log), target, recipe, times);
            } finally {
                runner.await();
                kept.ifPresent(StepCache::await);
            }
            kept.ifPresent(StepCache::forget);
        }
        log.info("Build complete: " + request.target().path());
    }

    private void build(BuildContext context, TargetFile target, Recipe recipe, Times times)
            throws IOException, UserException {
        if (isToBeArranged(context.request())) {
            arrange(context, target);
            return;
        }
        Recipe.Product product = recipe.product(context);
        if (times == Times.TWICE) {
            requireSame(context, product.stage(), recipe.product(context).stage());
        }
        build(context, target, product);
    }

    private void build(BuildContext context, TargetFile target, Recipe.Product product)
            throws IOException, UserException {
        BuildRequest request = context.request();
        Stage stage = product.stage();
        switch (request.target().format()) {
            case BuildRequest.Format.Sandbox() -> {
                context.host().prepare();
                Path finished = stage.rootfs();
                if (request.target().existing() != BuildRequest.Existing.UPDATE) {
                    target.placeSandbox(finished, context.directory().newPath("replaced"));
                }
            }
            case BuildRequest.Format.Sif() -> {
                Packed packed = packed(context, stage);
                context.host().dismiss();
                context.directory().discard(stage.place());
                try (Image image = Images.open(packed.file().toString())) {
                    Inspection inspection = Inspection.of(new TreeFiles(image.tree()));
                    target.writeSif(packed.file(), new TargetFile.Image(product, inspection, platform, packed.stamp()));
                }
            }
            case BuildRequest.Format.Exported exported -> export(exported, request, packed(context, stage));
        }
    }

    private void requireSame(BuildContext context, Stage one, Stage other) throws IOException, UserException {
        Path first = pack(context, one);
        log.info("Building once more");
        Path second = pack(context, other);
        List<String> differences = ImageComparison.differences(first, second);
        if (!differences.isEmpty()) {
            int shown = Math.min(differences.size(), MOST_SHOWN);
            String more = differences.size() > shown ? " and " + (differences.size() - shown) + " more" : "";
            throw new UserException(
                    "the second build is another: " + String.join(", ", differences.subList(0, shown)) + more,
                    "have %post or RUN remove what holds times or chance, as logs and caches");
        }
        log.info("Both builds are the same");
        Files.delete(first);
        Files.delete(second);
    }

    /// A packed root file system.
    ///
    /// @param time of the build, in Unix seconds
    private record Packed(Path file, long time) {
        Stamp stamp() {
            return Stamp.reproducible(Instant.ofEpochSecond(time));
        }
    }

    /// The stage's root file system as it is to be in the image; from before, if nothing has changed.
    private Packed packed(BuildContext context, Stage stage) throws IOException, UserException {
        BuildRequest.Options options = context.request().options();
        Optional<StepKey> key = stage.key()
                .map(of -> of.then(
                        "packed", options.packing().content(), options.profile().toString()));
        if (key.isPresent() && context.cache().isPresent()) {
            var found = context.cache().get().find(key.get());
            if (found.isPresent()) {
                context.events().kept("write the image");
                log.info("Nothing has changed: the image is kept from before (--no-cache builds it again)");
                return new Packed(found.get().image().path(), found.get().time());
            }
        }
        context.host().prepare();
        stage.tree(); // what its steps take is not of packing
        long began = System.nanoTime();
        Path file = profiled(context, pack(context, stage));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        if (key.isPresent() && context.cache().isPresent() && stage.isWorthKeeping(took)) {
            context.cache().get().keep(key.get(), file);
        }
        return new Packed(file, stage.time().seconds());
    }

    private Path pack(BuildContext context, Stage stage) throws IOException, UserException {
        BuildRequest request = context.request();
        TreeStep.Tree tree = stage.tree();
        long time = stage.time().seconds();
        log.info("Writing " + request.target().path());
        Path file = context.directory().newPath("squashfs");
        var times = new TreeStep.Times(time, OptionalLong.of(time));
        try (var event = context.events().begin("write the image")) {
            PackSettings settings = request.options().packing();
            context.trees().pack(new TreeStep.Pack(tree, file, stage.kept(), settings, times));
            event.succeeded();
        }
        return file;
    }

    /// The file system as it is to be laid out.
    private Path profiled(BuildContext context, Path squashfs) throws IOException, UserException {
        BuildRequest request = context.request();
        List<String> commands = request.options().profile();
        if (commands.isEmpty()) {
            return squashfs;
        }
        var packed = new BaseImage.Squashfs(squashfs, 0, Files.size(squashfs));
        String spelling = request.target().path().toString();
        return new Profile(context.host(), context.directory(), log)
                .arrange(packed, spelling, commands, request.options().packing());
    }

    /// Whether the source is to stay what it is but for the order of its contents.
    private static boolean isToBeArranged(BuildRequest request) throws IOException {
        return !request.options().profile().isEmpty()
                && request.source() instanceof BuildRequest.Source.Image
                && Files.isRegularFile(absolute(request.source(), request))
                && Images.isSifFile(absolute(request.source(), request));
    }

    private void arrange(BuildContext context, TargetFile target) throws IOException, UserException {
        BuildRequest request = context.request();
        Path sif = absolute(request.source(), request);
        String spelling = request.source().path().toString();
        if (!(BaseImage.open(sif, spelling) instanceof BaseImage.Squashfs squashfs)) {
            throw new IllegalStateException(sif + " was a SIF file");
        }
        try (FileChannel channel = FileChannel.open(sif)) {
            if (SifCopy.hasSignatures(Sif.open(channel))) {
                log.warning("the signatures of " + spelling + " are of its old layout, and left out");
            }
        }
        Path file = new Profile(context.host(), context.directory(), log)
                .arrange(
                        squashfs,
                        spelling,
                        request.options().profile(),
                        request.options().packing());
        log.info("Writing " + request.target().path());
        target.writeCopy(sif, file, clock);
    }

    private static Path absolute(BuildRequest.Source source, BuildRequest request) {
        return request.surroundings().workingDirectory().resolve(source.path());
    }

    private void export(BuildRequest.Format.Exported exported, BuildRequest request, Packed packed)
            throws IOException, UserException {
        String name = request.target().path().toString();
        var bar = ProgressBar.below(log, Terminal.columns(Terminal.STANDARD_ERROR));
        try (Image image = Images.open(packed.file().toString());
                var made = OneLayerImage.of(name, image, exported.settings(), packed.time(), bar, log)) {
            exported.place().write(made);
        } finally {
            bar.ifPresent(ProgressBar::close);
        }
    }

    /// A sandbox is made beside its target, so that it can be renamed into place.
    private static Path parent(BuildRequest request) {
        Path target = request.absoluteTarget();
        Path beside = target.getParent();
        return switch (request.target().format()) {
            case BuildRequest.Format.Sif _, BuildRequest.Format.Exported _ ->
                request.surroundings()
                        .workingDirectory()
                        .resolve(request.surroundings().temporaryDirectory());
            case BuildRequest.Format.Sandbox _ -> beside == null ? target : beside;
        };
    }
}
