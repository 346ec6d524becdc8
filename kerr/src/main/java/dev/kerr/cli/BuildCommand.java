package dev.kerr.cli;

import dev.kerr.build.BuildPart;
import dev.kerr.build.BuildRequest;
import dev.kerr.build.Builder;
import dev.kerr.build.ImageProvider;
import dev.kerr.build.PackSettings;
import dev.kerr.build.PlannedRunner;
import dev.kerr.build.Platform;
import dev.kerr.build.StepView;
import dev.kerr.cache.Cache;
import dev.kerr.container.Bind;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.container.Host;
import dev.kerr.deffile.BuildArguments;
import dev.kerr.deffile.DefinitionParser;
import dev.kerr.export.LocalTarget;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.integrity.KeySource;
import dev.kerr.linux.Inputs;
import dev.kerr.log.UserException;
import dev.kerr.squashfs.SquashfsReader;
import dev.kerr.starter.Starter;
import dev.kerr.transport.ImageSource;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `build`.
final class BuildCommand {
    private final Session session;
    private final Invocation invocation;

    BuildCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException, IOException {
        if (invocation.operands().size() != 2) {
            throw new UsageException(
                    "build needs the path of the image and what to build it from", Optional.of(Command.BUILD));
        }
        var config = session.config();
        PackSettings packing = PackOptions.of(invocation, config.packing());
        BuildRequest.Format format = format();
        String source = invocation.operands().get(1);
        boolean isSandbox = format instanceof BuildRequest.Format.Sandbox;
        boolean isOci = FileKind.of(invocation) instanceof FileKind.OciSif;
        refuseSenseless(source, format, isOci);
        boolean isUnpacked = isSandbox || !invocation.values("profile").isEmpty() || invocation.flag("fix-perms");
        if (!isUnpacked && Images.isElsewhere(source)) {
            return fetch(packing, format);
        }
        if (format instanceof BuildRequest.Format.Exported exported && Images.isImage(source)) {
            return export(source, exported);
        }
        if (!isUnpacked && OciSifSource.is(source)) {
            return convert(packing);
        }
        if (isOci) {
            throw new UserException(
                    "--oci makes files of images of layers, and " + source + " is none",
                    "such are docker://…, oci:… and OCI-SIF files");
        }
        build(source, format, packing);
        return ExitStatus.SUCCESS;
    }

    /// What is unpacked, or made from a definition.
    private void build(String source, BuildRequest.Format format, PackSettings packing)
            throws UsageException, UserException, IOException {
        var config = session.config();
        var probed = Host.probe(config, session.variables(), session.directories());
        var host = invocation.flag("userns") ? probed.inUserNamespace() : probed;
        var root = LaunchRights.root(invocation, host, config);
        root.tell(host, session.log());
        Path temporary = temporaryDirectory();
        var starter = new Starter(session.directories().program());
        var runner = new PlannedRunner(host, config, root.mapping(), starter, view(host), session.log());
        var platform = new Platform(Version.TEXT, host.architecture());
        var target = new BuildRequest.Target(Path.of(invocation.operands().get(0)), format, existing());
        try (var store = new CacheStore(session, invocation)) {
            ImageProvider images = images(packing, store);
            BuildRequest.Source base =
                    base(source, images, packing, platform.architecture().goName());
            boolean twice = invocation.flag("reproducible-check");
            boolean keeps = !twice && !invocation.flag("no-cache") && !invocation.flag("disable-cache");
            Optional<Cache> cache = keeps ? Optional.of(store.cache()) : Optional.empty();
            var builder = new Builder(runner, images, platform, cache, session.clock(), session.log());
            var request = request(target, base, temporary, Path.of(host.workingDirectory()), packing(base, packing));
            if (twice) {
                builder.buildTwice(request);
            } else {
                builder.build(request);
            }
        }
    }

    private StepView view(Host host) throws UserException {
        List<Bind> binds = new LaunchView(invocation, session.variables(), host).bindsOfBuild();
        for (Bind bind : binds) {
            if (bind.part().isPresent()) {
                throw new UserException(
                        "cannot bind a part of the image " + bind.source() + " in a build", "bind a directory instead");
            }
        }
        var gpus = new LaunchGpus(session, session.config(), new Inputs());
        return new StepView(
                binds,
                image -> gpus.ofBuild(invocation, image, host),
                invocation.flag("writable-tmpfs") ? Writable.TMPFS : Writable.NO);
    }

    private BuildRequest.Existing existing() {
        if (invocation.flag("update")) {
            return BuildRequest.Existing.UPDATE;
        }
        return invocation.flag("force") ? BuildRequest.Existing.REPLACE : BuildRequest.Existing.REFUSE;
    }

    private void refuseSenseless(String source, BuildRequest.Format format, boolean isOci)
            throws UserException, IOException {
        boolean isImage = Images.isElsewhere(source) || Files.isDirectory(Path.of(source)) || Images.isImage(source);
        if (invocation.flag("update")) {
            if (!(format instanceof BuildRequest.Format.Sandbox)) {
                throw new UserException("--update is for a sandbox", "add --sandbox");
            }
            if (isImage) {
                throw new UserException(
                        "cannot update from " + source + ": it is no definition file",
                        "--update runs the sections of one over the sandbox");
            }
        }
        if (isOci && invocation.flag("fix-perms")) {
            throw new UserException("--oci and --fix-perms contradict each other", "an OCI-SIF has layers as they are");
        }
        if (isOci && !(format instanceof BuildRequest.Format.Sif)) {
            String other = format instanceof BuildRequest.Format.Sandbox ? "--sandbox" : "--format";
            throw new UserException("--oci and " + other + " contradict each other", "an OCI-SIF is a file");
        }
        if (!invocation.values("profile").isEmpty() && (isOci || !(format instanceof BuildRequest.Format.Sif))) {
            throw new UserException(
                    "--profile lays out the file system of a SIF, and the target is none",
                    "leave out --sandbox, --format and --oci");
        }
        if (invocation.value("arch").isPresent() && !Images.isElsewhere(source)) {
            throw new UserException(
                    "--arch is for images from elsewhere, and " + source + " is none",
                    "as docker://alpine; what is built here is for this host");
        }
    }

    /// Images from elsewhere, by way of the cache.
    private ImageProvider images(PackSettings packing, CacheStore store) {
        var fetcher = new ImageFetcher(session, invocation, packing, store.cache());
        var access = new RegistryAccess(session, invocation);
        return new ImageProvider() {
            @Override
            public Path sif(String spelling) throws IOException, UserException {
                var source = ImageSource.parse(spelling)
                        .orElseThrow(() -> new UserException("cannot build from " + spelling + ": it names no image"));
                return fetcher.cached(source, spelling);
            }

            @Override
            public KeySource keys() {
                return new SignerKeys(session, invocation);
            }

            @Override
            public void file(String url, String checksum, Path file) throws IOException, UserException {
                try (var web = access.web()) {
                    new FileDownload(web).fetch(url, checksum, file);
                }
            }
        };
    }

    private BuildRequest.Format format() throws UsageException, UserException {
        Optional<String> named = invocation.value("format");
        if (invocation.flag("sandbox")) {
            if (named.isPresent()) {
                throw new UsageException("--sandbox and --format are two formats", Optional.of(Command.BUILD));
            }
            return BuildRequest.Format.SANDBOX;
        }
        String name = named.orElse("sif");
        if (name.equals("sif")) {
            return BuildRequest.Format.SIF;
        }
        for (ImageSource.Kind kind : ImageSource.Kind.values()) {
            if (kind.word().equals(name)) {
                Path path = Path.of(invocation.operands().getFirst());
                return new BuildRequest.Format.Exported(
                        new LocalTarget(kind, path, ""), new ImageExporter(session, invocation).settings());
            }
        }
        throw new UsageException(
                "--format " + name + ": not sif, oci, oci-archive or docker-archive", Optional.of(Command.BUILD));
    }

    /// Layers become a SIF without being unpacked.
    private int fetch(PackSettings packing, BuildRequest.Format format)
            throws UsageException, UserException, IOException {
        Path target = Path.of(invocation.operands().get(0));
        String spelling = invocation.operands().get(1);
        requireFree(target);
        var source = ImageSource.parse(spelling).orElseThrow();
        try (var store = new CacheStore(session, invocation)) {
            var fetcher = new ImageFetcher(session, invocation, packing, store.cache());
            if (format instanceof BuildRequest.Format.Exported exported) {
                return export(fetcher.cached(source, spelling).toString(), exported);
            }
            fetcher.fetch(source, spelling, target);
        }
        session.log().info("Build complete: " + target);
        return ExitStatus.SUCCESS;
    }

    /// What is an image already needs no root to become one of Docker's.
    private int export(String image, BuildRequest.Format.Exported format)
            throws UsageException, UserException, IOException {
        requireFree(format.place().path());
        new ImageExporter(session, invocation).export(image, format.place(), LocalTarget.Existing.REPLACE);
        session.log().info("Build complete: " + format.place().path());
        return ExitStatus.SUCCESS;
    }

    /// Layers of an OCI-SIF become another file.
    private int convert(PackSettings packing) throws UserException, IOException {
        Path target = Path.of(invocation.operands().get(0));
        requireFree(target);
        new OciSifSource(session, invocation, packing, invocation.operands().get(1)).writeTo(target);
        session.log().info("Build complete: " + target);
        return ExitStatus.SUCCESS;
    }

    private void requireFree(Path target) throws UserException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !invocation.flag("force")) {
            throw new UserException("build target " + target + " already exists", "use --force to replace it");
        }
    }

    /// An image that is only laid out anew stays packed as it is, unless the user says otherwise.
    private PackSettings packing(BuildRequest.Source source, PackSettings usual)
            throws UsageException, UserException, IOException {
        if (invocation.values("profile").isEmpty()
                || !(source instanceof BuildRequest.Source.Image(Path path))
                || !Images.isImage(path.toString())) {
            return usual;
        }
        try (Image image = Images.open(path.toString())) {
            if (image instanceof Image.Squashfs packed && packed.sif().isPresent()) {
                try (var reader = SquashfsReader.open(packed.channel(), packed.offset(), packed.size())) {
                    return PackOptions.of(
                            invocation, session.config().packing(), PackSettings.like(reader.superblock()));
                }
            }
        }
        return usual;
    }

    private BuildRequest request(
            BuildRequest.Target target,
            BuildRequest.Source source,
            Path temporary,
            Path workingDirectory,
            PackSettings packing)
            throws UserException {
        return new BuildRequest(
                target,
                source,
                new BuildRequest.Options(
                        parts(),
                        invocation.flag("no-cleanup"),
                        packing,
                        invocation.values("profile"),
                        new BuildRequest.BaseRules(invocation.flag("fix-perms"), invocation.flag("no-https")),
                        events()),
                new BuildRequest.Surroundings(
                        temporary, workingDirectory, session.variables().all()));
    }

    private BuildRequest.Events events() throws UserException {
        String progress = invocation.value("progress").orElse("");
        if (!progress.isEmpty() && !progress.equals("json")) {
            throw new UserException("unknown --progress=" + progress, "the one form is json");
        }
        return progress.isEmpty() ? BuildRequest.Events.NONE : BuildRequest.Events.JSON;
    }

    private BuildRequest.Source base(String spelling, ImageProvider images, PackSettings packing, String architecture)
            throws UserException, IOException {
        Path path = Images.isElsewhere(spelling) ? images.sif(spelling) : Path.of(spelling);
        if (OciSifSource.is(path.toString())) {
            path = new OciSifSource(session, invocation, packing, path.toString()).merged();
        }
        if (Files.isDirectory(path) || Images.isImage(path.toString())) {
            return new BuildRequest.Source.Image(path);
        }
        if (DockerfileOptions.isDockerfile(invocation, path)) {
            return new DockerfileOptions(invocation, architecture).source(path);
        }
        if (invocation.flag("json")) {
            requireJson(path);
        }
        return new BuildRequest.Source.DefinitionFile(path, arguments());
    }

    private BuildArguments arguments() throws UserException, IOException {
        var unused = invocation.flag("warn-unused-build-args")
                ? BuildArguments.Unused.WARNED_ABOUT
                : BuildArguments.Unused.REFUSED;
        var ofFiles = new HashMap<String, String>();
        for (String file : invocation.values("build-arg-file")) {
            ofFiles.putAll(BuildArguments.ofFile(text(Path.of(file), "build arguments"), file));
        }
        return BuildArguments.of(ofFiles, invocation.values("build-arg"), unused);
    }

    /// A definition in JSON is known by its first character; who says that it is one is to be told if it is none.
    private static void requireJson(Path definition) throws UserException, IOException {
        if (Files.isRegularFile(definition) && !DefinitionParser.isJson(text(definition, "a definition"))) {
            throw new UserException(
                    "cannot build from " + definition + ": it is not JSON", "a definition file is read without --json");
        }
    }

    /// @param content of what the file is the text, for messages
    private static String text(Path file, String content) throws UserException, IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new UserException("cannot read " + content + " from " + file + ": it is not text in UTF-8");
        } catch (NoSuchFileException e) {
            throw new UserException("cannot read " + content + " from " + file + ": no such file");
        } catch (AccessDeniedException e) {
            throw new UserException("cannot read " + content + " from " + file + ": permission denied");
        }
    }

    private Set<BuildPart> parts() throws UserException {
        List<String> named = invocation.items("section");
        var parts = new HashSet<>(named.isEmpty() ? BuildPart.all() : BuildPart.of(named));
        if (invocation.flag("notest")) {
            parts.remove(BuildPart.TEST);
        }
        return parts;
    }

    private Path temporaryDirectory() throws UserException {
        Path directory = invocation
                .value("tmpdir")
                .map(Path::of)
                .orElse(session.directories().temporary());
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new UserException(
                    "temporary directory " + directory + " is no directory that may be written to",
                    "name another with --tmpdir or KERR_TMPDIR");
        }
        return directory.toAbsolutePath();
    }
}
