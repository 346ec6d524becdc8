package dev.kerr.network;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.List;

/// Finds the network of a launch.
///
/// Root has the networks that the site configures, by plugins of the Container Network Interface. An ordinary user has
/// `pasta` and `slirp4netns`, and `none`. What is not named is never more than what is asked for: `--net` alone is
/// `bridge` for root, as in the field, and nothing but a loopback interface for everybody else.
public final class Networks {
    private static final String NONE = "none";
    private static final String USUAL = "bridge";

    /// The peers' network for `--fakeroot`, of a setuid program; here what an ordinary user can have.
    private static final String FAKEROOT = "fakeroot";

    private Networks() {}

    /// Finds what is asked for.
    ///
    /// @throws UserException if it cannot be had
    public static Network find(NetworkRequest request, NetworkHost host) throws UserException, IOException {
        for (String server : request.nameServers()) {
            if (!Addresses.isAddress(server)) {
                throw new UserException(
                        "--dns " + server + " is no address", "it is such as --dns 192.0.2.53,2001:db8::53");
            }
        }
        return new Network(connection(request, host), request.nameServers());
    }

    private static Connection connection(NetworkRequest request, NetworkHost host) throws UserException, IOException {
        if (request.path().isPresent()) {
            return joined(request, request.path().get(), host);
        }
        if (!request.asksForNamespace()) {
            return Connection.HOST;
        }
        List<String> names = request.names();
        if (names.isEmpty() && !host.root()) {
            return request.arguments().isEmpty()
                    ? Connection.NONE
                    : installed(host).connect(NetworkArguments.of("", request.arguments(), names), host);
        }
        if (names.isEmpty()) {
            return ConfiguredNetworks.connect(List.of(USUAL), request.arguments(), host);
        }
        if (names.contains(NONE)) {
            if (names.size() > 1 || !request.arguments().isEmpty()) {
                throw new UserException("--network none goes with no other network, and takes no arguments");
            }
            return Connection.NONE;
        }
        for (ServingProgram program : ServingProgram.values()) {
            if (names.contains(program.word())) {
                return served(program, request, host);
            }
        }
        return host.root() ? ConfiguredNetworks.connect(names, request.arguments(), host) : forUser(request, host);
    }

    private static Connection joined(NetworkRequest request, String path, NetworkHost host) throws UserException {
        if (request.asksForNamespace()) {
            throw new UserException("--netns-path and --net, --network or --network-args contradict each other");
        }
        if (!host.root()) {
            throw new UserException(
                    "--netns-path is for root: the kernel lets no ordinary user join a network namespace of the host's",
                    "--network pasta makes one of its own");
        }
        if (!path.startsWith("/")) {
            throw new UserException("--netns-path " + path + " is no absolute path", "such as /run/netns/NAME");
        }
        return new Connection.Joined(path);
    }

    private static Connection served(ServingProgram program, NetworkRequest request, NetworkHost host)
            throws UserException {
        if (request.names().size() > 1) {
            throw new UserException("--network " + program.word() + " goes with no other network");
        }
        return program.connect(NetworkArguments.of(program.word(), request.arguments(), request.names()), host);
    }

    private static Connection forUser(NetworkRequest request, NetworkHost host) throws UserException {
        String name = request.names().getFirst();
        if (!request.names().equals(List.of(FAKEROOT))) {
            throw new UserException(
                    "network " + name + " is for root: it would be made on the host",
                    "--network pasta or --network slirp4netns, which take portmap= too, or --network none");
        }
        return installed(host).connect(NetworkArguments.of(FAKEROOT, request.arguments(), request.names()), host);
    }

    /// The program that an ordinary user has where none is named.
    private static ServingProgram installed(NetworkHost host) throws UserException {
        for (ServingProgram program : ServingProgram.values()) {
            if (host.program(program.word()).isPresent()) {
                return program;
            }
        }
        throw new UserException(
                "no pasta or slirp4netns on this host to connect the container with",
                "install the package passt or slirp4netns, or use --network none");
    }
}
