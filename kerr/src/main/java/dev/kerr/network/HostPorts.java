package dev.kerr.network;

import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/// Whether ports of the host can be listened on: a helper that cannot do so for one address may go on with the others.
public final class HostPorts {
    private HostPorts() {}

    /// Listens on each for a moment, on all addresses.
    ///
    /// @throws UserException if one is in use, or not for the caller
    public static void check(List<PortMapping> ports) throws UserException {
        for (PortMapping port : ports) {
            try {
                listen(new InetSocketAddress(port.hostPort()), port.protocol());
            } catch (IOException refused) {
                throw new UserException(
                        "port " + port.hostPort() + "/" + port.protocol().word() + " of the host cannot be mapped: "
                                + Reason.of(refused),
                        "map another one");
            }
        }
    }

    private static void listen(InetSocketAddress address, PortMapping.Protocol protocol) throws IOException {
        if (protocol == PortMapping.Protocol.UDP) {
            try (var socket = new DatagramSocket(null)) {
                socket.bind(address);
            }
            return;
        }
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true); // connections that have ended are in nobody's way
            socket.bind(address);
        }
    }
}
