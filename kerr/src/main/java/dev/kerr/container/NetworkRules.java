package dev.kerr.container;

import dev.kerr.network.Connection;
import dev.kerr.network.Network;
import dev.kerr.network.NetworkHelper;
import java.util.List;

/// The operations that give a payload a network which is not the host's.
///
/// A helper that works on the host does so with the caller's rights; one that serves is where the namespace is made,
/// and
/// has no right beyond it.
final class NetworkRules {
    private final Network network;

    NetworkRules(Network network) {
        this.network = network;
    }

    /// Before the first user namespace.
    List<Op> beforeUserNamespace() {
        return helper(NetworkHelper.Manner.ONCE);
    }

    /// In the user namespace to which the network namespace is to belong, if there is one.
    List<Op> inUserNamespace() {
        return helper(NetworkHelper.Manner.SERVE);
    }

    /// In the network namespace, if it is made; before the session, which hides the host's paths.
    List<Op> enter() {
        if (network.connection() instanceof Connection.Joined joined) {
            return List.of(new IsolationOp.JoinNetwork(joined.path()));
        }
        return network.isOwn() ? List.of(new Op.Plain(OpCode.LOOPBACK)) : List.of();
    }

    private List<Op> helper(NetworkHelper.Manner manner) {
        return network.connection() instanceof Connection.Helped helped
                        && helped.helper().manner() == manner
                ? List.of(new IsolationOp.ConnectNetwork(helped.helper()))
                : List.of();
    }
}
