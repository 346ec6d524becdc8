package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/// Splits what an instruction says at blanks outside of quotes.
final class Words {
    private final String text;
    private final char escape;
    private final boolean keepsQuotes;
    private int at;

    private Words(String text, char escape, boolean keepsQuotes) {
        this.text = text;
        this.escape = escape;
        this.keepsQuotes = keepsQuotes;
    }

    /// Words with their quotes and escapes, to be expanded later.
    static List<String> raw(String text, char escape) {
        Words words = new Words(text, escape, true);
        List<String> split = new ArrayList<>();
        while (words.skipBlanks()) {
            split.add(words.next());
        }
        return split;
    }

    /// Takes the words that begin with `--` from the front of a text, without their quotes and escapes.
    static Flagged flags(String text, char escape) {
        Words words = new Words(text, escape, false);
        List<String> flags = new ArrayList<>();
        while (words.skipBlanks() && text.startsWith("--", words.at)) {
            String flag = words.next();
            if (flag.equals("--")) {
                break;
            }
            flags.add(flag);
        }
        return new Flagged(flags, Blanks.strip(text.substring(words.at)));
    }

    /// @param rest what stands behind the flags, stripped
    record Flagged(List<String> flags, String rest) {
        Flagged {
            flags = List.copyOf(flags);
            requireNonNull(rest);
        }
    }

    private boolean skipBlanks() {
        while (at < text.length() && Blanks.is(text.charAt(at))) {
            at++;
        }
        return at < text.length();
    }

    /// The word that begins here. An escape keeps its character from meaning anything; in single quotes it is one of
    /// the
    /// characters itself where quotes are kept, as for a shell. One at the very end is dropped.
    private String next() {
        StringBuilder word = new StringBuilder();
        char quote = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (quote == 0 && Blanks.is(c)) {
                break;
            }
            at++;
            if (c == escape && !(keepsQuotes && quote == '\'')) {
                if (at < text.length()) {
                    word.append(keepsQuotes ? String.valueOf(c) : "").append(text.charAt(at++));
                }
                continue;
            }
            boolean opens = quote == 0 && (c == '"' || c == '\'');
            boolean closes = quote != 0 && c == quote;
            if (keepsQuotes || !opens && !closes) {
                word.append(c);
            }
            quote = opens ? c : closes ? 0 : quote;
        }
        return word.toString();
    }
}
