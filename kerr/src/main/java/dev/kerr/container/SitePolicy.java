package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.image.Image;
import dev.kerr.linux.Accounts;
import dev.kerr.linux.Credentials;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What the site allows to be run: `allow container …`, `limit container …`, `allow user ns`.
///
/// It holds for this installation. Whoever may use user namespaces can run another program than this one.
final class SitePolicy {
    private SitePolicy() {}

    /// Checks that containers without privilege are allowed to a caller who has none.
    static void checkNamespaces(Credentials caller, Config config) throws UserException {
        if (!config.allow().namespaces().user() && !caller.mayMount()) {
            throw new UserException(
                    "user namespaces are not allowed on this host: allow user ns = no",
                    "only root runs containers here");
        }
    }

    /// Checks that an image may be run by a caller. The limits do not bind root.
    static void checkImage(Image image, Credentials caller, Config config) throws UserException, IOException {
        checkKind(image, config.allow());
        Config.Limits limits = config.limits();
        boolean limited = !limits.owners().isEmpty()
                || !limits.groups().isEmpty()
                || !limits.paths().isEmpty();
        boolean root = caller.uid() == 0 && caller.initialUserNamespace();
        if (limited && !root) {
            checkFile(image, limits);
        }
    }

    private static void checkKind(Image image, Config.Allow allow) throws UserException {
        if (image instanceof Image.Sandbox) {
            require(allow.directory(), image, "sandbox directories", "dir");
        } else if (image instanceof Image.Squashfs file && file.sif().isPresent()) {
            require(allow.sif(), image, "SIF images", "sif");
        } else {
            require(allow.squashfs(), image, "bare SquashFS images", "squashfs");
        }
    }

    private static void require(boolean allowed, Image image, String kind, String directive) throws UserException {
        if (!allowed) {
            throw new UserException(
                    kind + " may not be run on this host: " + image.path(),
                    "the site's configuration has allow container " + directive + " = no");
        }
    }

    private static void checkFile(Image image, Config.Limits limits) throws UserException, IOException {
        Path path = image.path();
        Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,gid,dev,ino");
        if (image instanceof Image.Squashfs file
                && !(attribute(attributes, "dev").equals(file.identity().device())
                        && attribute(attributes, "ino").equals(file.identity().inode()))) {
            throw new UserException("image " + path + " was replaced while it was opened", "try again");
        }
        int uid = (Integer) attribute(attributes, "uid");
        int gid = (Integer) attribute(attributes, "gid");
        if (!limits.owners().isEmpty()) {
            String owner = Accounts.user(uid).map(account -> account.name()).orElse("");
            if (!isNamed(limits.owners(), owner, uid)) {
                throw limit(path, "owner " + (owner.isEmpty() ? uid : owner), "owners", limits.owners());
            }
        }
        if (!limits.groups().isEmpty()) {
            String group = Accounts.group(gid).map(known -> known.name()).orElse("");
            if (!isNamed(limits.groups(), group, gid)) {
                throw limit(path, "group " + (group.isEmpty() ? gid : group), "groups", limits.groups());
            }
        }
        if (!limits.paths().isEmpty() && !isBelow(path.toRealPath(), limits.paths())) {
            throw limit(path, "directory", "paths", limits.paths());
        }
    }

    private static Object attribute(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name), name);
    }

    private static boolean isNamed(List<String> allowed, String name, int id) {
        return !name.isEmpty() && allowed.contains(name) || allowed.contains(Integer.toUnsignedString(id));
    }

    private static boolean isBelow(Path file, List<String> directories) {
        for (String directory : directories) {
            if (isBelow(file, directory)) {
                return true;
            }
        }
        return false;
    }

    /// Nothing is below a directory that is not there, or that the caller may not see.
    private static boolean isBelow(Path file, String directory) {
        try {
            return file.startsWith(Path.of(directory).toRealPath());
        } catch (IOException absent) {
            return false;
        }
    }

    private static UserException limit(Path path, String what, String directive, List<String> allowed) {
        return new UserException(
                "image " + path + " may not be run on this host, because of its " + what,
                "the site's configuration has limit container " + directive + " = " + String.join(", ", allowed));
    }
}
