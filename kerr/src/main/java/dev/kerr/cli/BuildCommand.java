package dev.kerr.cli;

import dev.kerr.build.BuildPart;
import dev.kerr.build.BuildRequest;
import dev.kerr.build.Builder;
import dev.kerr.build.PackSettings;
import dev.kerr.build.PlannedRunner;
import dev.kerr.build.Platform;
import dev.kerr.container.Host;
import dev.kerr.container.Planner;
import dev.kerr.deffile.BuildArguments;
import dev.kerr.image.Images;
import dev.kerr.log.UserException;
import dev.kerr.starter.Starter;
import java.io.IOException;
import java.nio.file.Files;
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
        if (!invocation.values("bind").isEmpty()) {
            throw new UserException("option --bind of build is not yet available in this version");
        }
        var config = session.config();
        PackSettings packing = PackOptions.of(invocation, config.packing());
        var host = Host.probe(config, session.variables());
        Planner.requireRoot(host, config);
        Path temporary = temporaryDirectory();
        var starter = new Starter(session.directories().program(), temporary);
        var runner = new PlannedRunner(host, config, starter, session.log());
        var platform = new Platform(Version.TEXT, host.architecture());
        new Builder(runner, platform, session.clock(), session.log())
                .build(request(temporary, Path.of(host.workingDirectory()), packing));
        return ExitStatus.SUCCESS;
    }

    private BuildRequest request(Path temporary, Path workingDirectory, PackSettings packing) throws UserException {
        var target = new BuildRequest.Target(
                Path.of(invocation.operands().get(0)),
                invocation.flag("sandbox") ? BuildRequest.Format.SANDBOX : BuildRequest.Format.SIF,
                invocation.flag("force") ? BuildRequest.Existing.REPLACE : BuildRequest.Existing.REFUSE);
        return new BuildRequest(
                target,
                source(invocation.operands().get(1)),
                new BuildRequest.Options(parts(), invocation.flag("no-cleanup"), packing),
                new BuildRequest.Surroundings(
                        temporary, workingDirectory, session.variables().all()));
    }

    private BuildRequest.Source source(String spec) throws UserException {
        Path path = Path.of(spec);
        if (Files.isDirectory(path) || Images.isImage(spec)) {
            return new BuildRequest.Source.Image(path);
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
