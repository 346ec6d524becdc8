package dev.kerr.network;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What the user asks for.
///
/// @param own whether the container is to have a network namespace of its own, whatever else is given
/// @param names networks, as of `--network`
/// @param arguments as of `--network-args`
/// @param path a namespace to join, as of `--netns-path`
/// @param nameServers as of `--dns`
public record NetworkRequest(
        boolean own, List<String> names, List<String> arguments, Optional<String> path, List<String> nameServers) {
    public NetworkRequest {
        names = List.copyOf(names);
        arguments = List.copyOf(arguments);
        Objects.requireNonNull(path);
        nameServers = List.copyOf(nameServers);
    }

    /// Whether nothing is asked for.
    public boolean isEmpty() {
        return !asksForNamespace() && path.isEmpty() && nameServers.isEmpty();
    }

    boolean asksForNamespace() {
        return own || !names.isEmpty() || !arguments.isEmpty();
    }
}
