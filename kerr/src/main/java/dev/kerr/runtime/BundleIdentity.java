package dev.kerr.runtime;

import dev.kerr.container.Op;
import dev.kerr.log.UserException;
import dev.kerr.runtime.BundleConfig.IdMapping;
import dev.kerr.runtime.BundleConfig.User;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Who a container's process is: its user namespace, and its user in there.
final class BundleIdentity {
    private static final String BY_ROOT = "root";

    private final BundleConfig config;
    private final HostView.Caller caller;
    private final boolean isNew;

    BundleIdentity(BundleConfig config, HostView.Caller caller) {
        this.config = config;
        this.caller = caller;
        this.isNew = config.linux().hasNew("user");
    }

    void check() throws UserException {
        var linux = config.linux();
        if (!caller.mayMount() && linux.namespace("user").isEmpty()) {
            throw new UserException(
                    "config.json: linux.namespaces has no user namespace, which an ordinary user needs",
                    "add {\"type\": \"user\"} with uidMappings and gidMappings, as `runc spec --rootless` does");
        }
        if (isNew && (linux.users().isEmpty() || linux.groups().isEmpty())) {
            throw new UserException(
                    "config.json: linux.uidMappings and gidMappings are needed for a new user namespace");
        }
        if (!isNew
                && linux.namespace("user").isEmpty()
                && !(linux.users().isEmpty() && linux.groups().isEmpty())) {
            throw new UserException("config.json: linux.uidMappings need a user namespace");
        }
        if (isNew && !caller.mayMount() && !isOwnAlone()) {
            caller.needPrograms();
        }
        checkUser();
    }

    private void checkUser() throws UserException {
        User user = config.process().user();
        if (isNew && !isMapped(config.linux().users(), user.uid())) {
            throw new UserException("config.json: process.user.uid " + user.uid() + " is not in linux.uidMappings");
        }
        if (isNew && !isMapped(config.linux().groups(), user.gid())) {
            throw new UserException("config.json: process.user.gid " + user.gid() + " is not in linux.gidMappings");
        }
        if (mayChangeGroups()) {
            for (int group : user.groups()) {
                if (isNew && !isMapped(config.linux().groups(), group)) {
                    throw new UserException(
                            "config.json: process.user.additionalGids: " + group + " is not in linux.gidMappings");
                }
            }
        } else if (!user.groups().isEmpty()) {
            throw new UserException(
                    "config.json: process.user.additionalGids are not supported where only your own id is mapped",
                    "map a range of sub-ids, or leave them out");
        }
    }

    /// Whether the kernel needs nobody's leave for the mapping.
    private boolean isOwnAlone() {
        var linux = config.linux();
        return isOne(linux.users(), caller.uid()) && isOne(linux.groups(), caller.gid());
    }

    private static boolean isOne(List<IdMapping> mappings, int id) {
        return mappings.size() == 1
                && mappings.getFirst().count() == 1
                && mappings.getFirst().outside() == id;
    }

    /// The kernel takes setgroups away from whoever maps ids without privilege.
    private boolean mayChangeGroups() {
        return !isNew || caller.mayMount() || !isOwnAlone();
    }

    /// Enters it, as its root where it has one: files that are made for the container's sake are that one's.
    List<Op> userNamespace() {
        if (!isNew) {
            return List.of();
        }
        var ops = new ArrayList<Op>();
        var linux = config.linux();
        String users = BundlePlanner.map(linux.users());
        String groups = BundlePlanner.map(linux.groups());
        if (caller.mayMount()) {
            ops.add(new Op.UserNamespace(users, groups, BY_ROOT, BY_ROOT));
        } else if (isOwnAlone()) {
            ops.add(new Op.UserNamespace(users, groups, "", ""));
        } else {
            ops.add(new Op.UserNamespace(users, groups, caller.uidProgram(), caller.gidProgram()));
        }
        OptionalLong own = inside(linux.users(), caller.uid());
        boolean isRoot = own.isPresent() && own.getAsLong() == 0;
        if (!isRoot && isMapped(linux.users(), 0) && isMapped(linux.groups(), 0)) {
            ops.add(new Op.Become(0, 0, List.of()));
        }
        return ops;
    }

    /// Becomes the program's user.
    List<Op> payload(User user) {
        return mayChangeGroups() ? List.of(new Op.Become(user.uid(), user.gid(), user.groups())) : List.of();
    }

    private static boolean isMapped(List<IdMapping> mappings, long id) {
        for (IdMapping mapping : mappings) {
            if (id >= mapping.inside() && id - mapping.inside() < mapping.count()) {
                return true;
            }
        }
        return false;
    }

    private static OptionalLong inside(List<IdMapping> mappings, long outside) {
        for (IdMapping mapping : mappings) {
            if (outside >= mapping.outside() && outside - mapping.outside() < mapping.count()) {
                return OptionalLong.of(mapping.inside() + outside - mapping.outside());
            }
        }
        return OptionalLong.empty();
    }
}
