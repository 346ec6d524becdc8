package dev.kerr.network;

import java.util.List;

/// Texts of `/etc/resolv.conf`.
///
/// **Source:** resolv.conf(5).
public final class Resolver {
    private Resolver() {}

    /// A file with these name servers.
    ///
    /// @param hosts the host's file, of which the search list and the options are kept; empty for none of it
    public static String text(List<String> nameServers, String hosts) {
        var text = new StringBuilder();
        for (String server : nameServers) {
            text.append("nameserver ").append(server).append('\n');
        }
        for (String line : hosts.split("\n")) {
            if (line.startsWith("search") || line.startsWith("domain") || line.startsWith("options")) {
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }
}
