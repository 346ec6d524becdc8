package dev.kerr.network;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A program that connects a network namespace from outside.
///
/// @param ports of the host that it listens on
/// @param requests that it takes once it runs
/// @param command program and arguments, in which [#NAMESPACE] stands for the namespace, [#ACT] for what is to be done
/// @param nameServer the address at which it answers for the host's name servers, if it does
public record NetworkHelper(
        Manner manner,
        List<PortMapping> ports,
        List<Request> requests,
        List<String> command,
        Optional<String> nameServer) {
    /// **Source:** `NETWORK_HELPER` of `starter/plan.h`, for this and the next two.
    static final String NAMESPACE = "@net@";

    /// `up` or `down`.
    static final String ACT = "@act@";

    /// A directory that only the helper sees: `ready` takes a word when it is, `api` is where requests go to.
    static final String DIRECTORY = "/tmp";

    public NetworkHelper {
        Objects.requireNonNull(manner);
        ports = List.copyOf(ports);
        requests = List.copyOf(requests);
        command = List.copyOf(command);
        Objects.requireNonNull(nameServer);
    }

    /// How it does its work.
    public enum Manner {
        /// It runs as long as the network.
        SERVE("serve"),
        /// It ends when the network is there, and runs again to undo what it did.
        ONCE("once");

        private final String word;

        Manner(String word) {
            this.word = word;
        }

        /// As the C program knows it.
        public String word() {
            return word;
        }
    }

    /// @param purpose for messages: `8080:80/tcp`
    public record Request(String purpose, String text) {
        public Request {
            Objects.requireNonNull(purpose);
            Objects.requireNonNull(text);
        }
    }
}
