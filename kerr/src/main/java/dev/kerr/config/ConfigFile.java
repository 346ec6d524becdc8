package dev.kerr.config;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads `kerr.conf`: lines `directive = value`, `#` to the end of a line is a comment, list directives may be repeated
/// or comma-separated. An unknown directive or value is an error: a setting that is not obeyed must not look obeyed.
///
/// **Source:** apptainer.conf.
public final class ConfigFile {
    private final String name;
    private final Directive[] table = Directive.values();
    private final ConfigValues values = new ConfigValues();
    private int next;

    private ConfigFile(String name) {
        this.name = name;
    }

    /// Reads a file; without one the defaults hold.
    public static Config read(Path file) throws UserException {
        try {
            return parse(file.toString(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException absent) {
            return Config.defaults();
        } catch (IOException unreadable) {
            throw new UserException("cannot read the configuration " + file, "it must be readable for every user");
        }
    }

    static Config parse(String name, String text) throws UserException {
        return values(name, text).config();
    }

    static ConfigValues values(String name, String text) throws UserException {
        var file = new ConfigFile(name);
        int number = 1;
        for (int from = 0; from < text.length(); number++) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            if (end > from && text.charAt(from) != '#') {
                file.line(number, ConfigLine.of(text.substring(from, end)));
            }
            from = end + 1;
        }
        return file.values;
    }

    private void line(int number, ConfigLine line) throws UserException {
        if (line.isEmpty()) {
            return;
        }
        int found = line.hasValue() ? find(line.directive()) : -1;
        if (found < 0) {
            throw new UserException(
                    name + ":" + number + ": unknown directive \"" + line.directive() + "\"",
                    "`kerr help config` lists them");
        }
        Directive directive = table[found];
        String fault = directive.fault(line.value());
        if (!fault.isEmpty()) {
            String remedy = directive.effect() == Directive.Effect.REFUSED ? "take the line out" : "";
            throw new UserException(name + ":" + number + ": " + fault + ": " + line.value(), remedy);
        }
        values.put(directive, line.value());
    }

    /// The row of a directive, or -1. Files are mostly in the order of the table: the search begins where the last one
    /// ended, for a launch waits for it.
    private int find(String directive) {
        for (int i = 0; i < table.length; i++) {
            int row = next < table.length ? next : 0;
            next = row + 1;
            if (table[row].text().equals(directive)) {
                return row;
            }
        }
        return -1;
    }
}
