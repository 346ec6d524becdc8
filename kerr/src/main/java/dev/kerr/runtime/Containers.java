package dev.kerr.runtime;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The containers below one directory, each a directory of its own name with a record in it.
///
/// @param root the directory, absolute
/// @param uid of the caller, whose it must be
public record Containers(Path root, int uid) {
    private static final String RECORD = "state.json";
    private static final String FIFO = "start";
    private static final int LONGEST_ID = 255;

    /// How long it takes at most from a directory to the record in it.
    private static final Duration MOMENT = Duration.ofMinutes(1);

    private static final long RECORD_BYTES_MAX = 2 << 20;
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    public Containers {
        Objects.requireNonNull(root);
    }

    /// What has become of a container.
    public enum Status {
        /// It is being made, or whoever made it was killed.
        CREATING("creating"),
        /// It waits to be started.
        CREATED("created"),
        RUNNING("running"),
        PAUSED("paused"),
        STOPPED("stopped");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        /// As the specification names it.
        public String word() {
            return word;
        }
    }

    /// A container that was found.
    ///
    /// @param record empty if it was never written
    public record Found(String id, Optional<ContainerRecord> record, Status status) {
        /// Its process's number; 0 if it has none.
        public long pid() {
            boolean has = record.isPresent() && status != Status.STOPPED && status != Status.CREATING;
            return has ? record.get().process().pid() : 0;
        }

        /// The state as the specification has it.
        public JsonObject state() {
            if (record.isPresent()) {
                return record.get().state(status.word(), pid());
            }
            return new JsonObject(new LinkedHashMap<>())
                    .with("ociVersion", new Json.Text("1.0.0"))
                    .with("id", new Json.Text(id))
                    .with("status", new Json.Text(status.word()))
                    .with("pid", new Json.Numeral(0))
                    .with("bundle", new Json.Text(""));
        }
    }

    /// @throws UserException if it cannot be the name of a directory
    public static String checkId(String id) throws UserException {
        boolean fits = !id.isEmpty() && id.length() <= LONGEST_ID && !id.equals(".") && !id.equals("..");
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean isLetter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            fits &= isLetter || "_+.-".indexOf(c) >= 0;
        }
        if (!fits) {
            throw new UserException(
                    "\"" + id + "\" is no id for a container",
                    "an id has 1 to " + LONGEST_ID + " letters, digits, dots, hyphens, plus signs and underscores");
        }
        return id;
    }

    public Path directory(String id) {
        return root.resolve(id);
    }

    /// All directories down to the root that may have to be made, the uppermost first.
    public List<Path> directories() {
        var missing = new ArrayList<Path>();
        for (Path at = root; at != null && !Files.exists(at); at = at.getParent()) {
            missing.addFirst(at);
        }
        return missing;
    }

    /// The container of an id; empty if there is none.
    ///
    /// @throws UserException if its directory may be somebody else's, or its record is none
    public Optional<Found> find(String id) throws UserException, IOException {
        Path directory = directory(checkId(id));
        if (!isOwn(root) || !isOwn(directory)) {
            return Optional.empty();
        }
        Path file = directory.resolve(RECORD);
        try {
            if (Files.size(file) > RECORD_BYTES_MAX) {
                throw new UserException("the record " + file + " is too large", "remove " + directory);
            }
            var record = ContainerRecord.decode(Files.readAllBytes(file));
            return Optional.of(new Found(id, Optional.of(record), status(record, directory)));
        } catch (NoSuchFileException notWritten) {
            return Optional.of(new Found(id, Optional.empty(), Status.CREATING));
        } catch (FormatException malformed) {
            throw new UserException(
                    "the record " + file + " cannot be read: " + malformed.problem(), "remove " + directory);
        }
    }

    /// @throws UserException if there is none
    public Found get(String id) throws UserException, IOException {
        return find(id).orElseThrow(() -> new UserException(
                "container " + id + " does not exist", "`kerr oci list` shows those there are below " + root));
    }

    /// All of them, by id; one whose record is none has no part in it.
    public List<Found> all() throws UserException, IOException {
        var found = new ArrayList<Found>();
        if (!isOwn(root)) {
            return found;
        }
        var ids = new ArrayList<String>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(root)) {
            for (Path name : names) {
                ids.add(String.valueOf(name.getFileName()));
            }
        }
        ids.sort(null);
        for (String id : ids) {
            if (isId(id)) {
                find(id).ifPresent(found::add);
            }
        }
        return found;
    }

    /// Removes the records of containers that ended with a killed `oci run`, unless they have hooks for that moment,
    /// and
    /// directories whose maker was killed before there was a record.
    public void sweep() throws UserException, IOException {
        for (Found found : all()) {
            if (found.record().isEmpty() && isOld(directory(found.id()))) {
                Files.deleteIfExists(directory(found.id()).resolve(FIFO));
                Files.deleteIfExists(directory(found.id()));
            } else if (found.record().isPresent() && found.record().get().isAbandoned()) {
                remove(found.id(), found.record().get());
            }
        }
    }

    private void remove(String id, ContainerRecord record) throws IOException {
        try {
            if (record.readConfig().hooks().stream()
                    .anyMatch(hook -> hook.phase().equals("poststop"))) {
                return;
            }
            for (String group : record.groups()) {
                Files.deleteIfExists(Path.of(group));
            }
        } catch (UserException | FileSystemException needsMore) {
            return; // `delete` does what there is to do
        }
        Files.deleteIfExists(directory(id).resolve(RECORD));
        Files.deleteIfExists(directory(id));
    }

    private static boolean isOld(Path directory) throws IOException {
        try {
            Instant made = Files.getLastModifiedTime(directory).toInstant();
            return made.isBefore(Instant.now().minus(MOMENT));
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private static boolean isId(String name) {
        try {
            checkId(name);
            return true;
        } catch (UserException other) {
            return false;
        }
    }

    private static Status status(ContainerRecord record, Path directory) {
        if (!record.process().isAlive()) {
            return Status.STOPPED;
        }
        if (Files.exists(directory.resolve(FIFO))) {
            return Status.CREATED;
        }
        return new Freezer(record.groups()).isFrozen() ? Status.PAUSED : Status.RUNNING;
    }

    /// Whether a directory is there; a record in one that others may write to says nothing.
    private boolean isOwn(Path directory) throws UserException, IOException {
        try {
            var attributes = Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            boolean isOthers = attributes.permissions().stream().anyMatch(OTHERS_WRITE::contains);
            boolean isMine =
                    Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS) instanceof Integer owner
                            && owner == uid;
            if (!attributes.isDirectory() || isOthers || !isMine) {
                throw new UserException(
                        directory + " is not yours alone", "it must be your own directory, with mode 0700");
            }
            return true;
        } catch (NoSuchFileException missing) {
            return false;
        }
    }
}
