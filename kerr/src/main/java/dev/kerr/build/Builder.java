package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.deffile.Definition;
import dev.kerr.deffile.DefinitionParser;
import dev.kerr.deffile.Header;
import dev.kerr.export.OneLayerImage;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.inspect.Inspection;
import dev.kerr.linux.Terminal;
import dev.kerr.log.Log;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.UserException;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifCopy;
import dev.kerr.sif.Stamp;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Builds images.
///
/// Not for use by several threads at once. A build either leaves the whole image at its target or nothing,
/// and removes its
/// temporary directory in both cases.
public final class Builder {
    private final BuildRunner runner;
    private final ImageProvider images;
    private final Platform platform;
    private final Clock clock;
    private final Log log;

    /// @param runner has the rights of root
    /// @param clock the time and zone for labels and SIF; a fixed one makes the build reproducible
    public Builder(BuildRunner runner, ImageProvider images, Platform platform, Clock clock, Log log) {
        this.runner = requireNonNull(runner);
        this.images = requireNonNull(images);
        this.platform = requireNonNull(platform);
        this.clock = requireNonNull(clock);
        this.log = requireNonNull(log);
    }

    /// Builds what is requested.
    ///
    /// @throws UserException if the request is wrong, or a section, a program or the host fails
    public void build(BuildRequest request) throws IOException, UserException {
        HostCommands host = new HostCommands(runner, request.surroundings().environment());
        TargetFile target = new TargetFile(request.target(), request.absoluteTarget(), host);
        target.check();
        if (!request.options().profile().isEmpty()) {
            runner.checkRecording();
        }
        List<Definition> definitions = definitions(request);
        definitions.forEach(definition -> definition.warnings().forEach(log::warning));
        boolean keep = request.options().keepTemporary();
        try (BuildDirectory directory = BuildDirectory.create(parent(request), host, log, keep)) {
            var now = clock.instant().atZone(clock.getZone());
            var context = new StageBuilder.Context(request, host, directory, images, platform, now, log);
            if (isToBeArranged(request)) {
                arrange(context, target);
            } else {
                build(context, target, definitions);
            }
        }
        log.info("Build complete: " + request.target().path());
    }

    private void build(StageBuilder.Context context, TargetFile target, List<Definition> definitions)
            throws IOException, UserException {
        BuildRequest request = context.request();
        BuildDirectory directory = context.directory();
        Map<String, Path> stages = buildEarlierStages(context, definitions.subList(0, definitions.size() - 1));
        boolean update = request.target().existing() == BuildRequest.Existing.UPDATE;
        Path rootfs = update ? request.absoluteTarget() : directory.newRootFileSystem();
        Definition last = definitions.getLast();
        Inspection inspection = new StageBuilder(context, last, rootfs, stages).build();
        switch (request.target().format()) {
            case BuildRequest.Format.Sandbox() -> {
                if (!update) {
                    target.placeSandbox(rootfs, directory.newPath("replaced"));
                }
            }
            case BuildRequest.Format.Sif() -> {
                Path file = profiled(context, pack(context, rootfs));
                target.writeSif(file, new TargetFile.Image(last, inspection, platform, stamp(request)));
            }
            case BuildRequest.Format.Exported exported -> export(exported, request, pack(context, rootfs));
        }
    }

    private Path pack(StageBuilder.Context context, Path rootfs) throws IOException, UserException {
        BuildRequest request = context.request();
        log.info("Writing " + request.target().path());
        Path file = context.directory().newPath("squashfs");
        new Trees(context.host(), context.directory(), log)
                .pack(rootfs, file, request.options().packing(), times(request));
        return file;
    }

    /// The file system as it is to be laid out.
    private Path profiled(StageBuilder.Context context, Path squashfs) throws IOException, UserException {
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

    private void arrange(StageBuilder.Context context, TargetFile target) throws IOException, UserException {
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

    private void export(BuildRequest.Format.Exported exported, BuildRequest request, Path squashfs)
            throws IOException, UserException {
        String name = request.target().path().toString();
        long now = clock.instant().getEpochSecond();
        var bar = ProgressBar.below(log, Terminal.columns(Terminal.STANDARD_ERROR));
        try (Image image = Images.open(squashfs.toString());
                var made = OneLayerImage.of(name, image, exported.settings(), now, bar, log)) {
            exported.place().write(made);
        } finally {
            bar.ifPresent(ProgressBar::close);
        }
    }

    /// The root file systems of the stages that have a name, by it.
    private static Map<String, Path> buildEarlierStages(StageBuilder.Context context, List<Definition> definitions)
            throws IOException, UserException {
        Map<String, Path> stages = new HashMap<>();
        for (Definition definition : definitions) {
            Path rootfs = context.directory().newRootFileSystem();
            new StageBuilder(context, definition, rootfs, stages).build();
            definition.stage().ifPresent(name -> stages.put(name, rootfs));
        }
        return stages;
    }

    /// Reproducible where the caller fixes the time (`SOURCE_DATE_EPOCH`; the clock is set by it too).
    private Stamp stamp(BuildRequest request) {
        return isReproducible(request) ? Stamp.reproducible(clock.instant()) : Stamp.fresh(clock);
    }

    /// What is younger than the build can only be what the build made: as old as it is then, not as the machine is
    /// fast.
    private TreeStep.Times times(BuildRequest request) {
        long made = clock.instant().getEpochSecond();
        return new TreeStep.Times(made, isReproducible(request) ? OptionalLong.of(made) : OptionalLong.empty());
    }

    private static boolean isReproducible(BuildRequest request) {
        return !request.surroundings()
                .environment()
                .getOrDefault("SOURCE_DATE_EPOCH", "")
                .isBlank();
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

    private static List<Definition> definitions(BuildRequest request) throws IOException, UserException {
        return switch (request.source()) {
            case BuildRequest.Source.DefinitionFile file ->
                read(file, request.surroundings().workingDirectory());
            case BuildRequest.Source.Image(Path path) -> List.of(conversion(path));
        };
    }

    private static List<Definition> read(BuildRequest.Source.DefinitionFile file, Path workingDirectory)
            throws IOException, UserException {
        Path path = workingDirectory.resolve(file.path());
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            String reason = Files.exists(path) ? "cannot be read" : "no such file";
            throw new UserException("cannot build from " + file.path() + ": " + reason);
        }
        try {
            return DefinitionParser.parse(Files.readString(path), file.path().toString(), file.arguments());
        } catch (CharacterCodingException e) {
            throw new UserException("cannot build from " + file.path() + ": it is not text in UTF-8");
        }
    }

    /// The definition that stands for building from an image as it is.
    private static Definition conversion(Path image) {
        Header header = new Header(
                List.of(new Header.Entry("bootstrap", "localimage", 1), new Header.Entry("from", image.toString(), 2)));
        String text = "bootstrap: localimage\nfrom: " + image + "\n";
        return new Definition(image.toString(), header, List.of(), text, List.of());
    }
}
