package dev.kerr.instance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The IPv4 addresses of a network namespace, read from outside it.
///
/// **Source:** `/proc/PID/net/fib_trie`, `net/ipv4/fib_trie.c` of the kernel: `|-- ADDRESS` and below it
/// `/32 host LOCAL` for each address that is the namespace's own, once in each of its tables.
final class Addresses {
    private static final String LEAF = "|-- ";
    private static final String OWN = "/32 host LOCAL";
    private static final String LOOPBACK = "127.";

    private Addresses() {}

    /// Those of a process's namespace but for the loopback interface's; none if they cannot be read, or if the
    /// namespace is the caller's.
    static List<String> of(Anchor anchor) {
        Path processes = Path.of("/proc");
        Path process = processes.resolve(Long.toString(anchor.pid()));
        try {
            Path own = Files.readSymbolicLink(processes.resolve("self/ns/net"));
            if (own.equals(Files.readSymbolicLink(process.resolve("ns/net")))) {
                return List.of();
            }
            return inTable(Files.readString(process.resolve("net/fib_trie"), StandardCharsets.US_ASCII));
        } catch (IOException hasEnded) {
            return List.of();
        }
    }

    static List<String> inTable(String table) {
        Set<String> addresses = new LinkedHashSet<>();
        String leaf = "";
        for (String line : table.lines().map(String::strip).toList()) {
            if (line.startsWith(LEAF)) {
                leaf = line.substring(LEAF.length());
            } else if (line.equals(OWN) && !leaf.startsWith(LOOPBACK)) {
                addresses.add(leaf);
            }
        }
        return new ArrayList<>(addresses);
    }
}
