package dev.kerr.container;

import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.linux.Account;
import dev.kerr.log.UserException;

/// The user namespaces of a launch without privilege.
///
/// The caller is root of the outer one, where everything is mounted: so root's files in the image are the caller's, and
/// readable. The payload of an ordinary launch runs in an inner one that maps the caller's ids back to themselves,
/// without
/// any right over the outer one's mounts.
final class Identities {
    private Identities() {}

    /// The namespace in which everything is mounted.
    static Op outer(Identity identity, Host host) throws UserException {
        return switch (identity) {
            case FAKEROOT -> fakeroot(host);
            case CALLER ->
                new Op.UserNamespace(
                        "0 " + host.credentials().uid() + " 1",
                        "0 " + host.credentials().gid() + " 1",
                        "",
                        "");
        };
    }

    /// Root with the caller's ranges of sub-ids.
    static Op fakeroot(Host host) throws UserException {
        var mapping = host.facilities().subIds();
        if (mapping.isEmpty()) {
            throw new UserException(
                    "user " + host.account().name() + " has no range of sub-ids to be root with",
                    "root adds one with: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
                            + host.account().name() + "; newuidmap and newgidmap come with the package uidmap");
        }
        var ids = mapping.get();
        return new Op.UserNamespace(
                ids.users().rootMap(host.credentials().uid()),
                ids.groups().rootMap(host.credentials().gid()),
                ids.uidProgram(),
                ids.gidProgram());
    }

    /// The namespace of the payload.
    static Op inner(Host host) {
        return new Op.UserNamespace(
                host.credentials().uid() + " 0 1", host.credentials().gid() + " 0 1", "", "");
    }

    /// The payload's account: the caller's, or root's with the caller's files at root's home.
    static Account account(ContainerSpec spec, Host host) {
        var account = switch (spec.identity()) {
            case CALLER -> host.account();
            case FAKEROOT -> new Account("root", 0, 0, "root", "/root", "/bin/sh");
        };
        var home = spec.hostView().home();
        return home.isEmpty() ? account : account.withHome(home.get().target());
    }
}
