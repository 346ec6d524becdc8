package dev.kerr.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the words of an instruction that begin here-documents: `<<EOF`, `<<-EOF`, `3<<"EOF"`.
///
/// As in BuildKit such a word stands by itself, between blanks; `$((1 << 3))` therefore is one, to everybody's
/// surprise.
final class HeredocWords {
    private static final int MOST_DIGITS = 9;

    private HeredocWords() {}

    /// The documents that a line begins, still without content; none if a quote is not closed on it.
    static List<Heredoc> in(String line) {
        List<Heredoc> found = new ArrayList<>();
        for (String word : words(line)) {
            of(word).ifPresent(found::add);
        }
        return found;
    }

    /// The document that a word begins, without content; empty if it begins none.
    static Optional<Heredoc> of(String word) {
        int at = 0;
        while (at < word.length() && word.charAt(at) >= '0' && word.charAt(at) <= '9') {
            at++;
        }
        if (at > MOST_DIGITS || !word.startsWith("<<", at)) {
            return Optional.empty();
        }
        int descriptor = at == 0 ? 0 : Integer.parseInt(word.substring(0, at));
        boolean stripsTabs = word.startsWith("-", at + 2);
        String delimiter = Blanks.strip(word.substring(at + (stripsTabs ? 3 : 2)));
        if (delimiter.indexOf('<') >= 0 || words(delimiter).size() != 1) {
            return Optional.empty();
        }
        String name = unquoted(delimiter);
        boolean expands = quotes(name) == quotes(delimiter);
        return name.isEmpty() ? Optional.empty() : Optional.of(new Heredoc(name, descriptor, expands, stripsTabs, ""));
    }

    /// Splits at blanks outside of quotes; quotes and escapes stay. A `<<` holds on to the word behind it.
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && Blanks.is(c) && !word.toString().endsWith("<<")) {
                addTo(words, word);
            } else {
                word.append(quote == 0 && Blanks.is(c) ? "" : String.valueOf(c));
            }
            if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
            } else if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            }
        }
        addTo(words, word);
        return quote == 0 ? words : List.of();
    }

    private static void addTo(List<String> words, StringBuilder word) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    private static String unquoted(String word) {
        StringBuilder bare = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < word.length()) {
                bare.append(word.charAt(++i));
            } else if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else {
                bare.append(c);
            }
        }
        return bare.toString();
    }

    private static long quotes(String text) {
        return text.chars().filter(c -> c == '\'' || c == '"').count();
    }
}
