package dev.kerr.dockerfile;

import java.util.ArrayList;
import java.util.List;

/// What counts as a blank in Dockerfiles, which is what Go's `unicode.IsSpace` says.
final class Blanks {
    private static final int NEXT_LINE = 0x85;

    private Blanks() {}

    static boolean is(int codePoint) {
        return codePoint >= '\t' && codePoint <= '\r' || codePoint == NEXT_LINE || Character.isSpaceChar(codePoint);
    }

    static String strip(String text) {
        return stripEnd(stripStart(text));
    }

    static String stripStart(String text) {
        int start = 0;
        while (start < text.length() && is(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    static String stripEnd(String text) {
        int end = text.length();
        while (end > 0 && is(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /// The words between blanks; none is empty.
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        String rest = stripStart(text);
        while (!rest.isEmpty()) {
            String word = firstWord(rest);
            words.add(word);
            rest = stripStart(rest.substring(word.length()));
        }
        return words;
    }

    /// What stands before the first blank.
    static String firstWord(String text) {
        int end = 0;
        while (end < text.length() && !is(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end);
    }
}
