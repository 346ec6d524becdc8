package dev.kerr.build;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The root file system that a stage fills; everything in it is written and read as root of the build.
final class RootFileSystem {
    private final HostCommands host;
    private final BuildDirectory directory;
    private final Path path;

    RootFileSystem(HostCommands host, BuildDirectory directory, Path path) {
        this.host = host;
        this.directory = directory;
        this.path = path;
    }

    Path path() {
        return path;
    }

    /// Makes the directories, files and links that every image has; those there are stay as they are.
    void makeSkeleton() throws IOException, UserException {
        host.mustRun("lay out the image", "skeleton.sh", List.of(path.toString()));
    }

    /// Puts a tree over what is there, never through a link.
    void graft(StagedTree tree) throws IOException, UserException {
        Path staged = directory.newPath("staged");
        tree.writeTo(staged);
        host.mustRun("write metadata into the image", "graft.sh", List.of(staged.toString(), path.toString()));
    }

    /// Copies the metadata out and removes what `%post` left only for us (`/.build.labels`).
    CollectedFiles collect() throws IOException, UserException {
        Path copy = directory.newDirectory("collected");
        host.mustRun("read metadata of the image", "collect.sh", List.of(path.toString(), copy.toString()));
        return new CollectedFiles(copy);
    }
}
