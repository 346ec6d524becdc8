package dev.kerr.network;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A program that passes packets between a network namespace and the sockets of an ordinary user.
///
/// What it lets through: all that the user's own processes reach, but nothing that listens on the host's loopback
/// interface alone; to the container only what is mapped.
///
/// **Source:** pasta(1), slirp4netns(1).
enum ServingProgram {
    PASTA("pasta", "passt") {
        // An address that no network has; pasta answers there for the host's name servers.
        private static final String NAME_SERVER = "169.254.1.1";

        @Override
        NetworkHelper helper(String program, List<PortMapping> ports, boolean root) {
            var command = new ArrayList<>(List.of(
                    program,
                    "--foreground",
                    "--quiet",
                    "--config-net",
                    "--netns-only",
                    "--netns",
                    NetworkHelper.NAMESPACE,
                    "--no-netns-quit",
                    "--no-map-gw",
                    "--dns-forward",
                    NAME_SERVER,
                    "--pid",
                    NetworkHelper.DIRECTORY + "/ready",
                    "--tcp-ns",
                    "none",
                    "--udp-ns",
                    "none"));
            if (root) {
                command.addAll(List.of("--runas", "0:0")); // else it is nobody, who may not enter root's namespaces
            }
            addPorts(command, "--tcp-ports", ports, PortMapping.Protocol.TCP);
            addPorts(command, "--udp-ports", ports, PortMapping.Protocol.UDP);
            return new NetworkHelper(NetworkHelper.Manner.SERVE, ports, List.of(), command, Optional.of(NAME_SERVER));
        }
    },
    SLIRP4NETNS("slirp4netns", "slirp4netns") {
        private static final String NAME_SERVER = "10.0.2.3";

        @Override
        NetworkHelper helper(String program, List<PortMapping> ports, boolean root) {
            var requests = new ArrayList<NetworkHelper.Request>();
            for (PortMapping port : ports) {
                String text = "{\"execute\":\"add_hostfwd\",\"arguments\":{\"proto\":\""
                        + port.protocol().word() + "\",\"host_addr\":\"0.0.0.0\",\"host_port\":" + port.hostPort()
                        + ",\"guest_port\":" + port.containerPort() + "}}";
                requests.add(new NetworkHelper.Request(port.text(), text));
            }
            var command = List.of(
                    program,
                    "--configure",
                    "--mtu=65520",
                    "--disable-host-loopback",
                    "--enable-sandbox",
                    "--enable-seccomp",
                    "--ready-fd=3",
                    "--api-socket=" + NetworkHelper.DIRECTORY + "/api",
                    "--netns-type=path",
                    NetworkHelper.NAMESPACE,
                    "tap0");
            return new NetworkHelper(NetworkHelper.Manner.SERVE, ports, requests, command, Optional.of(NAME_SERVER));
        }
    };

    private final String word;
    private final String distributed;

    /// @param distributed the package that brings it
    ServingProgram(String word, String distributed) {
        this.word = word;
        this.distributed = distributed;
    }

    String word() {
        return word;
    }

    /// The package that brings it.
    String distributed() {
        return distributed;
    }

    /// @param root whether the caller is root of the host
    abstract NetworkHelper helper(String program, List<PortMapping> ports, boolean root);

    private static void addPorts(
            List<String> command, String option, List<PortMapping> ports, PortMapping.Protocol protocol) {
        boolean any = false;
        for (PortMapping port : ports) {
            if (port.protocol() == protocol) {
                command.add(option);
                command.add(port.hostPort() + ":" + port.containerPort());
                any = true;
            }
        }
        if (!any) {
            command.add(option);
            command.add("none");
        }
    }

    /// What connects a namespace by this program.
    ///
    /// @throws UserException if it is not there, or cannot do what is asked for
    Connection connect(NetworkArguments arguments, NetworkHost host) throws UserException {
        var program = host.program(word);
        if (program.isEmpty()) {
            throw new UserException(
                    "no " + word + " on this host for --network " + word, "install the package " + distributed);
        }
        if (!arguments.others().isEmpty() || !arguments.ranges().isEmpty()) {
            String first = arguments.others().isEmpty()
                    ? "ipRange=" + arguments.ranges().getFirst()
                    : arguments.others().getFirst();
            throw new UserException(
                    "--network " + word + " takes no argument " + first, "it takes portmap=HOST:CONTAINER/tcp");
        }
        if (!host.tunnel().toFile().canWrite()) {
            throw new UserException(
                    "cannot open " + host.tunnel() + ", which " + word + " needs",
                    "the administrator should make it mode 0666: modprobe tun; chmod 0666 " + host.tunnel());
        }
        for (PortMapping port : arguments.ports()) {
            if (!host.root() && port.hostPort() < host.firstPort()) {
                throw new UserException(
                        "port " + port.hostPort() + " of the host is not for ordinary users, who have those from "
                                + host.firstPort() + " on",
                        "map a higher one, or root: sysctl -w net.ipv4.ip_unprivileged_port_start=" + port.hostPort());
            }
        }
        return new Connection.Helped(helper(program.get(), arguments.ports(), host.root()));
    }
}
