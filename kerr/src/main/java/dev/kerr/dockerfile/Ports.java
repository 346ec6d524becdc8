package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the ports of `EXPOSE`: `80`, `53/udp`, `8000-8010/tcp`. Addresses and ports of the host before a `:` mean
/// nothing,
/// as in BuildKit.
final class Ports {
    private static final Pattern PORTS =
            Pattern.compile("(?:.*:)?([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/(tcp|udp|sctp))?", Pattern.CASE_INSENSITIVE);
    private static final int MOST = 65_535;

    private Ports() {}

    /// Each port as `number/protocol`.
    ///
    /// @throws UserException if the text is no port or range of ports
    static List<String> of(String text, int line, SourceText source) throws UserException {
        Matcher matcher = PORTS.matcher(text);
        boolean matches = matcher.matches();
        int first = matches ? Integer.parseInt(matcher.group(1)) : 0;
        int last = matches && matcher.group(2) != null ? Integer.parseInt(matcher.group(2)) : first;
        if (!matches || last < first || last > MOST) {
            throw source.errorAt(
                    line, text, "not a port: " + Wording.quoted(text), "write it as 80, 53/udp or 8000-8010");
        }
        String protocol = matcher.group(3) == null ? "tcp" : matcher.group(3).toLowerCase(Locale.ROOT);
        List<String> ports = new ArrayList<>();
        for (int port = first; port <= last; port++) {
            ports.add(port + "/" + protocol);
        }
        return ports;
    }
}
