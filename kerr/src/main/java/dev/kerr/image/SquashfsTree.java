package dev.kerr.image;

import dev.kerr.squashfs.DirectoryEntry;
import dev.kerr.squashfs.Inode;
import dev.kerr.squashfs.SquashfsReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A SquashFS file system as a tree. Names are UTF-8 here and bytes there. Directories that were looked into are
/// remembered, because paths are looked up one component after the other.
final class SquashfsTree implements FileTree {
    private static final int DIRECTORIES_MAX = 256;

    /// By which the kernel, as root and as an ordinary user, and fuse-overlayfs mark directories as opaque.
    private static final List<String> OPAQUE =
            List.of("trusted.overlay.opaque", "user.overlay.opaque", "user.fuseoverlayfs.opaque");

    private final SquashfsReader reader;
    private final Map<String, Inode.Directory> directories = new HashMap<>();

    SquashfsTree(SquashfsReader reader) {
        this.reader = reader;
    }

    @Override
    public Optional<Node> node(String path) throws IOException {
        return inode(path).map(SquashfsTree::nodeOf);
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        if (inode(path).orElse(null) instanceof Inode.RegularFile file) {
            return reader.read(file, limit);
        }
        throw new FileNotFoundException(path + " is not a regular file");
    }

    @Override
    public Content content(String path) throws IOException {
        if (inode(path).orElse(null) instanceof Inode.RegularFile file) {
            return new PackedContent(reader, file);
        }
        throw new FileNotFoundException(path + " is not a regular file");
    }

    private record PackedContent(SquashfsReader reader, Inode.RegularFile file) implements Content {
        @Override
        public long size() {
            return file.size();
        }

        @Override
        public boolean read(long at, byte[] into, int length) throws IOException {
            return at >= 0 && at <= size() - length && reader.read(file, at, into, 0, length) == length;
        }

        @Override
        public void close() {}
    }

    @Override
    public List<String> list(String path) throws IOException {
        var names = new ArrayList<String>();
        if (inode(path).orElse(null) instanceof Inode.Directory directory) {
            for (DirectoryEntry entry : reader.list(directory)) {
                names.add(text(entry.name()));
            }
        }
        return names;
    }

    @Override
    public boolean isOpaque(String path) throws IOException {
        return inode(path).orElse(null) instanceof Inode.Directory directory && isOpaque(directory, "");
    }

    /// @param honoured see [#opaqueWithout]; empty for none
    private boolean isOpaque(Inode.Directory directory, String honoured) throws IOException {
        if (directory.attributes().xattrIndex().isEmpty()) {
            return false;
        }
        boolean opaque = false;
        for (var xattr : reader.xattrs(directory).entrySet()) {
            if (OPAQUE.contains(xattr.getKey()) && xattr.getValue().length == 1 && xattr.getValue()[0] == 'y') {
                if (xattr.getKey().equals(honoured)) {
                    return false;
                }
                opaque = true;
            }
        }
        return opaque;
    }

    @Override
    public List<String> opaqueWithout(String honoured) throws IOException {
        if (!reader.hasXattr(OPAQUE)) {
            return List.of();
        }
        var opaque = new ArrayList<String>();
        var walk = reader.walk(reader.root());
        for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
            boolean isRoot = entry.get().path().isEmpty();
            if (!isRoot && entry.get().inode() instanceof Inode.Directory directory && isOpaque(directory, honoured)) {
                opaque.add("/" + text(entry.get().path()));
            }
        }
        return opaque;
    }

    private Optional<Inode> inode(String path) throws IOException {
        if (path.equals("/")) {
            return Optional.of(reader.root());
        }
        var directory = directory(PathResolver.parent(path));
        if (directory.isEmpty()) {
            return Optional.empty();
        }
        return reader.child(directory.get(), bytes(path.substring(path.lastIndexOf('/') + 1)));
    }

    private Optional<Inode.Directory> directory(String path) throws IOException {
        var known = directories.get(path);
        if (known != null) {
            return Optional.of(known);
        }
        if (inode(path).orElse(null) instanceof Inode.Directory directory) {
            if (directories.size() < DIRECTORIES_MAX) {
                directories.put(path, directory);
            }
            return Optional.of(directory);
        }
        return Optional.empty();
    }

    private static Node nodeOf(Inode inode) {
        int permissions = inode.attributes().permissions();
        if (inode instanceof Inode.Symlink link) {
            return new Node(Kind.SYMLINK, permissions, text(link.target()));
        }
        if (inode instanceof Inode.Directory) {
            return new Node(Kind.DIRECTORY, permissions, "");
        }
        if (inode instanceof Inode.CharacterDevice device
                && device.device().major() == 0
                && device.device().minor() == 0) {
            return new Node(Kind.WHITEOUT, permissions, "");
        }
        return new Node(inode instanceof Inode.RegularFile ? Kind.FILE : Kind.OTHER, permissions, "");
    }

    private static String text(String byteString) {
        return new String(byteString.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
