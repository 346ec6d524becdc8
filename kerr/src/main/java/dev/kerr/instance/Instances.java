package dev.kerr.instance;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/// The instances of one user on this node, by their records. What a record says counts only if its process is there:
/// what is left of others is removed whenever somebody looks.
///
/// @param root of the user's directory of instances on all nodes
/// @param owner whose processes they must be
/// @param mayRemove whether what is left of ended ones is removed
public record Instances(Path root, String host, String user, int owner, boolean mayRemove) {
    private static final String SUFFIX = ".json";

    /// More than any record has: most is the seccomp filter.
    private static final int RECORD_BYTES_MAX = 1 << 20;

    private static final Set<StandardOpenOption> TO_LOCK = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    private static final int FORGOTTEN_SECONDS = 60;

    public Instances {
        Objects.requireNonNull(root);
        Objects.requireNonNull(host);
        Objects.requireNonNull(user);
    }

    /// @param userDirectory `~/.kerr`
    public static Instances of(Path userDirectory, String host, String user, int owner) {
        return new Instances(userDirectory.resolve("instances"), host.replace('/', '_'), user, owner, true);
    }

    /// The same, only to be looked at: another user's.
    public Instances toLookAt() {
        return new Instances(root, host, user, owner, false);
    }

    /// Where the records are.
    public Path records() {
        return root.resolve(host).resolve(user);
    }

    /// Where the logs are.
    public Path logs() {
        return root.resolve("logs").resolve(host).resolve(user);
    }

    /// All directories, each below one that is before it.
    public List<Path> directories() {
        return List.of(
                root,
                root.resolve(host),
                records(),
                root.resolve("logs"),
                root.resolve("logs").resolve(host),
                logs());
    }

    /// The logs of an instance.
    public Instance.Logs logs(InstanceName name) {
        return new Instance.Logs(
                logs().resolve(name + ".out").toString(),
                logs().resolve(name + ".err").toString());
    }

    /// The instance of a name that is running; empty if there is none.
    ///
    /// @throws UserException if the directory may be somebody else's
    public Optional<Instance> find(InstanceName name) throws UserException, IOException {
        check();
        return running(records().resolve(name + SUFFIX));
    }

    /// Those that are running and whose names match, sorted by name.
    ///
    /// @param pattern with `*`, `?` and `[…]`
    /// @throws UserException if the pattern is none, or the directory may be somebody else's
    public List<Instance> matching(String pattern) throws UserException, IOException {
        PathMatcher matcher = matcher(pattern);
        check();
        var instances = new ArrayList<Instance>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(records())) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (!name.endsWith(SUFFIX)) {
                    removeIfForgotten(file);
                } else if (matcher.matches(Path.of(name.substring(0, name.length() - SUFFIX.length())))) {
                    running(file).ifPresent(instances::add);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        }
        instances.sort(Comparator.comparing(instance -> instance.about().name().text()));
        return instances;
    }

    private static PathMatcher matcher(String pattern) throws UserException {
        try {
            String escaped = pattern.replace("{", "\\{").replace("}", "\\}");
            return FileSystems.getDefault().getPathMatcher("glob:" + escaped);
        } catch (PatternSyntaxException malformed) {
            throw new UserException("\"" + pattern + "\" is no pattern for names of instances");
        }
    }

    /// Refuses directories that somebody else could have written to.
    private void check() throws UserException, IOException {
        for (Path directory : directories()) {
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            var attributes = Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Object uid = Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            boolean isOpen = attributes.permissions().stream().anyMatch(OTHERS_WRITE::contains);
            if (!attributes.isDirectory() || isOpen || !Integer.valueOf(owner).equals(uid)) {
                throw new UserException(
                        directory + " is not " + (mayRemove ? "yours" : user + "'s") + " alone",
                        "it must be a directory of the user's own, with mode 0700");
            }
        }
    }

    private Optional<Instance> running(Path file) throws IOException {
        Optional<Instance> instance;
        try {
            instance = Optional.of(Instance.decode(read(file)));
            if (!isOf(instance.get(), file)) {
                instance = Optional.empty();
            }
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (FormatException damaged) {
            instance = Optional.empty();
        }
        var state =
                instance.isEmpty() ? Anchor.State.GONE : instance.get().anchor().state(owner);
        if (state == Anchor.State.GONE && mayRemove) {
            removeIfGone(file);
        }
        return state == Anchor.State.RUNNING ? instance : Optional.empty();
    }

    private static boolean isOf(Instance instance, Path file) {
        return file.endsWith(instance.about().name() + SUFFIX);
    }

    private static byte[] read(Path file) throws IOException, FormatException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new FormatException("the record is no regular file", 0);
            }
            throw new NoSuchFileException(file.toString());
        }
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(RECORD_BYTES_MAX + 1);
            if (bytes.length > RECORD_BYTES_MAX) {
                throw new FormatException("the record has more than " + RECORD_BYTES_MAX + " bytes", 0);
            }
            return bytes;
        }
    }

    /// Removes a record, while no other does: the next instance of the same name must keep its own.
    private void removeIfGone(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(file);
            return;
        }
        Object before = key(file);
        try (var channel = FileChannel.open(file, TO_LOCK)) {
            lock(channel); // closing it lets go
            if (before.equals(key(file)) && isGone(file, channel)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException another) {
            return; // was quicker
        }
    }

    private static void lock(FileChannel channel) {
        try {
            channel.lock();
        } catch (IOException unknownThere) {
            return; // a file system without locks: two that look at the same moment are rare
        }
    }

    private boolean isGone(Path file, FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate((int) Math.min(channel.size(), RECORD_BYTES_MAX));
        while (bytes.hasRemaining() && channel.read(bytes) > 0) {
            // until all is there
        }
        try {
            var instance = Instance.decode(bytes.array());
            return !isOf(instance, file) || instance.anchor().state(owner) == Anchor.State.GONE;
        } catch (FormatException damaged) {
            return true;
        }
    }

    private static Object key(Path file) throws IOException {
        return Objects.requireNonNull(Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS));
    }

    /// A record that was being written when its writer was killed, on a file system that has no files without names.
    private void removeIfForgotten(Path file) throws IOException {
        var limit = Instant.now().minusSeconds(FORGOTTEN_SECONDS);
        if (mayRemove
                && Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .isBefore(limit)) {
            Files.deleteIfExists(file);
        }
    }
}
