package dev.kerr.container;

import dev.kerr.linux.Account;
import dev.kerr.linux.Group;
import java.util.List;

/// The container's passwd and group files: the image's, and the caller in them.
final class AccountFiles {
    private AccountFiles() {}

    /// The image's password file with the caller's line: added, or, where the image has the uid already, with the
    /// caller's
    /// name, comment and home, and the image's shell. Root keeps the image's name.
    static String passwd(String image, Account caller) {
        if (!image.contains(":" + caller.uid() + ":")) {
            return withLineEnd(image) + safeLine(caller) + "\n";
        }
        var text = new StringBuilder(image.length() + 128);
        boolean present = false;
        for (String line : lines(image)) {
            String[] fields = line.split(":", -1);
            if (!present && fields.length >= 7 && fields[2].equals(Integer.toString(caller.uid()))) {
                String name = caller.uid() == 0 ? fields[0] : safe(caller.name());
                text.append(name)
                        .append(':')
                        .append(fields[1])
                        .append(':')
                        .append(fields[2])
                        .append(':');
                text.append(fields[3]).append(':').append(safe(caller.gecos())).append(':');
                text.append(safe(caller.home())).append(':').append(fields[6]).append('\n');
                present = true;
            } else {
                text.append(line).append('\n');
            }
        }
        if (!present) {
            text.append(safeLine(caller)).append('\n');
        }
        return text.toString();
    }

    /// The image's group file with a line for each of the caller's groups whose id it lacks.
    static String group(String image, List<Group> groups, Account caller) {
        var text = new StringBuilder(withLineEnd(image));
        for (Group group : groups) {
            text.append(safe(group.name())).append(":x:").append(group.gid()).append(':');
            text.append(safe(caller.name())).append('\n');
        }
        return text.toString();
    }

    private static String safeLine(Account caller) {
        return new Account(
                        safe(caller.name()),
                        caller.uid(),
                        caller.gid(),
                        safe(caller.gecos()),
                        safe(caller.home()),
                        safe(caller.shell()))
                .line();
    }

    /// Nothing in a field may begin a new field or a new line: a home of `/x\nroot::0:0:` must stay one odd home.
    private static String safe(String field) {
        var text = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            text.append(c < ' ' || c == ':' ? '_' : c);
        }
        return text.toString();
    }

    private static String withLineEnd(String text) {
        return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }

    private static String[] lines(String text) {
        return text.isEmpty() ? new String[0] : text.split("\n");
    }
}
