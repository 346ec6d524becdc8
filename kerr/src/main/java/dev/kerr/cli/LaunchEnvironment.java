package dev.kerr.cli;

import dev.kerr.config.Variables;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The variables that the user sets for a container: `--env` before `KERRENV_X`, before `APPTAINERENV_X`, before
/// `SINGULARITYENV_X`.
final class LaunchEnvironment {
    private static final List<String> PREFIXES = List.of("SINGULARITYENV_", "APPTAINERENV_", "KERRENV_");

    /// Names that the runtime alone sets.
    private static final List<String> FIXED = List.of("HOME", "UID", "GID");

    private LaunchEnvironment() {}

    /// @param lists the values of `--env`: comma lists of `NAME=VALUE`, double quotes around an item keep its commas
    static Map<String, String> of(List<String> lists, Variables variables, Log log) throws UserException {
        var set = new LinkedHashMap<String, String>();
        for (String prefix : PREFIXES) {
            for (var variable : new TreeMap<>(variables.all()).entrySet()) {
                if (variable.getKey().startsWith(prefix)) {
                    put(set, variable.getKey().substring(prefix.length()), variable.getValue(), log);
                }
            }
        }
        for (String list : lists) {
            for (String item : items(list)) {
                int equals = item.indexOf('=');
                if (equals <= 0) {
                    throw new UserException("--env " + item + " is not NAME=VALUE");
                }
                put(set, item.substring(0, equals), item.substring(equals + 1), log);
            }
        }
        return set;
    }

    private static void put(Map<String, String> set, String name, String value, Log log) {
        if (FIXED.contains(name)) {
            log.warning("variable " + name + " cannot be set for a container this way");
        } else if (!isIdentifier(name)) {
            log.warning("\"" + name + "\" is no name of a variable and is not set");
        } else {
            set.put(name, value);
        }
    }

    private static List<String> items(String list) {
        var items = new ArrayList<String>();
        var item = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '"' && (quoted || item.isEmpty())) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                items.add(item.toString());
                item.setLength(0);
            } else {
                item.append(c);
            }
        }
        items.add(item.toString());
        return items;
    }

    private static boolean isIdentifier(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
