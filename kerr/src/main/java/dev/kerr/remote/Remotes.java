package dev.kerr.remote;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which remotes there are, and which is in use: what a file `remote.yaml` says, or the user's and the site's together.
///
/// @param active the name of the one in use; empty for none
/// @param remotes by name
/// @param credentials logins for key servers
public record Remotes(String active, SortedMap<String, Remote> remotes, List<Credential> credentials) {
    /// Those of a site that says nothing: one without a library, so that no image comes from a place that nobody named.
    public static final Remotes BUILT_IN = new Remotes(
            "DefaultRemote",
            new TreeMap<>(Map.of("DefaultRemote", new Remote(Services.PUBLIC_KEYS, "", true, false, false, List.of()))),
            List.of());

    /// Whose remotes are changed.
    public enum Owner {
        USER,
        SITE
    }

    public Remotes {
        Objects.requireNonNull(active);
        remotes = Collections.unmodifiableSortedMap(new TreeMap<>(remotes));
        credentials = List.copyOf(credentials);
    }

    /// None at all.
    public static Remotes none() {
        return new Remotes("", new TreeMap<>(), List.of());
    }

    /// The user's remotes and the site's. A remote of both is the site's with the user's token, unless the user's is
    /// one of the user's own; an exclusive one is in use whatever the user says.
    public Remotes over(Remotes site) {
        var all = new TreeMap<>(remotes);
        String use = active;
        for (Map.Entry<String, Remote> each : site.remotes.entrySet()) {
            Remote users = remotes.get(each.getKey());
            if (users != null && !users.system()) {
                continue;
            }
            Remote sites = each.getValue();
            all.put(each.getKey(), users == null ? sites.withToken("") : sites.withUsers(users));
            use = sites.exclusive() ? each.getKey() : use;
        }
        return new Remotes(use.isEmpty() ? site.active : use, all, credentials);
    }

    /// @throws UserException if there is none of this name
    public Remote named(String name) throws UserException {
        Remote remote = remotes.get(name);
        if (remote == null) {
            throw new UserException(name + " is not a remote", "see `kerr remote list`");
        }
        return remote;
    }

    /// The name that is meant: the one that is in use if none is given.
    ///
    /// @throws UserException if there is no such remote
    public String name(String given) throws UserException {
        String name = given.isEmpty() ? active : given;
        if (name.isEmpty()) {
            throw new UserException("no remote is in use", "choose one: kerr remote use NAME");
        }
        named(name);
        return name;
    }

    /// @throws UserException if there is one of this name
    public Remotes add(String name, Remote remote) throws UserException {
        if (name.isBlank()) {
            throw new UserException("a remote needs a name");
        }
        if (remotes.containsKey(name)) {
            throw new UserException(name + " is already a remote", "remove it first: kerr remote remove " + name);
        }
        return with(name, remote);
    }

    /// @throws UserException if there is none, or it is not the owner's
    public Remotes remove(String name, Owner owner) throws UserException {
        if (named(name).system() && owner == Owner.USER) {
            throw new UserException(name + " is global and cannot be removed", "who administers may: with --global");
        }
        var fewer = new TreeMap<>(remotes);
        fewer.remove(name);
        return new Remotes(active.equals(name) ? "" : active, fewer, credentials);
    }

    /// Puts another remote in use.
    ///
    /// @param exclusive whether no other may be used from now on
    /// @throws UserException if there is none of this name, or the site wants another
    public Remotes use(String name, boolean exclusive, Owner owner) throws UserException {
        Remote chosen = named(name);
        if (owner == Owner.USER) {
            if (exclusive) {
                throw new UserException("a remote is made exclusive for the whole site", "with --global");
            }
            for (Map.Entry<String, Remote> each : remotes.entrySet()) {
                if (each.getValue().exclusive() && !each.getKey().equals(name)) {
                    throw new UserException("cannot use " + name + ": this site wants " + each.getKey() + " only");
                }
            }
            return new Remotes(name, remotes, credentials);
        }
        var changed = new TreeMap<String, Remote>();
        remotes.forEach((other, remote) -> changed.put(other, remote.exclusive(false)));
        changed.put(name, chosen.exclusive(exclusive));
        return new Remotes(name, changed, credentials);
    }

    /// With a remote in the place of the one of this name.
    public Remotes with(String name, Remote remote) {
        var changed = new TreeMap<>(remotes);
        changed.put(name, remote);
        return new Remotes(active, changed, credentials);
    }

    /// With a login in the place of those for the same key server.
    public Remotes with(Credential login) {
        var changed = new ArrayList<>(without(login.uri()).credentials);
        changed.add(login);
        return new Remotes(active, remotes, changed);
    }

    /// Without the logins for a key server.
    public Remotes without(String uri) {
        return new Remotes(
                active,
                remotes,
                credentials.stream()
                        .filter(login -> !KeyServer.isSame(login.uri(), uri))
                        .toList());
    }
}
