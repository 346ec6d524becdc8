package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Joins the lines of a file to instructions: continued lines, with comments and empty lines between them, and
/// here-documents.
final class LogicalLines {
    private static final Set<String> WITH_HEREDOCS = Set.of("add", "copy", "run");

    private final SourceText source;
    private final char escape;
    private final List<String> lines;
    private final List<String> warnings = new ArrayList<>();
    private int next;

    /// @param lines without their newlines; a carriage return may be left at their ends
    LogicalLines(SourceText source, char escape, List<String> lines) {
        this.source = source;
        this.escape = escape;
        this.lines = lines;
    }

    /// @throws UserException if the file ends within a here-document
    List<LogicalLine> read() throws UserException {
        List<LogicalLine> read = new ArrayList<>();
        while (next < lines.size()) {
            int number = next + 1;
            String raw = lines.get(next);
            String text = joined();
            if (!Blanks.strip(text).isEmpty()) {
                read.add(new LogicalLine(number, raw, text, heredocs(text, number)));
            }
        }
        return read;
    }

    /// What was read, but should not be written so.
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    private String joined() {
        int first = next + 1;
        String line = Blanks.stripStart(withoutReturns(lines.get(next++)));
        if (line.startsWith("#")) {
            return "";
        }
        StringBuilder text = new StringBuilder(line);
        boolean hasEmptyLine = false;
        while (continues(text) && next < lines.size()) {
            String more = withoutReturns(lines.get(next++));
            String stripped = Blanks.stripStart(more);
            hasEmptyLine |= stripped.isEmpty();
            if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                cutEscape(text);
                text.append(more);
            }
        }
        if (continues(text)) {
            cutEscape(text);
        }
        if (hasEmptyLine) {
            warnings.add(source.at(first, "an empty line stands between continued ones"));
        }
        return text.toString();
    }

    /// Whether the text ends with an escape that is not escaped itself; blanks behind it do not count.
    private boolean continues(StringBuilder text) {
        int last = lastVisible(text);
        return last >= 0 && text.charAt(last) == escape && (last == 0 || text.charAt(last - 1) != escape);
    }

    private static void cutEscape(StringBuilder text) {
        text.setLength(lastVisible(text));
    }

    private static int lastVisible(StringBuilder text) {
        int last = text.length() - 1;
        while (last >= 0 && (text.charAt(last) == ' ' || text.charAt(last) == '\t')) {
            last--;
        }
        return last;
    }

    private static String withoutReturns(String line) {
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == '\r') {
            end--;
        }
        return line.substring(0, end);
    }

    private List<Heredoc> heredocs(String text, int number) throws UserException {
        List<Heredoc> heredocs = new ArrayList<>();
        String keyword = Blanks.firstWord(Blanks.stripStart(text)).toLowerCase(Locale.ROOT);
        if (WITH_HEREDOCS.contains(keyword) && text.contains("<<")) {
            for (Heredoc begun : HeredocWords.in(text)) {
                heredocs.add(begun.withContent(content(begun, number)));
            }
        }
        return heredocs;
    }

    private String content(Heredoc begun, int number) throws UserException {
        StringBuilder content = new StringBuilder();
        while (next < lines.size()) {
            String raw = lines.get(next++);
            String line = withoutReturns(raw);
            if ((begun.stripsTabs() ? withoutLeadingTabs(line) : line).equals(begun.name())) {
                return content.toString();
            }
            content.append(raw).append('\n');
        }
        throw source.errorAt(
                number,
                "<<",
                "the file ends within here-document " + Wording.quoted(begun.name()),
                "end it with a line that is exactly " + Wording.quoted(begun.name()));
    }

    private static String withoutLeadingTabs(String line) {
        int start = 0;
        while (start < line.length() && line.charAt(start) == '\t') {
            start++;
        }
        return line.substring(start);
    }
}
