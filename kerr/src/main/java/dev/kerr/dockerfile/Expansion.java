package dev.kerr.dockerfile;

import dev.kerr.log.UserException;
import java.util.List;
import java.util.Map;

/// The expansion of one text, in one pass over it. [Expander] says what it does.
final class Expansion {
    /// Most characters of a result. A variable of Linux holds no more than 128 KiB; here-documents may be longer.
    static final int LONGEST = 1 << 24;

    private static final int DEEPEST = 50;
    private static final String SPECIAL = "@*#?-$!";

    private final String text;
    private final char escape;
    private final boolean quotes;
    private final Map<String, String> variables;
    private final Refusal refusal;
    private int at;
    private int depth;

    /// Makes the exception for a message and a hint.
    interface Refusal {
        UserException of(String message, String hint);
    }

    /// @param words of the text, split at blanks outside of quotes
    record Expanded(String text, List<String> words) {
        Expanded {
            words = List.copyOf(words);
        }
    }

    /// @param quotes whether quotes mean something
    Expansion(String text, char escape, boolean quotes, Map<String, String> variables, Refusal refusal) {
        this.text = text;
        this.escape = escape;
        this.quotes = quotes;
        this.variables = variables;
        this.refusal = refusal;
    }

    Expanded all() throws UserException {
        WordSplitter splitter = new WordSplitter();
        upTo('\0', false, splitter);
        return new Expanded(splitter.text(), splitter.words());
    }

    /// Expands up to an end character and passes it; NUL for the end of the text.
    ///
    /// @param rawEscapes whether escapes stay: patterns have a use for them
    private void upTo(char end, boolean rawEscapes, WordSplitter to) throws UserException {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (end != '\0' && c == end) {
                at++;
                return;
            }
            if (c == '$') {
                to.addSplit(dollar());
            } else if (quotes && c == '\'') {
                to.add(singleQuoted());
            } else if (quotes && c == '"') {
                to.add(doubleQuoted(rawEscapes));
            } else if (c == escape) {
                escaped(rawEscapes, to);
            } else {
                to.addSplit(String.valueOf(c));
                at++;
            }
            limit(to.length());
        }
        if (end != '\0') {
            throw unclosed();
        }
    }

    private void escaped(boolean rawEscapes, WordSplitter to) {
        if (rawEscapes) {
            to.add(String.valueOf(escape));
        }
        at++;
        if (at < text.length()) {
            to.add(String.valueOf(text.charAt(at++)));
        }
    }

    private String singleQuoted() throws UserException {
        int end = text.indexOf('\'', at + 1);
        if (end < 0) {
            throw refuse("a single quote is not closed", "close it, or write \\' for the character");
        }
        String inside = text.substring(at + 1, end);
        at = end + 1;
        return inside;
    }

    private String doubleQuoted(boolean rawEscapes) throws UserException {
        StringBuilder inside = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return inside.toString();
            }
            if (c == '$') {
                inside.append(dollar());
            } else {
                at++;
                boolean escapes = c == escape && at < text.length() && isEscapable(text.charAt(at));
                if (!escapes || rawEscapes) {
                    inside.append(c);
                }
                if (escapes) {
                    inside.append(text.charAt(at++));
                }
            }
            limit(inside.length());
        }
        throw refuse("a double quote is not closed", "close it, or write \\\" for the character");
    }

    private boolean isEscapable(char c) {
        return c == '"' || c == '$' || c == escape;
    }

    private String dollar() throws UserException {
        at++;
        if (!text.startsWith("{", at)) {
            String name = name();
            return name.isEmpty() ? "$" : variables.getOrDefault(name, "");
        }
        at++;
        if (++depth > DEEPEST) {
            throw refuse(
                    "more than " + DEEPEST + " variables are within each other",
                    "give an inner one a name of its own with ARG");
        }
        String value = braced();
        depth--;
        return value;
    }

    private String braced() throws UserException {
        String name = name();
        if (name.isEmpty()) {
            throw at < text.length()
                    ? refuse("bad substitution '${" + text.charAt(at) + "'", substitutions())
                    : unclosed();
        }
        if (at == text.length()) {
            throw unclosed();
        }
        char operator = text.charAt(at++);
        return switch (operator) {
            case '}' -> variables.getOrDefault(name, "");
            case ':' -> colon(name);
            case '-', '+', '?' -> conditional(name, operator, variables.containsKey(name));
            case '#', '%' -> trimmed(name, operator);
            case '/' -> replaced(name);
            default -> throw unsupported(name, String.valueOf(operator));
        };
    }

    private String colon(String name) throws UserException {
        if (at == text.length()) {
            throw unclosed();
        }
        char operator = text.charAt(at++);
        if ("-+?".indexOf(operator) < 0) {
            throw unsupported(name, ":" + operator);
        }
        return conditional(name, operator, !variables.getOrDefault(name, "").isEmpty());
    }

    private String conditional(String name, char operator, boolean has) throws UserException {
        String word = part('}', false);
        String value = variables.getOrDefault(name, "");
        return switch (operator) {
            case '-' -> has ? value : word;
            case '+' -> has ? word : "";
            default -> {
                if (!has) {
                    throw refuse(
                            "variable '" + name + "' " + (word.isEmpty() ? "has no value" : "is missing: " + word),
                            "give it with --build-arg or ENV");
                }
                yield value;
            }
        };
    }

    private String trimmed(String name, char operator) throws UserException {
        String word = part('}', true);
        boolean longest = !word.isEmpty() && word.charAt(0) == operator;
        ShellPattern pattern = pattern(longest ? word.substring(1) : word);
        String value = variables.getOrDefault(name, "");
        return operator == '#' ? pattern.withoutPrefix(value, longest) : pattern.withoutSuffix(value, longest);
    }

    private String replaced(String name) throws UserException {
        boolean all = text.startsWith("/", at);
        at += all ? 1 : 0;
        ShellPattern pattern = pattern(part('/', true));
        String replacement = part('}', true);
        return pattern.replaced(variables.getOrDefault(name, ""), replacement, all);
    }

    private String part(char end, boolean rawEscapes) throws UserException {
        WordSplitter splitter = new WordSplitter();
        upTo(end, rawEscapes, splitter);
        return splitter.text();
    }

    private ShellPattern pattern(String word) throws UserException {
        return ShellPattern.of(word)
                .orElseThrow(() ->
                        refuse("bad pattern " + Wording.quoted(word), "a backslash stands before * ? \\ / or } only"));
    }

    /// A name of letters, digits and `_`; or digits alone, or one of the characters that are parameters of a shell.
    private String name() {
        int start = at;
        if (at < text.length() && SPECIAL.indexOf(text.charAt(at)) >= 0) {
            at++;
            return text.substring(start, at);
        }
        boolean number = at < text.length() && Character.isDigit(text.codePointAt(at));
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (!Character.isDigit(c) && (number || !Character.isLetter(c) && c != '_')) {
                break;
            }
            at += Character.charCount(c);
        }
        return text.substring(start, at);
    }

    private void limit(int length) throws UserException {
        if (length > LONGEST) {
            throw refuse("the text is longer than 16 MiB once its variables are filled in", "take a file instead");
        }
    }

    private UserException unsupported(String name, String operator) {
        return refuse("bad substitution '${" + name + operator + "'", substitutions());
    }

    private static String substitutions() {
        return "known are ${X} and, behind the name, :- - :+ + :? ? # ## % %% / //";
    }

    private UserException unclosed() {
        return refuse("a '${' is not closed", "close it with '}'; replacements are ${X/pattern/text}");
    }

    private UserException refuse(String message, String hint) {
        return refusal.of(message + " in " + Wording.quoted(text), hint);
    }
}
