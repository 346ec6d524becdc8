package dev.kerr.network;

import dev.kerr.log.UserException;
import java.util.Objects;

/// A port of the host that leads to one of the container.
public record PortMapping(int hostPort, int containerPort, Protocol protocol) {
    private static final int PORT_MAX = 65_535;

    public PortMapping {
        if (!isPort(hostPort) || !isPort(containerPort)) {
            throw new IllegalArgumentException("no port: " + hostPort + ", " + containerPort);
        }
        Objects.requireNonNull(protocol);
    }

    /// What goes through it.
    public enum Protocol {
        TCP("tcp"),
        UDP("udp");

        private final String word;

        Protocol(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /// `8080:80/tcp`, or `80/tcp` for the same port on both sides.
    ///
    /// @throws UserException if it is something else
    static PortMapping parse(String text) throws UserException {
        int slash = text.lastIndexOf('/');
        String protocol = text.substring(slash + 1);
        if (slash < 0 || !protocol.equals("tcp") && !protocol.equals("udp")) {
            throw malformed(text);
        }
        int colon = text.indexOf(':');
        int hostPort = port(text.substring(0, colon < 0 ? slash : colon));
        int containerPort = colon < 0 || colon > slash ? hostPort : port(text.substring(colon + 1, slash));
        if (hostPort < 0 || containerPort < 0) {
            throw malformed(text);
        }
        return new PortMapping(hostPort, containerPort, protocol.equals("tcp") ? Protocol.TCP : Protocol.UDP);
    }

    /// As it was typed, in full.
    String text() {
        return hostPort + ":" + containerPort + "/" + protocol.word();
    }

    private static UserException malformed(String text) {
        return new UserException(
                "portmap=" + text + " maps no port", "it is portmap=HOST:CONTAINER/tcp, such as portmap=8080:80/tcp");
    }

    /// The number; -1 if it is no port.
    private static int port(String digits) {
        if (digits.isEmpty() || digits.length() > 5) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return isPort(value) ? value : -1;
    }

    private static boolean isPort(int value) {
        return value > 0 && value <= PORT_MAX;
    }
}
