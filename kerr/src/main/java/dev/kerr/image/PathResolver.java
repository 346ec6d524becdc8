package dev.kerr.image;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;

/// Resolves paths in a tree as the kernel does for a process whose root the tree is: links are followed, absolute ones
/// from the tree's root, and `..` at the root stays there.
///
/// **Source:** path_resolution(7), and `RESOLVE_IN_ROOT` of openat2(2).
public final class PathResolver {
    /// The kernel's limit of links in one look-up.
    private static final int LINKS_MAX = 40;

    private final FileTree tree;

    public PathResolver(FileTree tree) {
        this.tree = tree;
    }

    /// Where a path leads.
    ///
    /// @param path without links, `.` and `..`; `/` is the root
    /// @param node what is there; empty if `path` does not exist
    /// @param existing the longest part of `path` that exists and is a directory, or the file itself
    public record Resolved(String path, Optional<FileTree.Node> node, String existing) {}

    /// Resolves an absolute path; what does not exist is taken as it is written.
    ///
    /// @throws IOException if the tree cannot be read, or there are more than 40 links, or a file stands where a
    ///     directory would have to be
    public Resolved resolve(String path) throws IOException {
        var pending = new ArrayDeque<String>();
        push(pending, path);
        String at = "/";
        Optional<FileTree.Node> node = tree.node("/");
        String existing = "/";
        int links = 0;
        while (!pending.isEmpty()) {
            String name = pending.pop();
            if (node.isPresent() && !node.get().isDirectory()) {
                throw new IOException(at + " is not a directory");
            }
            if (name.equals("..")) {
                at = parent(at);
                node = tree.node(at);
                existing = node.isPresent() ? at : existing;
                continue;
            }
            String next = at.equals("/") ? "/" + name : at + "/" + name;
            Optional<FileTree.Node> found = node.isPresent() ? tree.node(next) : Optional.empty();
            if (found.isPresent() && found.get().isSymlink()) {
                if (++links > LINKS_MAX) {
                    throw new IOException("too many symbolic links in " + path);
                }
                String target = found.get().link();
                if (target.startsWith("/")) {
                    at = "/";
                    node = tree.node("/");
                    existing = "/";
                }
                push(pending, target);
                continue;
            }
            at = next;
            node = found;
            existing = found.isPresent() ? at : existing;
        }
        return new Resolved(at, node, existing);
    }

    /// The parent directory's path; the root's is the root.
    public static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    /// Puts the components of a path before those that are pending.
    private static void push(ArrayDeque<String> pending, String path) {
        int end = path.length();
        while (end > 0) {
            int slash = path.lastIndexOf('/', end - 1);
            String name = path.substring(slash + 1, end);
            if (!name.isEmpty() && !name.equals(".")) {
                pending.push(name);
            }
            end = slash;
        }
    }
}
