package dev.kerr.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Users and groups of the host: its files first, because they are quick; then `getent`, which also asks LDAP and SSSD.
public final class Accounts {
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final Path GROUP = Path.of("/etc/group");

    private Accounts() {}

    /// The account of a user id; empty if the host knows none.
    public static Optional<Account> user(int uid) {
        var local = userIn(read(PASSWD), uid);
        return local.isPresent() ? local : userIn(getent("passwd", Integer.toString(uid)), uid);
    }

    /// The group of a group id; empty if the host knows none.
    public static Optional<Group> group(int gid) {
        var local = groupIn(read(GROUP), gid);
        return local.isPresent() ? local : groupIn(getent("group", Integer.toString(gid)), gid);
    }

    /// The account of a user's name; empty if the host knows none.
    public static Optional<Account> user(String name) {
        var local = userIn(read(PASSWD), name);
        return local.isPresent() ? local : userIn(getent("passwd", name), name);
    }

    /// The group of a name; empty if the host knows none.
    public static Optional<Group> group(String name) {
        var local = groupIn(read(GROUP), name);
        return local.isPresent() ? local : groupIn(getent("group", name), name);
    }

    private static Optional<Account> userIn(String passwd, String name) {
        for (String line : passwd.split("\n")) {
            List<String> fields = Fields.of(line);
            if (fields.size() >= 7 && fields.get(0).equals(name)) {
                return userIn(line, Fields.id(fields.get(2)));
            }
        }
        return Optional.empty();
    }

    private static Optional<Group> groupIn(String groups, String name) {
        for (String line : groups.split("\n")) {
            List<String> fields = Fields.of(line);
            if (fields.size() >= 3 && fields.get(0).equals(name)) {
                return groupIn(line, Fields.id(fields.get(2)));
            }
        }
        return Optional.empty();
    }

    /// The first account of a user id in the text of a password file.
    public static Optional<Account> userIn(String passwd, int uid) {
        String id = ":" + uid + ":";
        for (int at = passwd.indexOf(id); at >= 0; at = passwd.indexOf(id, at + 1)) {
            String line = lineAround(passwd, at);
            List<String> fields = Fields.of(line);
            if (fields.size() >= 7 && Fields.id(fields.get(2)) == uid) {
                int gid = Fields.id(fields.get(3));
                return Optional.of(new Account(fields.get(0), uid, gid, fields.get(4), fields.get(5), fields.get(6)));
            }
        }
        return Optional.empty();
    }

    /// The first group of a group id in the text of a group file.
    public static Optional<Group> groupIn(String groups, int gid) {
        String id = ":" + gid + ":";
        for (int at = groups.indexOf(id); at >= 0; at = groups.indexOf(id, at + 1)) {
            String line = lineAround(groups, at);
            List<String> fields = Fields.of(line);
            if (fields.size() >= 3 && Fields.id(fields.get(2)) == gid) {
                return Optional.of(new Group(fields.get(0), gid));
            }
        }
        return Optional.empty();
    }

    private static String lineAround(String text, int at) {
        int end = text.indexOf('\n', at);
        return text.substring(text.lastIndexOf('\n', at) + 1, end < 0 ? text.length() : end);
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            return "";
        }
    }

    private static String getent(String database, String key) {
        try {
            var process = new ProcessBuilder("getent", "--", database, key)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException notInstalled) {
            return "";
        }
    }
}
