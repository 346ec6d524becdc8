package dev.kerr.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// The process that a temporary directory belongs to, as recorded in it: what the symbolic link `owner` leads to, since
/// a
/// link is there as a whole or not at all.
///
/// @param host name of the machine, since the directory may be on a shared file system
/// @param boot id of the machine's boot
/// @param pidNamespace in which the pid counts
/// @param pid of the process
/// @param started when it started, in clock ticks since boot: a pid is used again, a pair of the two is not
record Owner(String host, String boot, String pidNamespace, long pid, long started) {
    private static final String LINK = "owner";
    private static final int START_TIME_FIELD = 22;

    /// This process.
    static Owner current() throws IOException {
        long pid = ProcessHandle.current().pid();
        return new Owner(
                line(Path.of("/proc/sys/kernel/hostname")),
                line(Path.of("/proc/sys/kernel/random/boot_id")),
                Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString(),
                pid,
                startOf(pid));
    }

    void writeTo(Path directory) throws IOException {
        String words = String.join(" ", host, boot, pidNamespace, pid + "", started + "");
        Files.createSymbolicLink(directory.resolve(LINK), Path.of(words));
    }

    /// Whether a file of a temporary directory is the one that records its owner.
    static boolean isSaidBy(Path file) {
        return file.endsWith(LINK);
    }

    /// Whether `directory` is this user's, is a real directory, and its recorded owner certainly lives no
    /// more.
    static boolean isDead(Path directory) throws IOException {
        Path link = directory.resolve(LINK);
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                || !isOurs(directory)
                || !Files.isSymbolicLink(link)) {
            return false;
        }
        List<String> words = List.of(Files.readSymbolicLink(link).toString().split(" "));
        if (words.size() != 5
                || !words.get(3).matches("\\d{1,10}")
                || !words.get(4).matches("\\d{1,18}")) {
            return false;
        }
        Owner owner = new Owner(
                words.get(0), words.get(1), words.get(2), Long.parseLong(words.get(3)), Long.parseLong(words.get(4)));
        return owner.isDead();
    }

    private boolean isDead() throws IOException {
        Owner here = current();
        if (!host.equals(here.host)) {
            return false;
        }
        if (!boot.equals(here.boot)) {
            return true;
        }
        return pidNamespace.equals(here.pidNamespace) && startOf(pid) != started;
    }

    private static boolean isOurs(Path directory) throws IOException {
        Object us = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        return us.equals(Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    }

    /// When a process started; -1 if there is none. **Source:** proc_pid_stat(5): the name in field 2 may
    /// hold blanks.
    private static long startOf(long pid) throws IOException {
        String text;
        try {
            text = line(Path.of("/proc/" + pid + "/stat"));
        } catch (NoSuchFileException e) {
            return -1;
        }
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[START_TIME_FIELD - 3]);
    }

    private static String line(Path file) throws IOException {
        return Files.readString(file).strip();
    }
}
