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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Copies files into a root file system, as `COPY` of a Dockerfile does: directories are merged with those that are
/// there, everything else replaces what is there; links stay links, but for those that are named themselves;
/// several names of a file stay names of one. No link of the root file system leads out of it.
final class CopyWork {
    private static final String IGNORE_FILE = ".dockerignore";
    private static final LinkOption[] PLAIN = {LinkOption.NOFOLLOW_LINKS};

    private final TreeStep.Copy copy;
    private final IgnorePatterns ignored;

    /// Copies of files that have several names, by device and inode.
    private final Map<String, Path> copied = new HashMap<>();

    private CopyWork(TreeStep.Copy copy, IgnorePatterns ignored) {
        this.copy = requireNonNull(copy);
        this.ignored = requireNonNull(ignored);
    }

    /// @throws UserException if a pattern names nothing, or several files are to become one
    static void copy(TreeStep.Copy copy) throws IOException, UserException {
        TreeStep.Sources sources = copy.sources();
        var work = new CopyWork(copy, IgnorePatterns.parse(sources.ignored() + "\n" + sources.excluded(), IGNORE_FILE));
        IgnorePatterns ignored = IgnorePatterns.parse(sources.ignored(), IGNORE_FILE);
        var matches = new ArrayList<String>();
        for (String pattern : sources.patterns()) {
            matches.addAll(expand(copy.from(), pattern, ignored));
        }
        String destination = copy.destination();
        int count = matches.size() + sources.others();
        if (count > 1 && !destination.endsWith("/")) {
            throw new UserException("several files are copied to " + destination, "end the destination with /");
        }
        boolean intoDirectory = destination.endsWith("/")
                || Located.in(copy.rootfs(), destination).isDirectory();
        for (String match : matches) {
            Path source = ScopedPath.resolve(copy.from(), match);
            String to = work.joins(source) || !intoDirectory ? destination : slashed(destination) + work.nameOf(match);
            Path target = ScopedPath.resolve(copy.rootfs(), to);
            work.makeParents(target);
            work.copy(source, relative(match), target);
        }
    }

    /// The paths that a pattern names in a tree, relative to that, less those that are ignored.
    ///
    /// @throws UserException if there is none
    static List<String> expand(Path from, String pattern, IgnorePatterns ignored) throws IOException, UserException {
        String relative = pattern.replaceFirst("^/+", "");
        if (relative.isEmpty() || relative.equals(".")) {
            return List.of(".");
        }
        List<String> found = new Glob(path -> ScopedPath.resolve(from, path), Glob.Rules.GO).expand(relative);
        var wanted = new ArrayList<String>();
        for (String path : found) {
            String clean = Path.of(path).normalize().toString();
            if (!ignored.ignores(clean) || ignored.hasExceptions()) {
                wanted.add(clean.isEmpty() ? "." : clean);
            }
        }
        if (wanted.isEmpty()) {
            throw new UserException(pattern + " is ignored by .dockerignore", "take it out there");
        }
        return wanted;
    }

    /// Whether what is in a source joins what is at the destination.
    private boolean joins(Path source) {
        return Files.isDirectory(source) && !copy.sources().parents();
    }

    private String nameOf(String match) {
        return copy.sources().parents() ? match.replaceFirst("^/+", "") : lastName(match);
    }

    /// The last name of a path; empty for that of a root.
    static String lastName(String path) {
        Path name = Path.of("/" + path).normalize().getFileName();
        return name == null ? "" : name.toString();
    }

    private static String slashed(String directory) {
        return directory.endsWith("/") ? directory : directory + "/";
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
        boolean hasOtherNames = attributes.get("nlink") instanceof Integer names && names > 1;
        String file = attributes.get("dev") + " " + attributes.get("ino");
        Path other = copied.get(file);
        if (other != null && Files.exists(other, PLAIN)) {
            Files.createLink(target, other);
            return;
        }
        Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        finish(source, target);
        if (hasOtherNames) {
            copied.put(file, target);
        }
    }

    private void copyDirectory(Path source, String name, Path target) throws IOException, UserException {
        if (!Files.isDirectory(target, PLAIN)) {
            Files.deleteIfExists(target);
            Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
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
        for (var id : Map.of(
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
