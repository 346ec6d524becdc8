package dev.kerr.container;

import dev.kerr.log.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A bind that the user asked for.
///
/// @param source absolute path on the host
/// @param target absolute path in the container
public record Bind(String source, String target, boolean readOnly) {
    public Bind {
        Objects.requireNonNull(source);
        Objects.requireNonNull(target);
    }

    /// Parses the value of `--bind`: a comma list of `source[:target[:ro|rw]]`; `\:` and `\,` are literal.
    ///
    /// @param workingDirectory what relative sources are relative to
    public static List<Bind> parse(String list, String workingDirectory) throws UserException {
        var binds = new ArrayList<Bind>();
        for (String item : split(list, ',')) {
            if (!item.isEmpty()) {
                binds.add(one(item, split(item, ':'), workingDirectory));
            }
        }
        return binds;
    }

    private static Bind one(String item, List<String> parts, String workingDirectory) throws UserException {
        String source = unescaped(parts.getFirst());
        String target = parts.size() > 1 ? unescaped(parts.get(1)) : "";
        if (source.isEmpty() || parts.size() > 3) {
            throw new UserException("malformed bind " + item, "it is source[:target[:ro|rw]]");
        }
        String absolute = source.startsWith("/") ? source : workingDirectory + "/" + source;
        if (target.isEmpty()) {
            target = source;
        }
        if (!target.startsWith("/")) {
            throw new UserException("the target of bind " + item + " is not an absolute path");
        }
        if (Path.of(target).normalize().getNameCount() == 0) {
            throw new UserException("bind " + item + " would hide the whole container", "bind below /");
        }
        return new Bind(absolute, target, parts.size() == 3 && readOnly(item, parts.get(2)));
    }

    private static boolean readOnly(String item, String option) throws UserException {
        return switch (option) {
            case "ro" -> true;
            case "rw" -> false;
            default ->
                throw new UserException("unknown option \"" + option + "\" in bind " + item, "known are ro and rw");
        };
    }

    /// Splits at a character that no backslash precedes; backslashes stay.
    private static List<String> split(String text, char separator) {
        var parts = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == separator) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static String unescaped(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escape = c == '\\' && i + 1 < text.length() && ":,\\".indexOf(text.charAt(i + 1)) >= 0;
            plain.append(escape ? text.charAt(++i) : c);
        }
        return plain.toString();
    }
}
