package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Reads parser directives: the first line that is none of the known ones ends them.
final class DirectivesReader {
    private static final Set<String> KNOWN = Set.of("syntax", "escape", "check");

    private DirectivesReader() {}

    /// @throws UserException if a directive is there twice, or escapes with anything but a backslash or a backquote
    static Directives read(List<String> lines, SourceText source) throws UserException {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = Blanks.strip(lines.get(i));
            int equals = line.indexOf('=');
            if (!line.startsWith("#") || equals < 0) {
                break;
            }
            String name = Blanks.strip(line.substring(1, equals)).toLowerCase(Locale.ROOT);
            String value = Blanks.strip(line.substring(equals + 1));
            if (!KNOWN.contains(name) || value.isEmpty()) {
                break;
            }
            if (values.put(name, value) != null) {
                throw source.error(
                        i + 1, column(lines.get(i), name), "a second '" + name + "' directive", "leave one of them");
            }
            if (name.equals("escape") && !value.equals("\\") && !value.equals("`")) {
                throw source.error(
                        i + 1,
                        column(lines.get(i), value),
                        "cannot escape with " + Wording.quoted(value),
                        "write '# escape=\\' or '# escape=`'");
            }
        }
        String syntax = values.getOrDefault("syntax", "").split(" ", 2)[0];
        char escape = values.getOrDefault("escape", "\\").charAt(0);
        return new Directives(syntax, escape, values.getOrDefault("check", ""));
    }

    /// Where a word of a directive stands, in whatever case.
    private static int column(String line, String word) {
        return line.toLowerCase(Locale.ROOT).indexOf(word.toLowerCase(Locale.ROOT)) + 1;
    }
}
