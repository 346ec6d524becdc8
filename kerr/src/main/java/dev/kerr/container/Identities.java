package dev.kerr.container;

import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.linux.Account;
import dev.kerr.linux.Capability;
import dev.kerr.linux.Group;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who the payload is, and by which user namespaces it comes to be that.
///
/// Without privilege, everything is mounted in an outer namespace, where the caller is root: so root's files in the
/// image are the caller's, and readable. The payload of an ordinary launch runs in an inner one that maps the caller's
/// ids back to themselves, without any right over the outer one's mounts.
///
/// Root of a user namespace (`--fakeroot`) is in an inner one too, which maps all ids of the outer one to themselves,
/// and
/// has a mount namespace that belongs to it: it may mount, but not undo what was mounted for it, and the file system
/// servers of the outer one are not its to trace. In a PID namespace of its own it does not see them.
///
/// A payload that is a user of the image has that user's ids in the outer namespace already, so that the user's files
/// in the image are its own; those of others are theirs as far as sub-ids reach, and nobody's beyond.
///
/// @param account the payload's; its files on the host are the caller's
/// @param groups of the payload that have names on the host
/// @param outer the namespace in which everything is mounted; none for who may mount
/// @param inner what is done last before the payload starts
/// @param owner options of fuse2fs if no other ids are mapped: then an ext3 file system is mounted as if all in it were
///     the payload's, whoever's number it has
record Identities(Account account, List<Group> groups, Optional<Op> outer, List<Op> inner, Optional<String> owner) {
    private static final Account ROOT = new Account("root", 0, 0, "root", "/root", "/bin/sh");

    Identities {
        groups = List.copyOf(groups);
        inner = List.copyOf(inner);
    }

    /// @param user that the payload is to be, if it is one of the image's
    static Identities of(ContainerSpec spec, Host host, Optional<ImageUser> user) throws UserException {
        var other = spec.isolation().security().user();
        var found = other.isPresent()
                ? ofOther(spec, other.get(), host)
                : user.isPresent() ? ofImage(spec, user.get(), host) : ofHost(spec, host);
        var home = spec.hostView().home();
        return home.isEmpty()
                ? found
                : found.with(found.account.withHome(home.get().target()));
    }

    private static Identities ofHost(ContainerSpec spec, Host host) throws UserException {
        Rights rights = spec.isolation().rights();
        Account account = spec.identity() instanceof Identity.Fakeroot ? ROOT : host.account();
        if (host.credentials().mayMount()) {
            var privileges = rights.ofRoot(host.credentials().capabilities());
            return new Identities(account, host.groups(), Optional.empty(), List.of(privileges), Optional.empty());
        }
        if (spec.identity() instanceof Identity.Fakeroot(RootMapping mapping)) {
            // none of the caller's groups is mapped to itself
            var outer = fakeroot(host, mapping);
            return new Identities(
                    account,
                    List.of(),
                    Optional.of(outer),
                    rootPayload(spec, outer, mapping, host),
                    mapping == RootMapping.SUB_IDS ? Optional.empty() : Optional.of(owner(0, 0)));
        }
        int uid = host.credentials().uid();
        int gid = host.credentials().gid();
        return new Identities(
                account,
                host.groups(),
                Optional.of(single(0, uid, 0, gid)),
                List.of(single(uid, 0, gid, 0), uid == 0 ? rights.ofRoot(Capability.ALL) : rights.ofUser()),
                Optional.of(owner(0, 0)));
    }

    /// What a payload that is root of its user namespace becomes before it starts.
    private static List<Op> rootPayload(ContainerSpec spec, Op.UserNamespace outer, RootMapping mapping, Host host)
            throws UserException {
        var ops = new ArrayList<Op>();
        if (spec.isolation().processes() == Isolation.Processes.HOST
                && spec.payload().action() != ContainerSpec.Action.STEP) {
            ops.add(outer.same());
            ops.add(new Op.Plain(OpCode.MOUNT_NAMESPACE));
        }
        ops.add(spec.isolation().rights().ofRoot(Capability.ALL));
        if (mapping == RootMapping.EMULATED) {
            ops.add(EmulatedRoot.filter(host));
        }
        return ops;
    }

    /// Root becomes another user.
    private static Identities ofOther(ContainerSpec spec, Security.OtherUser user, Host host) throws UserException {
        Account account = user.account();
        Rights rights = spec.isolation().rights();
        if (!host.credentials().mayMount() && spec.identity() instanceof Identity.Fakeroot(RootMapping mapping)) {
            return ofOther(spec, user, mapping, host);
        }
        var become = new Op.Become(account.uid(), account.gid(), user.groups());
        var privileges = account.uid() == 0 ? rights.ofRoot(host.credentials().capabilities()) : rights.ofUser();
        return new Identities(account, List.of(), Optional.empty(), List.of(become, privileges), Optional.empty());
    }

    /// Root of a user namespace becomes another user of it; with one id, it stays what it is.
    private static Identities ofOther(ContainerSpec spec, Security.OtherUser user, RootMapping mapping, Host host)
            throws UserException {
        if (mapping != RootMapping.SUB_IDS || user.account().uid() == 0) {
            return ofHost(spec, host);
        }
        var become = new Op.Become(user.account().uid(), user.account().gid(), user.groups());
        List<Op> inner = List.of(become, spec.isolation().rights().ofUser());
        return new Identities(user.account(), List.of(), Optional.of(fakeroot(host, mapping)), inner, Optional.empty());
    }

    private static Identities ofImage(ContainerSpec spec, ImageUser user, Host host) {
        int uid = user.account().uid();
        int gid = user.account().gid();
        Rights rights = spec.isolation().rights();
        if (host.credentials().mayMount()) {
            var privileges = uid == 0 ? rights.ofRoot(host.credentials().capabilities()) : rights.ofUser();
            var become = new Op.Become(uid, gid, user.groups());
            return new Identities(
                    user.account(), List.of(), Optional.empty(), List.of(become, privileges), Optional.empty());
        }
        var mapping = host.facilities().subIds();
        if (mapping.isPresent()) {
            var privileges = uid == 0 ? rights.ofRoot(Capability.ALL) : rights.ofUser();
            Op outer = ranges(mapping.get(), uid, gid, host);
            return new Identities(user.account(), List.of(), Optional.of(outer), List.of(privileges), Optional.empty());
        }
        Op outer = single(uid, host.credentials().uid(), gid, host.credentials().gid());
        List<Op> inner = List.of(single(uid, uid, gid, gid), rights.ofUser());
        return new Identities(user.account(), List.of(), Optional.of(outer), inner, Optional.of(owner(uid, gid)));
    }

    /// Root with the caller's ids.
    static Op.UserNamespace fakeroot(Host host, RootMapping root) throws UserException {
        if (root != RootMapping.SUB_IDS) {
            return single(0, host.credentials().uid(), 0, host.credentials().gid());
        }
        var mapping = host.facilities().subIds();
        if (mapping.isEmpty()) {
            throw new UserException(
                    "user " + host.account().name() + " has no range of sub-ids to be root with",
                    "root adds one with: kerr config fakeroot --add "
                            + host.account().name() + "; newuidmap and newgidmap come with the package uidmap");
        }
        return ranges(mapping.get(), 0, 0, host);
    }

    /// The caller with these ids, and with the caller's ranges of sub-ids all others from 0.
    private static Op.UserNamespace ranges(Host.SubIdMapping mapping, int uid, int gid, Host host) {
        return new Op.UserNamespace(
                mapping.users().map(uid, host.credentials().uid()),
                mapping.groups().map(gid, host.credentials().gid()),
                mapping.uidProgram(),
                mapping.gidProgram());
    }

    private static Op.UserNamespace single(int uid, int outerUid, int gid, int outerGid) {
        return new Op.UserNamespace(uid + " " + outerUid + " 1", gid + " " + outerGid + " 1", "", "");
    }

    private static String owner(int uid, int gid) {
        return "uid=" + uid + ",gid=" + gid;
    }

    /// Whether the payload, if it is root of its user namespace, has its mounts in a namespace of its own.
    boolean hasOwnMounts() {
        return inner.stream().anyMatch(op -> op.code() == OpCode.MOUNT_NAMESPACE);
    }

    private Identities with(Account other) {
        return new Identities(other, groups, outer, inner, owner);
    }
}
