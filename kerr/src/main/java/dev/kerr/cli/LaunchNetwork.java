package dev.kerr.cli;

import dev.kerr.config.Config;
import dev.kerr.container.Host;
import dev.kerr.log.UserException;
import dev.kerr.network.Connection;
import dev.kerr.network.HostPorts;
import dev.kerr.network.Network;
import dev.kerr.network.NetworkHost;
import dev.kerr.network.NetworkRequest;
import dev.kerr.network.Networks;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// The network of a launch, from what was typed and what the site says.
final class LaunchNetwork {
    private static final String FIRST_PORT = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
    private static final int DIGITS_MAX = 16;
    private static final int USUAL_FIRST_PORT = 1024;

    private final Session session;
    private final Config config;

    LaunchNetwork(Session session, Config config) {
        this.session = session;
        this.config = config;
    }

    Network find(Invocation invocation, Host host) throws UserException, IOException {
        var path = invocation.value("netns-path").filter(value -> !value.isEmpty());
        var request = new NetworkRequest(
                invocation.flag("net"),
                invocation.items("network"),
                invocation.items("network-args"),
                path,
                invocation.items("dns"));
        if (request.isEmpty()) {
            return Network.HOST; // nothing of the host is looked at
        }
        Network network = Networks.find(request, networks(host));
        if (network.connection() instanceof Connection.Helped helped) {
            HostPorts.check(helped.helper().ports());
        }
        return network;
    }

    /// What of a host networks depend on.
    NetworkHost networks(Host host) throws IOException {
        var paths = config.networks();
        Path configurations = Objects.requireNonNull(
                        session.directories().configuration().getParent())
                .resolve("network");
        return new NetworkHost(
                host.credentials().mayMount(),
                config.programs(),
                paths.configurations().map(Path::of).orElse(configurations),
                paths.plugins().map(plugins -> List.of(Path.of(plugins))).orElse(NetworkHost.PLUGINS),
                session.directories().program().toString(),
                firstPort(),
                Path.of("/dev/net/tun"));
    }

    private static int firstPort() throws IOException {
        try (var in = new FileInputStream(FIRST_PORT)) {
            byte[] digits = new byte[DIGITS_MAX]; // at once: the kernel tells it only to the first read
            int size = in.read(digits);
            return Integer.parseInt(new String(digits, 0, Math.max(size, 0), StandardCharsets.UTF_8).strip());
        } catch (FileNotFoundException old) {
            return USUAL_FIRST_PORT;
        }
    }
}
