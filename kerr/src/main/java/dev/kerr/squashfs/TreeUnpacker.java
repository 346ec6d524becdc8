package dev.kerr.squashfs;

import static java.util.Objects.requireNonNull;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.squashfs.Inode.DeviceNumber;
import dev.kerr.squashfs.LeftOut.Kind;
import dev.kerr.squashfs.NewFiles.Place;
import dev.kerr.squashfs.UnpackingThreads.Image;
import dev.kerr.squashfs.UnpackingThreads.Target;
import dev.kerr.squashfs.UnpackingWork.NewFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Unpacks a SquashFS file system into a directory of the host: files of all kinds, whatever the bytes of their names,
/// with their owners, permissions, times, extended attributes, hard links and holes.
///
/// One thread walks through the tree and makes all but regular files; those are made by threads that unpack. What
/// needs the whole tree comes last: hard links, then owners, permissions and times of directories, which are the
/// caller's alone (0700) until then.
///
/// **Whatever the file system holds, nothing outside the directory is made, changed or followed**: names lead one
/// step down, files are made only where nothing is, and no symbolic link is resolved.
public final class TreeUnpacker {
    /// More threads get into each other's way in the kernel, and each takes up to 4 MiB.
    private static final int MOST_THREADS = 32;

    private final SquashfsReader reader;
    private final NewFiles host;
    private final LeftOut leftOut;
    private final Finisher finisher;
    private final ContentSchedule contents;
    private final UnpackingThreads threads;
    private final CurrentDirectory current;
    private final CurrentDirectory currentLinked;

    /// The directories from the root to where the walk is, by the length of their paths.
    private final Deque<Level> levels = new ArrayDeque<>();

    private final List<MadeDirectory> directories = new ArrayList<>();
    private final Map<Long, Name> linked = new HashMap<>();
    private final List<Link> links = new ArrayList<>();
    private long files;

    private TreeUnpacker(SquashfsReader reader, NewFiles host, Target target, UnpackingThreads threads) {
        this.reader = reader;
        this.host = host;
        this.leftOut = target.leftOut();
        this.threads = threads;
        this.finisher = new Finisher(reader, host, leftOut);
        var unpacker = new ContentUnpacker(reader, host, leftOut, threads.progress(), target.root());
        this.contents = new ContentSchedule(reader, threads, host, unpacker, target.root());
        this.current = new CurrentDirectory(host, target.root());
        this.currentLinked = new CurrentDirectory(host, target.root());
    }

    private record Level(MadeDirectory directory, int pathLength) {}

    private record Name(MadeDirectory directory, String name) {}

    private record Link(Name existing, Name made) {}

    /// Unpacks the file system in `size` bytes at `offset` of a file.
    ///
    /// What was made before a failure stays, for the caller to remove. What privilege does not suffice for is no
    /// failure: see [Unpacked#leftOut].
    ///
    /// @param channel stays the caller's, and open; if the calling thread is interrupted, it may be closed
    /// @param into an empty directory; it gets what the root's inode says
    /// @throws dev.kerr.bytes.FormatException if the file system is damaged
    /// @throws DirectoryNotEmptyException if `into` is not empty
    /// @throws java.io.InterruptedIOException if the thread is interrupted
    /// @throws IOException if a file cannot be made or written, with its path and the reason
    public static Unpacked unpack(FileChannel channel, long offset, long size, Path into, UnpackSettings settings)
            throws IOException {
        requireNonNull(settings);
        var image = new Image(channel, offset, size);
        String shown = into.toString();
        try (Arena arena = Arena.ofConfined();
                SquashfsReader reader = image.open()) {
            var host = new NewFiles(arena, shown);
            int root = host.files().openRoot(ByteStrings.of(into));
            try {
                if (!host.files().list(root, shown).isEmpty()) {
                    throw new DirectoryNotEmptyException(shown);
                }
                return unpack(image, reader, host, new Target(root, shown, new LeftOut()), settings);
            } finally {
                host.closeFile(root);
            }
        }
    }

    private static Unpacked unpack(
            Image image, SquashfsReader reader, NewFiles host, Target target, UnpackSettings settings)
            throws IOException {
        int count = Math.min(settings.threads(), MOST_THREADS);
        var threads = new UnpackingThreads(image, target, count, settings.progress());
        var unpacker = new TreeUnpacker(reader, host, target, threads);
        try (threads) {
            unpacker.run();
            return new Unpacked(
                    unpacker.files, threads.progress().bytes(), target.leftOut().lines());
        } finally {
            threads.progress().leftOpen().forEach(file -> host.closeFile(file.fd()));
            unpacker.current.close();
            unpacker.currentLinked.close();
        }
    }

    private void run() throws IOException {
        TreeWalk walk = reader.walk(reader.root());
        for (var next = walk.next(); next.isPresent(); next = walk.next()) {
            make(next.get().path(), next.get().inode());
        }
        contents.flush();
        threads.finish();
        for (Link link : links) {
            make(link);
        }
        for (MadeDirectory directory : directories.reversed()) {
            finish(directory);
        }
    }

    private void make(String path, Inode inode) throws IOException {
        if (path.isEmpty()) {
            enter(MadeDirectory.root((Inode.Directory) inode), 0);
            return;
        }
        int slash = path.lastIndexOf('/');
        MadeDirectory parent = leaveTo(Math.max(slash, 0));
        String name = path.substring(slash + 1);
        files++;
        if (!(inode instanceof Inode.Directory) && inode.linkCount() > 1 && isAnotherName(inode, parent, name)) {
            return;
        }
        switch (inode) {
            case Inode.Directory directory -> {
                host.makeDirectory(place(parent, name, path));
                enter(parent.child(name, directory), path.length());
            }
            case Inode.RegularFile file -> contents.add(new NewFile(path, file));
            case Inode.Symlink link -> {
                Place place = place(parent, name, path);
                host.makeSymlink(place, link.target());
                finisher.finish(place, link);
            }
            case Inode.BlockDevice device -> makeSpecial(place(parent, name, path), inode, device.device());
            case Inode.CharacterDevice device -> makeSpecial(place(parent, name, path), inode, device.device());
            case Inode.Fifo _, Inode.Socket _ -> makeSpecial(place(parent, name, path), inode, new DeviceNumber(0, 0));
        }
    }

    private void enter(MadeDirectory directory, int pathLength) {
        directories.add(directory);
        levels.addLast(new Level(directory, pathLength));
    }

    /// The directory whose path has this length, which is the current one or one that it is in.
    private MadeDirectory leaveTo(int pathLength) {
        while (levels.getLast().pathLength > pathLength) {
            levels.removeLast();
        }
        return levels.getLast().directory;
    }

    /// Whether a name was met before for this file; if so, a hard link will be made.
    private boolean isAnotherName(Inode inode, MadeDirectory parent, String name) {
        var made = new Name(parent, name);
        Name existing = linked.putIfAbsent(inode.attributes().number(), made);
        if (existing == null) {
            return false;
        }
        links.add(new Link(existing, made));
        return true;
    }

    private Place place(MadeDirectory directory, String name, String path) throws IOException {
        return new Place(current.open(directory), name, path);
    }

    private void makeSpecial(Place place, Inode inode, DeviceNumber device) throws IOException {
        if (host.makeSpecial(place, inode.type(), device)) {
            finisher.finish(place, inode);
        } else {
            files--;
            linked.remove(inode.attributes().number());
            leftOut.add(Kind.DEVICE, place.path());
        }
    }

    private void make(Link link) throws IOException {
        host.makeLink(place(link.existing, currentLinked), place(link.made, current));
    }

    private static Place place(Name name, CurrentDirectory opened) throws IOException {
        return new Place(opened.open(name.directory), name.name, name.directory.path(name.name));
    }

    private void finish(MadeDirectory directory) throws IOException {
        finisher.finish(current.open(directory), directory.inode(), directory.path());
    }
}
