package dev.kerr.network;

import java.util.Objects;

/// What a container's network is connected to.
public sealed interface Connection {
    /// The host's network itself.
    Connection HOST = new Host();

    /// Nothing: there is a loopback interface and no other.
    Connection NONE = new None();

    record Host() implements Connection {}

    record None() implements Connection {}

    /// A network namespace that is there.
    ///
    /// @param path of the host
    record Joined(String path) implements Connection {
        public Joined {
            Objects.requireNonNull(path);
        }
    }

    /// A namespace of its own, which a program outside connects.
    record Helped(NetworkHelper helper) implements Connection {
        public Helped {
            Objects.requireNonNull(helper);
        }
    }
}
