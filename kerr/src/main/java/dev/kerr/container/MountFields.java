package dev.kerr.container;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;

/// Reads lines of comma-separated fields; a field that begins with `"` ends with the next `"` that is no `""`.
///
/// **Source:** RFC 4180.
final class MountFields {
    private MountFields() {}

    /// The lines that have fields.
    ///
    /// @throws UserException if a quoted field does not end, or goes on behind its end
    static List<List<String>> lines(String text) throws UserException {
        var lines = new ArrayList<List<String>>();
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && field.isEmpty()) {
                i = quoted(text, i + 1, field);
            } else if (c == '"') {
                throw new UserException(
                        "a quotation mark stands within a field of the mount " + text,
                        "write the whole field in quotation marks, and \"\" for one in it");
            } else if (c == ',' || c == '\n') {
                fields.add(field.toString());
                field.setLength(0);
                if (c == '\n') {
                    add(lines, fields);
                    fields = new ArrayList<>();
                }
            } else if (c != '\r') {
                field.append(c);
            }
        }
        fields.add(field.toString());
        add(lines, fields);
        return lines;
    }

    private static void add(List<List<String>> lines, List<String> fields) {
        if (fields.size() > 1 || !fields.getFirst().isBlank()) {
            lines.add(fields);
        }
    }

    /// Reads to the end of a quoted field.
    ///
    /// @return the index of its last quotation mark
    private static int quoted(String text, int from, StringBuilder field) throws UserException {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '"') {
                field.append(c);
            } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (i + 1 == text.length() || text.charAt(i + 1) == ',' || text.charAt(i + 1) == '\n') {
                return i;
            } else {
                break;
            }
        }
        throw new UserException("the quoted field " + field + " of a mount does not end", "close it with \"");
    }
}
