package dev.kerr.network;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;

/// The arguments of one network: what of `--network-args` is for it.
///
/// @param ports that lead to it
/// @param ranges from which it takes addresses, as `192.0.2.0/24`
/// @param others what is passed on to plugins as it is: `KEY=VALUE`
record NetworkArguments(List<PortMapping> ports, List<String> ranges, List<String> others) {
    static final NetworkArguments NONE = new NetworkArguments(List.of(), List.of(), List.of());

    NetworkArguments {
        ports = List.copyOf(ports);
        ranges = List.copyOf(ranges);
        others = List.copyOf(others);
    }

    /// Those of `network`: `[NETWORK:]KEY=VALUE[;KEY=VALUE]…` each. Without a name it is the first network.
    ///
    /// @param items as typed
    /// @param networks all that were asked for; none if it was not said which
    /// @throws UserException if one is malformed, or for a network that was not asked for
    static NetworkArguments of(String network, List<String> items, List<String> networks) throws UserException {
        var ports = new ArrayList<PortMapping>();
        var ranges = new ArrayList<String>();
        var others = new ArrayList<String>();
        for (String item : items) {
            int colon = item.indexOf(':');
            boolean named = colon >= 0 && colon < item.indexOf('=');
            String name = named ? item.substring(0, colon) : networks.isEmpty() ? network : networks.getFirst();
            if (named && !networks.contains(name)) {
                throw new UserException(
                        "--network-args " + item + " is for the network " + name + ", which --network does not name");
            }
            if (name.equals(network)) {
                for (String pair : item.substring(named ? colon + 1 : 0).split(";")) {
                    add(pair, ports, ranges, others);
                }
            }
        }
        return new NetworkArguments(ports, ranges, others);
    }

    private static void add(String pair, List<PortMapping> ports, List<String> ranges, List<String> others)
            throws UserException {
        int equals = pair.indexOf('=');
        String key = pair.substring(0, Math.max(equals, 0));
        String value = pair.substring(equals + 1);
        if (!isKey(key) || value.isEmpty()) {
            throw new UserException(
                    "--network-args " + pair + " is no argument", "it is KEY=VALUE, such as portmap=8080:80/tcp");
        }
        switch (key) {
            case "portmap" -> ports.add(PortMapping.parse(value));
            case "ipRange" -> ranges.add(range(value));
            default -> others.add(pair);
        }
    }

    private static String range(String value) throws UserException {
        int slash = value.indexOf('/');
        if (slash < 0 || !Addresses.isAddress(value.substring(0, slash)) || !isBits(value.substring(slash + 1))) {
            throw new UserException("ipRange=" + value + " is no range", "it is such as ipRange=192.0.2.0/24");
        }
        return value;
    }

    private static boolean isBits(String digits) {
        try {
            return digits.length() <= 3 && Integer.parseInt(digits) <= 128 && !digits.startsWith("-");
        } catch (NumberFormatException word) {
            return false;
        }
    }

    private static boolean isKey(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-')) {
                return false;
            }
        }
        return !key.isEmpty();
    }
}
