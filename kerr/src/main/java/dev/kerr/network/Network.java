package dev.kerr.network;

import java.util.List;
import java.util.Objects;

/// The network of a launch.
///
/// @param nameServers addresses for the container's `/etc/resolv.conf`, as the user gave them; empty if they were not
///     asked for
public record Network(Connection connection, List<String> nameServers) {
    /// The host's.
    public static final Network HOST = new Network(Connection.HOST, List.of());

    public Network {
        Objects.requireNonNull(connection);
        nameServers = List.copyOf(nameServers);
    }

    /// Whether the container has a network namespace that is not the host's.
    public boolean isOwn() {
        return !(connection instanceof Connection.Host);
    }

    /// Whether that namespace is made for it.
    public boolean isNew() {
        return isOwn() && !(connection instanceof Connection.Joined);
    }

    /// Whether it depends on nothing but what the user has typed.
    public boolean isAsTyped() {
        return connection instanceof Connection.Host || connection instanceof Connection.None;
    }
}
