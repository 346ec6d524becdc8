package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.dockerfile.IgnorePatterns;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Copies files into a root file system, as `COPY` of a Dockerfile does: directories are merged with those that are
/// there, everything else replaces what is there; links stay links, but for those that are named themselves. No link of
/// the root file system leads out of it.
final class CopyWork {
    private static final LinkOption[] PLAIN = {LinkOption.NOFOLLOW_LINKS};

    private final TreeStep.Copy copy;
    private final IgnorePatterns ignored;

    private CopyWork(TreeStep.Copy copy, IgnorePatterns ignored) {
        this.copy = requireNonNull(copy);
        this.ignored = requireNonNull(ignored);
    }

    static void copy(TreeStep.Copy copy) throws IOException, UserException {
        var work = new CopyWork(copy, IgnorePatterns.parse(copy.ignored(), ".dockerignore"));
        for (TreeStep.Item item : copy.items()) {
            Path source = ScopedPath.resolve(copy.from(), item.source());
            Path target = ScopedPath.resolve(copy.rootfs(), item.target());
            work.makeParents(target);
            work.copy(source, relative(item.source()), target);
        }
    }

    private static String relative(String source) {
        String clean = Path.of("/" + source).normalize().toString().substring(1);
        return clean.isEmpty() ? "." : clean;
    }

    private void makeParents(Path target) throws IOException {
        Path parent = target.getParent();
        if (parent == null
                || Files.isDirectory(parent, PLAIN)
                || parent.equals(copy.rootfs().getParent())) {
            return;
        }
        makeParents(parent);
        Files.createDirectory(
                parent, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        if (copy.ownership().uid() >= 0) {
            own(parent);
        }
    }

    private void copy(Path source, String name, Path target) throws IOException, UserException {
        var attributes = Files.readAttributes(source, "unix:*", PLAIN);
        if (Boolean.TRUE.equals(attributes.get("isDirectory"))) {
            copyDirectory(source, name, target);
            return;
        }
        if (Boolean.TRUE.equals(attributes.get("isOther"))) {
            throw new FileSystemException(source.toString(), null, "neither a file, a directory nor a link");
        }
        if (Files.isDirectory(target, PLAIN)) {
            throw new FileSystemException(target.toString(), null, "a directory of the image, and the source is none");
        }
        Files.deleteIfExists(target);
        Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        finish(source, target);
    }

    private void copyDirectory(Path source, String name, Path target) throws IOException, UserException {
        if (!Files.isDirectory(target, PLAIN)) {
            Files.deleteIfExists(target);
            Files.createDirectory(target);
            Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(source));
            finish(source, target);
        }
        FileTime time = Files.getLastModifiedTime(source);
        for (Path child : children(source)) {
            String inner = name.equals(".") ? child.getFileName().toString() : name + "/" + child.getFileName();
            boolean isDirectory = Files.isDirectory(child, PLAIN);
            boolean isIgnored = ignored.ignores(inner);
            if (isIgnored && !(isDirectory && ignored.hasExceptions() && hasWanted(child, inner))) {
                continue;
            }
            Path place = ScopedPath.resolve(
                    copy.rootfs(), "/" + copy.rootfs().relativize(target) + "/" + child.getFileName());
            copy(child, inner, isDirectory ? place : target.resolve(child.getFileName()));
        }
        Files.setLastModifiedTime(target, time);
    }

    private boolean hasWanted(Path directory, String name) throws IOException {
        for (Path child : children(directory)) {
            String inner = name + "/" + child.getFileName();
            if (!ignored.ignores(inner) || Files.isDirectory(child, PLAIN) && hasWanted(child, inner)) {
                return true;
            }
        }
        return false;
    }

    private static List<Path> children(Path directory) throws IOException {
        var children = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(children::add);
        }
        Collections.sort(children);
        return children;
    }

    /// Gives a new file its owner and permissions; without any of their own, those of its source.
    private void finish(Path source, Path target) throws IOException {
        own(source, target);
        if (!Files.isSymbolicLink(target)) {
            int mode = copy.ownership().chmod().isEmpty()
                    ? (int) Files.getAttribute(source, "unix:mode", PLAIN) & 07777
                    : Integer.parseInt(copy.ownership().chmod(), 8);
            Files.setAttribute(target, "unix:mode", mode, PLAIN); // after the owner: that takes bits away
        }
    }

    private void own(Path source, Path target) throws IOException {
        if (copy.ownership().uid() >= 0) {
            own(target);
            return;
        }
        for (String name : List.of("unix:uid", "unix:gid")) {
            Object id = Files.getAttribute(source, name, PLAIN);
            if (!id.equals(Files.getAttribute(target, name, PLAIN))) {
                Files.setAttribute(target, name, id, PLAIN);
            }
        }
    }

    private void own(Path target) throws IOException {
        for (var id : java.util.Map.of(
                        "unix:uid",
                        copy.ownership().uid(),
                        "unix:gid",
                        copy.ownership().gid())
                .entrySet()) {
            if (!id.getValue().equals(Files.getAttribute(target, id.getKey(), PLAIN))) {
                Files.setAttribute(target, id.getKey(), id.getValue(), PLAIN);
            }
        }
    }
}
