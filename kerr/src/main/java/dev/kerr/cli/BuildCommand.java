package dev.kerr.cli;

import dev.kerr.build.BuildPart;
import dev.kerr.build.BuildRequest;
import dev.kerr.build.Builder;
import dev.kerr.build.ImageProvider;
import dev.kerr.build.PackSettings;
import dev.kerr.build.PlannedRunner;
import dev.kerr.build.Platform;
import dev.kerr.cache.Cache;
import dev.kerr.container.Host;
import dev.kerr.deffile.BuildArguments;
import dev.kerr.export.LocalTarget;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.log.UserException;
import dev.kerr.squashfs.SquashfsReader;
import dev.kerr.starter.Starter;
import dev.kerr.transport.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
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
        boolean isProfiled = !invocation.values("profile").isEmpty();
        if (!isProfiled && Images.isElsewhere(source) && !isSandbox) {
            return fetch(packing, format);
        }
        if (format instanceof BuildRequest.Format.Exported exported && Images.isImage(source)) {
            return export(source, exported);
        }
        if (!isProfiled && OciSifSource.is(source) && !isSandbox) {
            return convert(packing);
        }
        if (isOci) {
            throw new UserException(
                    "--oci makes files of images of layers, and " + source + " is none",
                    "such are docker://…, oci:… and OCI-SIF files");
        }
        var host = Host.probe(config, session.variables(), session.directories());
        var root = LaunchRights.root(invocation, host, config);
        root.tell(host, session.log());
        Path temporary = temporaryDirectory();
        var starter = new Starter(session.directories().program(), temporary);
        var runner = new PlannedRunner(host, config, root.mapping(), starter, session.log());
        var platform = new Platform(Version.TEXT, host.architecture());
        var target = new BuildRequest.Target(
                Path.of(invocation.operands().get(0)),
                format,
                invocation.flag("force") ? BuildRequest.Existing.REPLACE : BuildRequest.Existing.REFUSE);
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
        return ExitStatus.SUCCESS;
    }

    private void refuseSenseless(String source, BuildRequest.Format format, boolean isOci) throws UserException {
        if (!invocation.values("bind").isEmpty()) {
            throw new UserException("option --bind of build is not yet available in this version");
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
                new BuildRequest.Options(parts(), invocation.flag("no-cleanup"), packing, invocation.values("profile")),
                new BuildRequest.Surroundings(
                        temporary, workingDirectory, session.variables().all()));
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
        var arguments = BuildArguments.of(invocation.values("build-arg"), BuildArguments.Unused.REFUSED);
        return new BuildRequest.Source.DefinitionFile(path, arguments);
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
