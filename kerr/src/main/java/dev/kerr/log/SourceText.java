package dev.kerr.log;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// A text that a user wrote, for messages that point into it: `FILE:LINE:COLUMN: message`, as compilers write them.
///
/// @param name of the file, as the user wrote it
/// @param lines as they are in the file, without their ends
/// @param isParsed whether columns that a reader knows are those of these lines, and not of something that was made of
///     them
public record SourceText(String name, List<String> lines, boolean isParsed) {
    public SourceText {
        requireNonNull(name);
        lines = List.copyOf(lines);
    }

    /// A file and what is in it.
    public static SourceText of(String name, String text) {
        return new SourceText(name, List.of(text.split("\n", -1)), true);
    }

    /// The same for readers of lines that were made of something else: their columns are not those of the file.
    public SourceText generated() {
        return new SourceText(name, lines, false);
    }

    /// A message about a whole line; it points to the first character that is no blank.
    ///
    /// @param line from 1
    public UserException error(int line, String message, String hint) {
        return error(line, 0, message, hint);
    }

    /// A message about a word of a line; it points to the line if the word is not written there so.
    ///
    /// @param line from 1
    public UserException errorAt(int line, String word, String message, String hint) {
        return error(line, columnOf(line, word), message, hint);
    }

    /// A message about a place.
    ///
    /// @param line from 1
    /// @param column in UTF-16 code units, from 1; 0 if it is not known
    public UserException error(int line, int column, String message, String hint) {
        int known = column == 0 || !isParsed ? begin(line) : column;
        return new UserException(name + ":" + line + ":" + known + ": " + message, hint);
    }

    /// What is no error, and is said of a whole line.
    public String at(int line, String message) {
        return name + ":" + line + ": " + message;
    }

    private String line(int number) {
        return number <= lines.size() ? lines.get(number - 1) : "";
    }

    private int begin(int number) {
        String line = line(number);
        return line.isBlank() ? 1 : line.length() - line.stripLeading().length() + 1;
    }

    /// Where a word stands that is not a part of a longer one; else where it stands at all; 0 if it does not.
    private int columnOf(int number, String word) {
        String line = line(number);
        for (int at = line.indexOf(word); at >= 0 && !word.isEmpty(); at = line.indexOf(word, at + 1)) {
            int end = at + word.length();
            boolean begins = at == 0 || !isOfWord(line.charAt(at - 1));
            if (begins && (end == line.length() || !isOfWord(line.charAt(end)))) {
                return at + 1;
            }
        }
        return word.isEmpty() ? 0 : line.indexOf(word) + 1;
    }

    private static boolean isOfWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-';
    }
}
