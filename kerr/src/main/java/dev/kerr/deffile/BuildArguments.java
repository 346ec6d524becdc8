package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.SourceText;
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
        return of(Map.of(), items, unused);
    }

    /// The same, over values that a file gives.
    ///
    /// @throws UserException if an item has no `=` or no name before it
    public static BuildArguments of(Map<String, String> ofFiles, List<String> items, Unused unused)
            throws UserException {
        Map<String, String> values = new LinkedHashMap<>(ofFiles);
        for (String item : items) {
            int equals = item.indexOf('=');
            if (equals < 1) {
                throw new UserException("build argument '" + item + "' has no value", "write it as NAME=value");
            }
            values.put(
                    item.substring(0, equals).strip(),
                    unquoted(item.substring(equals + 1).strip(), "\""));
        }
        return new BuildArguments(values, unused);
    }

    /// Reads the text of a file of values: `NAME=value`, one a line. Blanks around both and quotes around the value are
    /// left out, blank lines and those that begin with `#` skipped; of several lines with one name the last counts.
    ///
    /// @param sourceName how the user named the file; a message begins with it, the line and the column
    /// @throws UserException if a line is anything else
    public static Map<String, String> ofFile(String text, String sourceName) throws UserException {
        Map<String, String> values = new LinkedHashMap<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            String name = equals < 0 ? "" : line.substring(0, equals).strip();
            if (!name.matches("\\w+")) {
                throw SourceText.of(sourceName, text)
                        .error(number, "'" + line.strip() + "' is no build argument", "write it as NAME=value");
            }
            values.put(name, unquoted(line.substring(equals + 1).strip(), "\"'"));
        }
        return values;
    }

    /// @param quotes characters that count as such
    private static String unquoted(String value, String quotes) {
        boolean quoted = value.length() > 1
                && quotes.indexOf(value.charAt(0)) >= 0
                && value.charAt(0) == value.charAt(value.length() - 1);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
