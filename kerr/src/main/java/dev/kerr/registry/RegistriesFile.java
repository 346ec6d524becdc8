package dev.kerr.registry;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads rules for registries from a file such as podman's `registries.conf`: of its TOML just the tables `registry`
/// and `registry.mirror`, whose values are texts and truth values on one line. Other tables, and keys of other programs
/// in these, are passed over.
///
/// ```
/// [[registry]]
/// prefix = "docker.io"              # or location alone
/// [[registry.mirror]]
/// location = "mirror.example.org/hub"
/// insecure = true                   # without TLS
/// ```
///
/// **Source:** containers-registries.conf(5), version 2.
public final class RegistriesFile {
    private static final Pattern HEADER = Pattern.compile("\\[\\[?\\s*([A-Za-z0-9_.\"-]+)\\s*\\]\\]?");
    private static final Pattern VALUE = Pattern.compile("([A-Za-z0-9_-]+)\\s*=\\s*(\"[^\"\\\\]*\"|'[^']*'|\\w+)");
    private static final Pattern HOST_AND_PATH =
            Pattern.compile("(?:\\*\\.)?[A-Za-z0-9\\[][A-Za-z0-9_.:\\[\\]-]*(?:/[a-z0-9_.-]+)*");
    private static final String REGISTRY = "registry";
    private static final String MIRROR = "registry.mirror";

    private final String file;
    private final List<RegistryRules.Rule> rules = new ArrayList<>();
    private final List<RegistryRules.Location> mirrors = new ArrayList<>();
    private Map<String, String> registry = Map.of();
    private Map<String, String> table = Map.of();
    private String tableName = "";

    private RegistriesFile(String file) {
        this.file = file;
    }

    /// @param file its name, for messages
    /// @throws UserException if a table that matters cannot be understood
    public static List<RegistryRules.Rule> parse(String file, String text) throws UserException {
        var reader = new RegistriesFile(file);
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            reader.line(withoutComment(line).strip(), number);
        }
        reader.endTable();
        reader.endRegistry();
        return List.copyOf(reader.rules);
    }

    private void line(String line, int number) throws UserException {
        Matcher header = HEADER.matcher(line);
        if (header.matches()) {
            endTable();
            tableName = header.group(1);
            table = new TreeMap<>();
            if (tableName.equals(REGISTRY)) {
                endRegistry();
                registry = table;
            }
        } else if (isOurs() && !line.isEmpty()) {
            Matcher value = VALUE.matcher(line);
            if (!value.matches()) {
                throw new UserException(file + ", line " + number + ": cannot read " + line);
            }
            table.put(value.group(1), value.group(2));
        }
    }

    private boolean isOurs() {
        return tableName.equals(REGISTRY) || tableName.equals(MIRROR);
    }

    private void endTable() throws UserException {
        if (tableName.equals(MIRROR)) {
            mirrors.add(new RegistryRules.Location(name(table, "location"), truth(table, "insecure")));
        }
    }

    private void endRegistry() throws UserException {
        if (!registry.isEmpty()) {
            String location = name(registry, "location");
            String prefix = name(registry, "prefix");
            var place = new RegistryRules.Location(location, truth(registry, "insecure"));
            rules.add(new RegistryRules.Rule(
                    prefix.isEmpty() ? location : prefix, place, truth(registry, "blocked"), List.copyOf(mirrors)));
        }
        mirrors.clear();
        registry = Map.of();
    }

    private String name(Map<String, String> from, String key) throws UserException {
        String value = from.getOrDefault(key, "\"\"");
        String name = value.substring(1, Math.max(1, value.length() - 1));
        boolean isQuoted = value.startsWith("\"") || value.startsWith("'");
        if (!isQuoted || !name.isEmpty() && !HOST_AND_PATH.matcher(name).matches()) {
            throw new UserException(file + ": " + key + " = " + value + " is no host and path");
        }
        return name;
    }

    private boolean truth(Map<String, String> from, String key) throws UserException {
        String value = from.getOrDefault(key, "false");
        if (!value.equals("true") && !value.equals("false")) {
            throw new UserException(file + ": " + key + " = " + value + " is neither true nor false");
        }
        return value.equals("true");
    }

    /// No value that matters has a `#` in it.
    private static String withoutComment(String line) {
        int hash = line.indexOf('#');
        return hash < 0 ? line : line.substring(0, hash);
    }
}
