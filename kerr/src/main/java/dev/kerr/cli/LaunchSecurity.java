package dev.kerr.cli;

import dev.kerr.config.Directories;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.Host;
import dev.kerr.container.Rights;
import dev.kerr.container.Security;
import dev.kerr.container.Security.OtherUser;
import dev.kerr.container.Security.SyscallFilter;
import dev.kerr.container.SecurityLabel;
import dev.kerr.container.SecurityLabel.Module;
import dev.kerr.linux.Account;
import dev.kerr.linux.Accounts;
import dev.kerr.linux.Inputs;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a launch has by `--security`, from what was typed; and the profile that contained launches have without it.
final class LaunchSecurity {
    private static final String UNCONFINED = "unconfined";
    private static final String KNOWN =
            "it takes seccomp:FILE, seccomp:unconfined, uid:N, gid:N[:N…], apparmor:PROFILE, selinux:CONTEXT and"
                    + " proc:unmasked";

    private final Invocation invocation;
    private final Host host;
    private final Directories directories;
    private final Inputs inputs;
    private final Log log;

    private Optional<String> profile = Optional.empty();
    private Optional<String> uid = Optional.empty();
    private Optional<String> gids = Optional.empty();
    private final List<SecurityLabel> labels = new ArrayList<>();

    /// @param inputs is told of the files that are read
    LaunchSecurity(Invocation invocation, Host host, Directories directories, Inputs inputs, Log log) {
        this.invocation = invocation;
        this.host = host;
        this.directories = directories;
        this.inputs = inputs;
        this.log = log;
    }

    /// @param identity who the payload is without it
    Security security(Identity identity, Rights rights) throws UserException, IOException {
        List<String> items = invocation.items("security");
        boolean isContained = LaunchView.isContained(invocation);
        if (items.isEmpty() && !isContained) {
            return Security.NONE;
        }
        for (String item : items) {
            take(item);
        }
        var user = user(identity);
        return new Security(filter(isContained, identity, user, rights), user, labels);
    }

    private void take(String item) throws UserException {
        int colon = item.indexOf(':');
        String key = colon < 0 ? item : item.substring(0, colon);
        String value = colon < 0 ? "" : item.substring(colon + 1);
        if (value.isEmpty()) {
            throw new UserException("--security " + item + " is not known, or lacks its value", KNOWN);
        }
        switch (key) {
            case "seccomp" -> profile = once(key, profile, value);
            case "uid" -> uid = once(key, uid, value);
            case "gid" -> gids = once(key, gids, value);
            case "proc" -> checkProc(item, value);
            case "apparmor" -> label(Module.APPARMOR, item, value);
            case "selinux" -> label(Module.SELINUX, item, value);
            default -> throw new UserException("--security " + item + " is not known", KNOWN);
        }
    }

    /// `LaunchIsolation` has the effect.
    private static void checkProc(String item, String value) throws UserException {
        if (!value.equals("unmasked")) {
            throw new UserException("--security " + item + " is not known", "proc:unmasked shows all of /proc");
        }
    }

    private static Optional<String> once(String key, Optional<String> before, String value) throws UserException {
        if (before.isPresent()) {
            throw new UserException("--security has " + key + " twice: " + before.get() + " and " + value);
        }
        return Optional.of(value);
    }

    private void label(Module module, String item, String text) throws UserException {
        if (!module.isActive()) {
            throw new UserException(
                    "--security " + item + " cannot be done: the kernel of this host runs without " + module.title(),
                    "cat /sys/kernel/security/lsm lists what it has");
        }
        for (SecurityLabel before : labels) {
            if (before.module() == module) {
                throw new UserException(
                        "--security has a label of " + module.title() + " twice: " + before.text() + " and " + text);
            }
        }
        labels.add(new SecurityLabel(module, text));
    }

    private Optional<SyscallFilter> filter(
            boolean isContained, Identity identity, Optional<OtherUser> user, Rights rights)
            throws UserException, IOException {
        boolean isOther = user.isPresent() && user.get().account().uid() != 0;
        boolean isHostsRoot = host.credentials().mayMount() && !isOther;
        var seccomp = new LaunchSeccomp(host, directories, inputs, log);
        if (profile.isEmpty()) {
            boolean keepsAll = invocation.flag("keep-privs");
            return isContained ? Optional.of(seccomp.ours(isHostsRoot, keepsAll, rights)) : Optional.empty();
        }
        if (profile.get().equals(UNCONFINED)) {
            return Optional.empty();
        }
        boolean isRoot = isHostsRoot || identity instanceof Identity.Fakeroot;
        return Optional.of(seccomp.ofFile(profile.get(), isRoot, rights));
    }

    private Optional<OtherUser> user(Identity identity) throws UserException {
        if (uid.isEmpty() && gids.isEmpty()) {
            return Optional.empty();
        }
        String given = uid.isPresent() ? "uid:" + uid.get() : "gid:" + gids.orElse("");
        if (!host.credentials().mayMount()) {
            throw new UserException(
                    "--security " + given + " is for root alone", "--fakeroot makes you root in the container");
        }
        if (!(identity instanceof Identity.Caller)) {
            throw new UserException("--security " + given + " contradicts what else says who the payload is");
        }
        int user = uid.isPresent() ? id("uid", uid.get()) : 0;
        var account = Accounts.user(user);
        var ids = new ArrayList<Integer>();
        if (gids.isPresent()) {
            for (String word : gids.get().split(":", -1)) {
                ids.add(id("gid", word));
            }
        } else if (account.isPresent()) {
            ids.add(account.get().gid());
        } else {
            throw new UserException(
                    "--security " + given + " has no group: this host has no account of that id",
                    "add gid:N: --security " + given + ",gid:N");
        }
        return Optional.of(new OtherUser(account(user, ids.getFirst(), account), ids));
    }

    /// With the group that was asked for; one that the host does not know has no home.
    private static Account account(int uid, int gid, Optional<Account> known) {
        return known.isPresent()
                ? new Account(
                        known.get().name(),
                        uid,
                        gid,
                        known.get().gecos(),
                        known.get().home(),
                        known.get().shell())
                : new Account("user" + uid, uid, gid, "", "/", "/bin/sh");
    }

    /// An id of the kernel's: its largest number stands for none.
    private static int id(String key, String word) throws UserException {
        try {
            long id = Long.parseLong(word);
            if (id >= 0 && id <= Integer.MAX_VALUE && Character.isDigit(word.charAt(0))) {
                return (int) id;
            }
        } catch (NumberFormatException other) {
            // said below
        }
        throw new UserException(
                "--security " + key + ": " + word + " is no id", "it is a number from 0 to " + Integer.MAX_VALUE);
    }
}
