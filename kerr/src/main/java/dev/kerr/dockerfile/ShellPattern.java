package dev.kerr.dockerfile;

import java.util.Arrays;
import java.util.Optional;

/// A pattern of `${X#pattern}` and its like: `*` is any text, `?` any character, a backslash takes them literally.
/// Brackets mean nothing. Takes time proportional to pattern and text.
///
/// Source: POSIX.1-2024, Shell Command Language, 2.6.2 and 2.14; without bracket expressions, as BuildKit.
final class ShellPattern {
    private static final int ANY_TEXT = -1;
    private static final int ANY_CHARACTER = -2;

    private final int[] tokens;

    private ShellPattern(int[] tokens) {
        this.tokens = tokens;
    }

    /// The pattern that a text is; empty if it escapes what needs no escape.
    static Optional<ShellPattern> of(String text) {
        int[] codes = text.codePoints().toArray();
        int[] tokens = new int[codes.length];
        int count = 0;
        for (int i = 0; i < codes.length; i++) {
            int code = codes[i];
            if (code == '\\') {
                if (i + 1 == codes.length || "*?\\/}".indexOf(codes[i + 1]) < 0) {
                    return Optional.empty();
                }
                tokens[count++] = codes[++i];
            } else {
                tokens[count++] = code == '*' ? ANY_TEXT : code == '?' ? ANY_CHARACTER : code;
            }
        }
        return Optional.of(new ShellPattern(Arrays.copyOf(tokens, count)));
    }

    String withoutPrefix(String value, boolean longest) {
        int[] codes = value.codePoints().toArray();
        int end = end(codes, 0, longest);
        return end < 0 ? value : new String(codes, end, codes.length - end);
    }

    String withoutSuffix(String value, boolean longest) {
        int[] codes = value.codePoints().toArray();
        int length = new ShellPattern(reversed(tokens)).end(reversed(codes), 0, longest);
        return length < 0 ? value : new String(codes, 0, codes.length - length);
    }

    /// Replaces the first match, or all of them, each as long as can be.
    String replaced(String value, String replacement, boolean all) {
        int[] codes = value.codePoints().toArray();
        StringBuilder replaced = new StringBuilder();
        int at = 0;
        int lastEnd = -1;
        boolean more = true;
        while (at <= codes.length) {
            int end = more ? end(codes, at, true) : -1;
            boolean matches = end > at || end == at && lastEnd != at;
            if (matches) {
                replaced.append(replacement);
                lastEnd = end;
                more = all;
            }
            if (matches && end > at) {
                at = end;
            } else {
                if (at < codes.length) {
                    replaced.appendCodePoint(codes[at]);
                }
                at++;
            }
        }
        return replaced.toString();
    }

    /// Where the shortest or longest match from a start ends; -1 if there is none.
    private int end(int[] codes, int start, boolean longest) {
        boolean[] states = new boolean[tokens.length + 1];
        states[0] = true;
        passTexts(states);
        int end = -1;
        for (int at = start; ; at++) {
            if (states[tokens.length]) {
                end = at;
                if (!longest) {
                    return end;
                }
            }
            if (at == codes.length || !step(states, codes[at])) {
                return end;
            }
        }
    }

    /// Takes one character; false if no state is left.
    private boolean step(boolean[] states, int code) {
        boolean any = false;
        for (int i = tokens.length; i >= 0; i--) {
            boolean stays = i < tokens.length && states[i] && tokens[i] == ANY_TEXT;
            boolean comes = i > 0 && states[i - 1] && (tokens[i - 1] == ANY_CHARACTER || tokens[i - 1] == code);
            states[i] = stays || comes;
            any |= states[i];
        }
        passTexts(states);
        return any;
    }

    private void passTexts(boolean[] states) {
        for (int i = 0; i < tokens.length; i++) {
            states[i + 1] |= states[i] && tokens[i] == ANY_TEXT;
        }
    }

    private static int[] reversed(int[] values) {
        int[] reversed = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            reversed[values.length - 1 - i] = values[i];
        }
        return reversed;
    }
}
