package dev.kerr.cli;

import dev.kerr.linux.Account;
import dev.kerr.linux.Accounts;
import dev.kerr.linux.Capability;
import dev.kerr.linux.Credentials;
import dev.kerr.linux.Group;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/// `capability`: which capabilities the site grants to whom, and which there are.
///
/// **Source:** apptainer `internal/app/apptainer/capability_*.go`, for what is printed.
final class CapabilityCommand {
    private final Session session;
    private final Invocation invocation;
    private final Path file;

    CapabilityCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
        this.file = session.directories().capabilities();
    }

    int run() throws UsageException, UserException, IOException {
        String verb = invocation.verb();
        List<String> operands =
                invocation.operands().subList(1, invocation.operands().size());
        boolean changes = verb.equals("add") || verb.equals("drop");
        if (operands.size() > 1 || changes && operands.isEmpty()) {
            throw new UsageException(
                    "capability " + verb + " takes " + (changes ? "one list of capabilities" : "one argument at most"),
                    Optional.of(Command.CAPABILITY));
        }
        String operand = operands.isEmpty() ? "" : operands.getFirst();
        switch (verb) {
            case "avail" -> describe(operand.isEmpty() ? "all" : operand);
            case "list" -> list(operand);
            default -> change(verb.equals("add"), set(operand));
        }
        return ExitStatus.SUCCESS;
    }

    private static long set(String list) throws UserException {
        long set = 0;
        for (String name : list.split(",")) {
            var named = Capability.named(name);
            if (named.isEmpty()) {
                throw new UserException(
                        "unknown capability " + name.strip(), "`kerr capability avail` lists those there are");
            }
            set |= named.getAsLong();
        }
        return set;
    }

    private void describe(String list) throws UserException {
        long set = set(list);
        for (Capability capability : Capability.values()) {
            if ((set & capability.mask()) != 0) {
                String name = capability.text();
                session.out().printf(Locale.ROOT, "%-22s %s%n\t%s%n%n", name + ":", name, capability.description());
            }
        }
    }

    private void list(String name) throws UserException, IOException {
        var granted = CapabilityFile.read(file);
        int lines = list(granted.users(), "user", name) + list(granted.groups(), "group", name);
        if (lines == 0) {
            throw new UserException(
                    "no capability set for " + (name.isEmpty() ? "users or groups" : "user/group " + name));
        }
    }

    private int list(CapabilityFile.Grants grants, String kind, String name) {
        int lines = 0;
        for (var entry : new TreeMap<>(grants.sets()).entrySet()) {
            if (entry.getValue() != 0 && (name.isEmpty() || name.equals(entry.getKey()))) {
                session.out()
                        .println(entry.getKey() + " [" + kind + "]: "
                                + String.join(",", Capability.names(entry.getValue())));
                lines++;
            }
        }
        return lines;
    }

    private void change(boolean isAdded, long set) throws UserException, IOException {
        if (Credentials.current().uid() != 0) {
            throw new UserException("only root may change which capabilities are granted: " + file);
        }
        var user = invocation.value("user");
        var group = invocation.value("group");
        if (user.isEmpty() && group.isEmpty()) {
            throw new UserException("no user or group specified", "--user NAME, --group NAME");
        }
        if (user.isPresent() && Accounts.user(user.get()).map(Account::name).isEmpty()) {
            throw new UserException("user " + user.get() + " does not exist");
        }
        if (group.isPresent() && Accounts.group(group.get()).map(Group::name).isEmpty()) {
            throw new UserException("group " + group.get() + " does not exist");
        }
        var granted = CapabilityFile.read(file);
        var changed = new CapabilityFile(
                changed(granted.users(), "user", user, isAdded, set),
                changed(granted.groups(), "group", group, isAdded, set));
        try {
            changed.write(file);
        } catch (IOException failed) {
            throw new UserException("cannot write " + file + ": " + Reason.of(failed));
        }
        if (isAdded && !(user.equals(Optional.of("root")) && group.isEmpty())) {
            session.log()
                    .info("only what root has takes effect, with root default capabilities = file:"
                            + " there is no setuid program that could give a user any");
        }
    }

    private CapabilityFile.Grants changed(
            CapabilityFile.Grants grants, String kind, Optional<String> name, boolean isAdded, long set) {
        if (name.isEmpty()) {
            return grants;
        }
        long before = grants.set(name.get());
        long idle = set == Capability.ALL ? 0 : isAdded ? before & set : set & ~before;
        for (String capability : Capability.names(idle)) {
            session.log()
                    .warning((isAdded ? "Won't add" : "Won't drop") + " capability '" + capability + "', "
                            + (isAdded ? "already assigned to " : "not assigned to ") + kind + " " + name.get());
        }
        return grants.with(name.get(), isAdded ? before | set : before & ~set);
    }
}
