package dev.kerr.build;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Writes the ext3 file system of an overlay: the directories `upper` and `work`, which overlayfs(5) wants side by side
/// on one file system, and the layout's directories below `upper`.
///
/// The work is that of mkfs.ext3(8), version 1.43 or newer, which takes a directory's files along (`-d`). What its
/// configuration may turn on and older kernels or fuse2fs(1) do not know is turned off.
final class Ext3Writer {
    private static final int CHUNK = 1 << 20;

    /// The tree's ids have always been written whole up to here.
    private static final int SHORT_ID = 0xffff;

    private final String mkfs;
    private final Optional<String> debugfs;

    /// @param mkfs path of mkfs.ext3(8)
    /// @param debugfs path of debugfs(8), which is only needed for another owner than the caller
    Ext3Writer(String mkfs, Optional<String> debugfs) {
        this.mkfs = Objects.requireNonNull(mkfs);
        this.debugfs = Objects.requireNonNull(debugfs);
    }

    /// Writes the file system into an empty file, and to the disk.
    ///
    /// @param scratch an empty directory, of which something is left
    /// @throws UserException if a program refuses the work, with what it says
    void write(Path file, OverlayLayout layout, Path scratch) throws IOException, UserException {
        allocate(file, layout);
        Path tree = Files.createDirectory(scratch.resolve("tree"));
        List<Path> directories = directories(tree, layout);
        var owner = layout.owner();
        String ids = Integer.toUnsignedString(owner.uid()) + ":" + Integer.toUnsignedString(owner.gid());
        List<String> command = new ArrayList<>(List.of(mkfs, "-q", "-F", "-b", "4096", "-m", "0"));
        command.addAll(List.of("-O", "^64bit,^metadata_csum"));
        boolean sparse = layout.space() == OverlayLayout.Space.SPARSE; // a discard gives blocks back
        command.addAll(List.of("-E", (sparse ? "discard" : "nodiscard") + ",root_owner=" + ids));
        if (sparse) {
            command.addAll(List.of("-J", "size=4")); // the least; a journal is written out whole
        }
        command.addAll(List.of("-d", tree.toString()));
        run(command, file);
        if (!isOwnedSo(tree.resolve("upper"), owner)) {
            give(directories, tree, owner, file);
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void allocate(Path file, OverlayLayout layout) throws IOException {
        if (layout.space() == OverlayLayout.Space.SPARSE) {
            try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(layout.sizeBytes());
            }
            return;
        }
        var zeros = ByteBuffer.allocateDirect(CHUNK);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long done = 0; done < layout.sizeBytes(); done += channel.write(zeros.clear(), done)) {
                zeros.limit((int) Math.min(CHUNK, layout.sizeBytes() - done));
            }
        }
    }

    /// Makes the directories, and returns them, parents first.
    private static List<Path> directories(Path tree, OverlayLayout layout) throws IOException {
        var directories = new ArrayList<Path>();
        add(tree.resolve("upper"), directories);
        add(tree.resolve("work"), directories);
        for (Path wanted : layout.directories()) {
            Path path = tree.resolve("upper");
            for (Path part : wanted) {
                path = path.resolve(part);
                add(path, directories);
            }
        }
        return directories;
    }

    private static void add(Path directory, List<Path> directories) throws IOException {
        if (!Files.exists(directory)) {
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            directories.add(directory);
        }
    }

    private static boolean isOwnedSo(Path directory, OverlayLayout.Ids owner) throws IOException {
        return owner.uid() >= 0
                && owner.uid() <= SHORT_ID
                && owner.gid() >= 0
                && owner.gid() <= SHORT_ID
                && Objects.equals(Files.getAttribute(directory, "unix:uid"), owner.uid())
                && Objects.equals(Files.getAttribute(directory, "unix:gid"), owner.gid());
    }

    /// Files that the caller cannot give away on the host are given away in the file system.
    private void give(List<Path> directories, Path tree, OverlayLayout.Ids owner, Path file)
            throws IOException, UserException {
        if (debugfs.isEmpty()) {
            throw new UserException(
                    "debugfs is not installed, and an overlay of another owner needs it",
                    "install the package e2fsprogs");
        }
        var script = new StringBuilder();
        for (Path directory : directories) {
            String name = "/" + tree.relativize(directory);
            String quoted = "\"" + name.replace("\"", "\"\"") + "\"";
            String uid = Integer.toUnsignedString(owner.uid());
            String gid = Integer.toUnsignedString(owner.gid());
            script.append("set_inode_field ")
                    .append(quoted)
                    .append(" uid ")
                    .append(uid)
                    .append('\n');
            script.append("set_inode_field ")
                    .append(quoted)
                    .append(" gid ")
                    .append(gid)
                    .append('\n');
        }
        Path commands = Files.writeString(tree.resolveSibling("commands"), script);
        for (String line : run(List.of(debugfs.get(), "-w", "-f", commands.toString()), file)) {
            boolean expected = line.isBlank() || line.startsWith("debugfs ") || line.startsWith("debugfs: ");
            if (!expected) { // it succeeds whatever fails
                throw new UserException("debugfs failed: " + line);
            }
        }
    }

    /// Runs a program on a file and returns what it says, by lines.
    ///
    /// The file goes by its bare name: these programs take what follows a `?` in a path for options.
    private static List<String> run(List<String> command, Path file) throws IOException, UserException {
        var argv = new ArrayList<>(command);
        argv.add(String.valueOf(file.getFileName()));
        var builder = new ProcessBuilder(argv).redirectErrorStream(true);
        builder.directory(Objects.requireNonNull(file.getParent()).toFile());
        builder.environment().put("LC_ALL", "C");
        var process = builder.start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status;
        try {
            status = process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        List<String> lines = said.lines().filter(line -> !line.isBlank()).toList();
        if (status != 0) {
            String reason = lines.isEmpty() ? "exit status " + status : lines.getLast();
            throw new UserException(Path.of(argv.getFirst()).getFileName() + " failed: " + reason);
        }
        return lines;
    }
}
