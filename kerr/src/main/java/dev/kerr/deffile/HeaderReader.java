package dev.kerr.deffile;

import dev.kerr.log.SourceText;
import dev.kerr.log.Spelling;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Reads the lines above the first section: `Keyword: value`, with `#` comments and `\` before a continued
/// line.
final class HeaderReader {
    private static final Set<String> KEYWORDS = Set.of(
            "bootstrap",
            "from",
            "includecmd",
            "mirrorurl",
            "updateurl",
            "osversion",
            "include",
            "library",
            "registry",
            "namespace",
            "stage",
            "product",
            "user",
            "regcode",
            "productpgp",
            "registerurl",
            "modules",
            "otherurl",
            "fingerprints",
            "setopt",
            "confurl",
            "target",
            "frontend",
            "filename",
            "buildargs");

    private final SourceText source;

    HeaderReader(SourceText source) {
        this.source = source;
    }

    Header read(List<Line> lines) throws UserException {
        List<Header.Entry> entries = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Line first = lines.get(i);
            StringBuilder text = new StringBuilder(withoutComment(first));
            while (continues(text) && i + 1 < lines.size()) {
                i++;
                append(text, withoutComment(lines.get(i)));
            }
            if (continues(text)) {
                text.setLength(text.length() - 1); // nothing is there to go on with
            }
            if (!text.isEmpty()) {
                entries.add(entry(new Line(first.number(), text.toString()), first));
            }
        }
        return new Header(entries);
    }

    private static String withoutComment(Line line) {
        int comment = line.text().indexOf('#');
        return (comment < 0 ? line.text() : line.text().substring(0, comment)).strip();
    }

    private static boolean continues(StringBuilder text) {
        return !text.isEmpty() && text.charAt(text.length() - 1) == '\\';
    }

    /// Replaces the final `\` by the next line; a final `\n\` leaves a newline between the two.
    private static void append(StringBuilder text, String next) {
        text.setLength(text.length() - 1);
        if (text.length() > 1 && text.substring(text.length() - 2).equals("\\n")) {
            text.setLength(text.length() - 2);
            text.append('\n');
        }
        text.append(next);
    }

    /// One entry, of a whole line without a comment.
    Header.Entry entry(Line line) throws UserException {
        return entry(line, line);
    }

    /// @param first the line that it begins on, as it is written
    private Header.Entry entry(Line line, Line first) throws UserException {
        int colon = line.text().indexOf(':');
        if (colon < 0) {
            throw source.error(
                    line.number(),
                    first.column(),
                    "header line '" + line.text() + "' has no ':'",
                    "write it as 'Keyword: value'; sections begin with %");
        }
        String keyword = line.text().substring(0, colon).strip();
        String lower = keyword.toLowerCase(Locale.ROOT);
        if (!KEYWORDS.contains(lower) && !lower.matches("otherurl\\d+")) {
            throw source.error(
                    line.number(),
                    first.column(),
                    "unknown header keyword '" + keyword + "'",
                    Spelling.nearest(lower, KEYWORDS)
                            .map(near -> "did you mean '" + near + "'?")
                            .orElse("keywords are " + String.join(", ", new TreeSet<>(KEYWORDS))));
        }
        return new Header.Entry(
                lower, line.text().substring(colon + 1).strip(), line.number(), columnOfValue(first.text()));
    }

    private int columnOfValue(String text) {
        int colon = text.indexOf(':');
        String value = text.substring(colon + 1).stripLeading();
        return !source.isParsed() || colon < 0 || value.isEmpty() || value.startsWith("\\")
                ? 0
                : text.length() - value.length() + 1;
    }
}
