package dev.kerr.container;

import dev.kerr.cgroups.Placement;
import dev.kerr.network.Network;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// How a payload is kept apart from the host, beyond the files that it sees.
///
/// @param namespaces that it has of its own, besides user and mount namespaces
/// @param processes which processes it sees, and who is the first of them
/// @param hostname of its own UTS namespace, if it has another than the host's
/// @param masksProc whether what tells of the machine is hidden where the payload has processes of its own; a container
///     in the container cannot mount a new /proc then
/// @param ownKeyring whether it starts with a session keyring of its own, empty
/// @param rights what it may do that an ordinary process may not
/// @param security what it may not do that one may, and as whom
/// @param network what it is connected to; unless it is the host's or one that is there, [Namespace#NET] is among the
///     namespaces
/// @param limits the control groups that limit it; empty if none do
/// @param background that it is an instance, if it is one
public record Isolation(
        List<Namespace> namespaces,
        Processes processes,
        Optional<String> hostname,
        boolean masksProc,
        boolean ownKeyring,
        Rights rights,
        Security security,
        Network network,
        Optional<Placement.Direct> limits,
        Optional<Background> background) {
    /// What an ordinary launch has: the host's.
    public static final Isolation NONE = of(List.of(), Processes.HOST);

    public Isolation {
        namespaces = List.copyOf(namespaces);
        Objects.requireNonNull(processes);
        Objects.requireNonNull(hostname);
        Objects.requireNonNull(rights);
        Objects.requireNonNull(security);
        Objects.requireNonNull(network);
        Objects.requireNonNull(limits);
        Objects.requireNonNull(background);
        if (network.isNew() && !namespaces.contains(Namespace.NET)) {
            throw new IllegalArgumentException("a new network needs a namespace: " + network);
        }
    }

    /// One by namespaces alone.
    public static Isolation of(List<Namespace> namespaces, Processes processes) {
        return new Isolation(
                namespaces,
                processes,
                Optional.empty(),
                true,
                false,
                Rights.USUAL,
                Security.NONE,
                Network.HOST,
                Optional.empty(),
                Optional.empty());
    }

    /// The same with another host name.
    public Isolation named(Optional<String> name) {
        return new Isolation(
                namespaces, processes, name, masksProc, ownKeyring, rights, security, network, limits, background);
    }

    /// The same with these parts of /proc hidden or not, and this keyring.
    public Isolation hiding(boolean proc, boolean keyring) {
        return new Isolation(
                namespaces, processes, hostname, proc, keyring, rights, security, network, limits, background);
    }

    /// The same for a payload that may do these things.
    public Isolation with(Rights other, Security restrictions) {
        return new Isolation(
                namespaces,
                processes,
                hostname,
                masksProc,
                ownKeyring,
                other,
                restrictions,
                network,
                limits,
                background);
    }

    /// The same with another network.
    public Isolation on(Network other) {
        return new Isolation(
                namespaces, processes, hostname, masksProc, ownKeyring, rights, security, other, limits, background);
    }

    /// The same within limits, if there are any.
    public Isolation within(Optional<Placement.Direct> groups) {
        return new Isolation(
                namespaces, processes, hostname, masksProc, ownKeyring, rights, security, network, groups, background);
    }

    /// The same for an instance, if it is one.
    public Isolation in(Optional<Background> instance) {
        return new Isolation(
                namespaces, processes, hostname, masksProc, ownKeyring, rights, security, network, limits, instance);
    }

    /// A kind of namespace, with the name that the C program knows.
    ///
    /// **Source:** namespaces(7).
    public enum Namespace {
        IPC("ipc"),
        UTS("uts"),
        NET("net");

        private final String word;

        Namespace(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /// Which processes a payload sees.
    public enum Processes {
        /// The host's.
        HOST,
        /// Its own: the first is an init of ours, which reaps and passes signals on.
        OWN,
        /// Its own, and it is the first itself.
        OWN_WITHOUT_INIT
    }
}
