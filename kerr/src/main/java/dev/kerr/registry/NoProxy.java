package dev.kerr.registry;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The hosts that are reached without a proxy: words separated by commas, each a host with all below it, `.host` for
/// those below it alone, an address, a network as `10.0.0.0/8`, any of them with a port, or `*` for every host.
///
/// **Source:** golang.org/x/net `http/httpproxy`, `Config.NoProxy`.
record NoProxy(List<String> words) {
    NoProxy {
        words = List.copyOf(words);
    }

    static NoProxy parse(String value) {
        return new NoProxy(List.of(value.toLowerCase(Locale.ROOT).split(",")).stream()
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList());
    }

    boolean holds(Origin origin) {
        String host = origin.host().startsWith("[")
                ? origin.host().substring(1, origin.host().length() - 1)
                : origin.host();
        Optional<InetAddress> address = address(host);
        if (host.equals("localhost") || address.isPresent() && address.get().isLoopbackAddress()) {
            return true;
        }
        return words.stream().anyMatch(word -> word.equals("*") || holds(word, host, address, origin.port()));
    }

    private static boolean holds(String word, String host, Optional<InetAddress> address, int port) {
        int slash = word.indexOf('/');
        if (slash >= 0) {
            return address.isPresent()
                    && isInNetwork(address.get(), word.substring(0, slash), word.substring(slash + 1));
        }
        String name = word;
        int colon = word.lastIndexOf(':');
        boolean hasPort = colon >= 0 && (word.indexOf(':') == colon || word.startsWith("["));
        if (hasPort) {
            if (!word.substring(colon + 1).equals(Integer.toString(port))) {
                return false;
            }
            name = word.substring(0, colon);
        }
        name = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        if (address.isPresent()) {
            return address(name).equals(address);
        }
        String suffix = name.startsWith("*.") ? name.substring(1) : name;
        return suffix.startsWith(".") ? host.endsWith(suffix) : host.equals(suffix) || host.endsWith("." + suffix);
    }

    private static boolean isInNetwork(InetAddress address, String network, String bits) {
        Optional<InetAddress> base = address(network);
        boolean isCount = !bits.isEmpty() && bits.length() <= 3 && bits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (base.isEmpty() || !isCount) {
            return false;
        }
        byte[] left = address.getAddress();
        byte[] right = base.get().getAddress();
        int count = Integer.parseInt(bits);
        if (left.length != right.length || count > 8 * left.length) {
            return false;
        }
        for (int bit = 0; bit < count; bit++) {
            if (((left[bit / 8] ^ right[bit / 8]) & 0x80 >> bit % 8) != 0) {
                return false;
            }
        }
        return true;
    }

    /// What `text` spells if it is an address and not a name; nobody is asked.
    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
