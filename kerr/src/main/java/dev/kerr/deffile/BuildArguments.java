package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.UserException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Values for the `{{ NAME }}` places of a definition, as given on the command line or in a file.
///
/// @param values value by name
/// @param unused what to do about a value that no place asks for
public record BuildArguments(Map<String, String> values, Unused unused) {
    /// What happens to an argument which no definition uses.
    public enum Unused {
        REFUSED,
        WARNED_ABOUT
    }

    /// No values.
    public static final BuildArguments NONE = new BuildArguments(Map.of(), Unused.REFUSED);

    public BuildArguments {
        values = Map.copyOf(values);
        requireNonNull(unused);
    }

    /// Reads `NAME=value` items; of several with one name the last counts.
    ///
    /// @throws UserException if an item has no `=` or no name before it
    public static BuildArguments of(List<String> items, Unused unused) throws UserException {
        Map<String, String> values = new LinkedHashMap<>();
        for (String item : items) {
            int equals = item.indexOf('=');
            if (equals < 1) {
                throw new UserException("build argument '" + item + "' has no value", "write it as NAME=value");
            }
            values.put(
                    item.substring(0, equals).strip(),
                    unquoted(item.substring(equals + 1).strip()));
        }
        return new BuildArguments(values, unused);
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
