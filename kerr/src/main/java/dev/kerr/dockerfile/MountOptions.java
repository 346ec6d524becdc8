package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The fields of one `--mount`, between commas as in a line of CSV.
///
/// @param values by key; keys are in lower case, those with several spellings in one of them. A key that stands alone
/// has
/// the value `true`. The last one wins
record MountOptions(Map<String, String> values, int line, SourceText source) {
    private static final List<String> KEYS = List.of(
            "type",
            "from",
            "source",
            "target",
            "rw",
            "ro",
            "id",
            "uid",
            "gid",
            "mode",
            "size",
            "required",
            "sharing",
            "env");
    private static final List<String> ALONE = List.of("rw", "ro", "required");

    MountOptions {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        requireNonNull(source);
    }

    /// @throws UserException if a key is unknown, or has no value but needs one
    static MountOptions of(String text, int line, SourceText source) throws UserException {
        Map<String, String> values = new LinkedHashMap<>();
        for (String field : fields(text, line, source)) {
            int equals = field.indexOf('=');
            String written = equals < 0 ? field : field.substring(0, equals);
            String key = canonical(written.toLowerCase(Locale.ROOT));
            if (!KEYS.contains(key)) {
                throw source.errorAt(
                        line,
                        written,
                        "--mount has an unknown key " + Wording.quoted(written),
                        Wording.meant(key, KEYS));
            }
            if (equals < 0 && !ALONE.contains(key)) {
                throw source.errorAt(
                        line, written, "--mount has no value for '" + key + "'", "write " + key + "=VALUE");
            }
            if (key.equals("rw") || key.equals("ro")) {
                values.remove(key.equals("rw") ? "ro" : "rw");
            }
            values.put(key, equals < 0 ? "true" : field.substring(equals + 1));
        }
        return new MountOptions(values, line, source);
    }

    /// Where the files come from, if the mount says it: one origin at most.
    ///
    /// @throws UserException if it has a variable
    List<Origin> from(StageNames stages) throws UserException {
        String from = values.getOrDefault("from", "");
        if (from.indexOf('$') >= 0) {
            throw source.errorAt(
                    line,
                    from,
                    "from= has a variable: " + Wording.quoted(from),
                    "begin a stage with 'FROM " + from
                            + " AS NAME', with ARG before the first FROM, and mount from NAME");
        }
        return from.isEmpty() ? List.of() : List.of(stages.origin(from, line, source));
    }

    private static String canonical(String key) {
        return switch (key) {
            case "src" -> "source";
            case "dst", "destination" -> "target";
            case "readwrite" -> "rw";
            case "readonly" -> "ro";
            default -> key;
        };
    }

    /// Source: RFC 4180, one record.
    private static List<String> fields(String text, int line, SourceText source) throws UserException {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean doubled = quoted && c == '"' && text.startsWith("\"\"", i);
            if (doubled) {
                field.append(c);
                i++;
            } else if (c == '"' && (quoted || field.isEmpty())) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        if (quoted) {
            throw source.errorAt(line, "--mount", "--mount does not close a double quote", "close it");
        }
        return fields;
    }
}
