package dev.kerr.deffile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Fills the `{{ NAME }}` places of one stage with build arguments.
final class Template {
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");

    private final SourceText source;
    private final Map<String, String> values;
    private final Set<String> used = new HashSet<>();

    /// @param defaults values of the stage's `%arguments`
    /// @param given values from the command line, which win
    Template(SourceText source, Map<String, String> defaults, Map<String, String> given) {
        this.source = source;
        this.values = new HashMap<>(defaults);
        this.values.putAll(given);
    }

    /// Names that a place has asked for so far.
    Set<String> used() {
        return Set.copyOf(used);
    }

    /// The line with its places filled; a value may itself hold places, once. Comments stay as they are.
    ///
    /// @throws UserException if a place names an argument that has no value
    Line fill(Line line) throws UserException {
        if (line.isComment() || !line.text().contains("{{")) {
            return line;
        }
        return new Line(line.number(), replace(line, replace(line, line.text())));
    }

    private String replace(Line line, String text) throws UserException {
        Matcher places = PLACE.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (places.find()) {
            places.appendReplacement(filled, Matcher.quoteReplacement(value(line, text, places)));
        }
        return places.appendTail(filled).toString();
    }

    private String value(Line line, String text, Matcher place) throws UserException {
        String name = place.group(1);
        String value = values.get(name);
        if (value == null) {
            boolean isAsWritten = text.equals(line.text());
            throw source.error(
                    line.number(),
                    isAsWritten ? place.start() + 1 : 0,
                    "build argument '" + name + "' has no value",
                    "give --build-arg " + name + "=… or a default in %arguments");
        }
        used.add(name);
        return value;
    }
}
