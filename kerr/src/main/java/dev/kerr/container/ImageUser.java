package dev.kerr.container;

import dev.kerr.linux.Account;
import dev.kerr.linux.Fields;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A user that the configuration of an OCI image names, as the image's files know it.
///
/// **Source:** `User` in `config.md` of the OCI image specification 1.1; what the files lack is as with Docker.
///
/// @param account its ids, and where its home is in the image
/// @param groups ids of the groups that it is a member of, if no group was named
record ImageUser(Account account, List<Integer> groups) {
    private static final int PASSWD_FIELDS = 7;
    private static final int GROUP_FIELDS = 4;

    ImageUser {
        groups = List.copyOf(groups);
    }

    /// Finds a user by name or id; an id need not be in the files, and is of group 0 then.
    ///
    /// @param spelling `USER`, `UID`, `USER:GROUP`, `:GROUP`, …
    /// @param passwd the text of the image's `/etc/passwd`
    /// @param group the text of the image's `/etc/group`
    /// @throws UserException if the image lacks a user or group of that name
    static ImageUser find(String spelling, String passwd, String group) throws UserException {
        int colon = spelling.indexOf(':');
        String user = colon < 0 ? spelling : spelling.substring(0, colon);
        Account account = account(user.isEmpty() ? "0" : user, passwd);
        if (colon >= 0 && colon + 1 < spelling.length()) {
            int gid = gid(spelling.substring(colon + 1), group);
            return new ImageUser(withGid(account, gid), List.of());
        }
        return new ImageUser(account, groups(account, group));
    }

    private static Account account(String user, String passwd) throws UserException {
        Optional<Integer> uid = id(user);
        for (List<String> fields : lines(passwd, PASSWD_FIELDS)) {
            Optional<Integer> thisUid = id(fields.get(2));
            Optional<Integer> thisGid = id(fields.get(3));
            boolean named = fields.get(0).equals(user) || uid.isPresent() && uid.equals(thisUid);
            if (named && thisUid.isPresent() && thisGid.isPresent()) {
                return new Account(
                        fields.get(0), thisUid.get(), thisGid.get(), fields.get(4), fields.get(5), fields.get(6));
            }
        }
        if (uid.isEmpty()) {
            throw missing("user " + user, "/etc/passwd");
        }
        return new Account("user" + uid.get(), uid.get(), 0, "", "/", "/bin/sh");
    }

    private static int gid(String name, String group) throws UserException {
        for (List<String> fields : lines(group, GROUP_FIELDS)) {
            Optional<Integer> gid = id(fields.get(2));
            if (fields.get(0).equals(name) && gid.isPresent()) {
                return gid.get();
            }
        }
        return id(name).orElseThrow(() -> missing("group " + name, "/etc/group"));
    }

    private static List<Integer> groups(Account account, String group) {
        var gids = new ArrayList<Integer>();
        for (List<String> fields : lines(group, GROUP_FIELDS)) {
            Optional<Integer> gid = id(fields.get(2));
            if (gid.isPresent()
                    && gid.get() != account.gid()
                    && List.of(fields.get(3).split(",")).contains(account.name())) {
                gids.add(gid.get());
            }
        }
        return gids;
    }

    private static List<List<String>> lines(String text, int fields) {
        var lines = new ArrayList<List<String>>();
        for (String line : text.split("\n")) {
            List<String> words = Fields.of(line);
            if (words.size() >= fields) {
                lines.add(words);
            }
        }
        return lines;
    }

    private static Optional<Integer> id(String text) {
        int id = Fields.id(text);
        return id >= 0 ? Optional.of(id) : Optional.empty();
    }

    private static Account withGid(Account account, int gid) {
        return new Account(account.name(), account.uid(), gid, account.gecos(), account.home(), account.shell());
    }

    private static UserException missing(String what, String file) {
        return new UserException(
                "the image is to run as " + what + ", which is not in its " + file,
                "--fakeroot runs it as root, --no-oci as you");
    }
}
