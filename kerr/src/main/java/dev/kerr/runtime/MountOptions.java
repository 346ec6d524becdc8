package dev.kerr.runtime;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The options of a mount, as mount(8) and the runtime specification have them.
///
/// @param copy what of the source a bind takes; none for a new file system
/// @param flags those of a plan
/// @param data what is the file system's own affair: `size=64m`
/// @param isSlave whether later mounts of the host appear in it
record MountOptions(Optional<Copy> copy, Set<String> flags, List<String> data, boolean isSlave) {
    /// Those that a flag of a plan stands for; without `r` or with it, for a whole tree.
    private static final Map<String, String> FLAGS = Map.of(
            "ro", "ro",
            "nodev", "nodev",
            "noexec", "noexec",
            "noatime", "noatime",
            "nodiratime", "nodiratime",
            "strictatime", "strictatime",
            "nosymfollow", "nosymfollow");

    /// Those that undo another one, by that; nothing for what is so anyway.
    private static final Map<String, String> OPPOSITES = Map.ofEntries(
            Map.entry("rw", "ro"),
            Map.entry("dev", "nodev"),
            Map.entry("exec", "noexec"),
            Map.entry("atime", "noatime"),
            Map.entry("diratime", "nodiratime"),
            Map.entry("nostrictatime", "strictatime"),
            Map.entry("symfollow", "nosymfollow"),
            Map.entry("relatime", "noatime"),
            Map.entry("norelatime", ""),
            Map.entry("defaults", ""),
            Map.entry("async", ""),
            Map.entry("nomand", ""),
            Map.entry("notmpcopyup", ""),
            Map.entry("noiversion", ""),
            Map.entry("loud", ""));

    private static final Set<String> PRIVATE = Set.of("private", "rprivate");
    private static final Set<String> SLAVE = Set.of("slave", "rslave");

    /// Known, and not done.
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("shared", "what is mounted in a container stays in it"),
            Map.entry("rshared", "what is mounted in a container stays in it"),
            Map.entry("unbindable", "Kerr makes no such mounts"),
            Map.entry("runbindable", "Kerr makes no such mounts"),
            Map.entry("remount", "name the options where it is mounted"),
            Map.entry("sync", "Kerr mounts no file system so"),
            Map.entry("dirsync", "Kerr mounts no file system so"),
            Map.entry("mand", "Linux has no mandatory locks"),
            Map.entry("iversion", "Kerr mounts no file system so"),
            Map.entry("silent", "Kerr mounts no file system so"),
            Map.entry("lazytime", "Kerr mounts no file system so"),
            Map.entry("idmap", "ids of a mount cannot be mapped"),
            Map.entry("ridmap", "ids of a mount cannot be mapped"),
            Map.entry("tmpcopyup", "put the files into the root, or mount a directory that has them"),
            Map.entry("copy-symlink", "bind what the link points to"));

    MountOptions {
        flags = new LinkedHashSet<>(flags);
        data = List.copyOf(data);
    }

    /// Of a bind: the mount of a path, or those below it as well.
    enum Copy {
        ONE,
        ALL
    }

    /// @param place of the mount, for messages
    static MountOptions parse(String place, List<String> words) throws UserException {
        Optional<Copy> copy = Optional.empty();
        var flags = new LinkedHashSet<String>(List.of("suid"));
        var data = new ArrayList<String>();
        boolean isSlave = false;
        for (String word : words) {
            String flat = word.startsWith("r") && FLAGS.containsKey(word.substring(1)) ? word.substring(1) : word;
            String reason = REFUSED.get(word);
            if (reason != null) {
                throw new UserException(place + ".options: " + word + " is not supported: " + reason);
            } else if (word.equals("bind") || word.equals("rbind")) {
                copy = Optional.of(word.equals("bind") ? Copy.ONE : Copy.ALL);
            } else if (FLAGS.containsKey(flat)) {
                flags.add(flat);
            } else if (OPPOSITES.containsKey(word)) {
                flags.remove(OPPOSITES.getOrDefault(word, ""));
            } else if (word.equals("nosuid") || word.equals("suid")) {
                boolean ignored = word.equals("suid") ? flags.add("suid") : flags.remove("suid");
            } else if (PRIVATE.contains(word) || SLAVE.contains(word)) {
                isSlave = SLAVE.contains(word);
            } else {
                data.add(word);
            }
        }
        return new MountOptions(copy, flags, data, isSlave);
    }

    boolean isReadOnly() {
        return flags.contains("ro");
    }

    /// As a plan has them.
    String text() {
        var all = new LinkedHashSet<>(flags);
        if (copy.equals(Optional.of(Copy.ONE))) {
            all.add("single");
        }
        if (copy.isPresent() && !isSlave) {
            all.add("private");
        }
        return String.join(",", all);
    }
}
