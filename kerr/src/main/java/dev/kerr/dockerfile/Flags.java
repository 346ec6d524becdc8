package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The `--name=value` words of one instruction. Each is there once, unless it may be repeated.
final class Flags {
    private final SourceText source;
    private final LogicalLine line;
    private final List<Flag> flags = new ArrayList<>();

    private record Flag(String name, String value, boolean hasValue) {}

    Flags(SourceText source, LogicalLine line, List<String> words) {
        this.source = source;
        this.line = line;
        for (String word : words) {
            int equals = word.indexOf('=');
            flags.add(
                    equals < 0
                            ? new Flag(word.substring(2), "", false)
                            : new Flag(word.substring(2, equals), word.substring(equals + 1), true));
        }
    }

    boolean isEmpty() {
        return flags.isEmpty();
    }

    boolean has(String name) {
        return flags.stream().anyMatch(flag -> flag.name().equals(name));
    }

    /// @param names what the instruction knows; a `*` behind those that may be repeated
    /// @throws UserException if there is another flag, or one is repeated
    void check(String... names) throws UserException {
        List<String> known =
                Arrays.stream(names).map(name -> name.replace("*", "")).toList();
        Set<String> seen = new HashSet<>();
        for (Flag flag : flags) {
            String shown = "flag " + Wording.quoted("--" + flag.name());
            if (!known.contains(flag.name())) {
                throw known.isEmpty()
                        ? error(flag.name(), 1, shown + " is unknown", "this instruction has none")
                        : error(flag.name(), 1, shown + " is unknown", Wording.meant(flag.name(), known));
            }
            if (!seen.add(flag.name()) && !List.of(names).contains(flag.name() + "*")) {
                throw error(flag.name(), 2, shown + " is there twice", "leave one of them");
            }
        }
    }

    /// The value of a flag; empty if it is not there.
    String text(String name) throws UserException {
        List<String> values = texts(name);
        return values.isEmpty() ? "" : values.getFirst();
    }

    /// The values of a flag that may be repeated.
    List<String> texts(String name) throws UserException {
        List<String> values = new ArrayList<>();
        for (Flag flag : flags) {
            if (flag.name().equals(name)) {
                if (!flag.hasValue()) {
                    throw error(name, 1, "flag '--" + name + "' has no value", "write --" + name + "=VALUE");
                }
                values.add(flag.value());
            }
        }
        return values;
    }

    /// Whether a flag is there, by itself or with `=true`.
    boolean isSet(String name) throws UserException {
        for (Flag flag : flags) {
            if (flag.name().equals(name)) {
                String value = flag.hasValue() ? flag.value().toLowerCase(Locale.ROOT) : "true";
                if (!value.equals("true") && !value.equals("false")) {
                    throw error(
                            name,
                            1,
                            "flag '--" + name + "' is neither true nor false: " + Wording.quoted(value),
                            "leave the value out");
                }
                return value.equals("true");
            }
        }
        return false;
    }

    /// @param nth which of the flags of this name
    private UserException error(String name, int nth, String message, String hint) {
        return source.error(line.number(), line.columnOf("--" + name, nth), message, hint);
    }
}
