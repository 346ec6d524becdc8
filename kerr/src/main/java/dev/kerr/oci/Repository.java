package dev.kerr.oci;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where images of one name are: a registry's host, and a path there. Both may be put into an address as they are.
///
/// **Source:** distribution/reference `reference.go`, the grammar.
///
/// @param host with its port if one was named: `docker.io`, `localhost:5000`, `[::1]:5000`
/// @param path components in lower case, separated by slashes: `library/busybox`; empty for the registry as such
public record Repository(String host, String path) {
    private static final int LONGEST_PATH = 255;
    private static final String LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    private static final Pattern HOST =
            Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+\\])(?::([0-9]{1,5}))?");
    private static final Pattern COMPONENT = Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*");

    public Repository {
        if (!isHost(host) || !path.isEmpty() && !isPath(path)) {
            throw new IllegalArgumentException("no repository: " + host + "/" + path);
        }
    }

    /// Whether this is a host, with a port or without.
    public static boolean isHost(String text) {
        Matcher matcher = HOST.matcher(text);
        if (text.length() > LONGEST_PATH || !matcher.matches()) {
            return false;
        }
        String port = matcher.group(1);
        return port == null || Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65_535;
    }

    /// Whether this is a path of a repository.
    public static boolean isPath(String text) {
        return text.length() <= LONGEST_PATH
                && List.of(text.split("/", -1)).stream()
                        .allMatch(component -> COMPONENT.matcher(component).matches());
    }

    @Override
    public String toString() {
        return host + "/" + path;
    }
}
