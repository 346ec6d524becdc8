package dev.kerr.dockerfile;

import java.util.ArrayList;
import java.util.List;

/// Collects expanded text, and the same split into words.
final class WordSplitter {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder word = new StringBuilder();
    private final List<String> words = new ArrayList<>();

    /// Adds text whose blanks are none: it was quoted or escaped.
    void add(String quoted) {
        text.append(quoted);
        word.append(quoted);
    }

    /// Adds text that is split at its blanks.
    void addSplit(String added) {
        text.append(added);
        for (int i = 0; i < added.length(); i++) {
            if (Blanks.is(added.charAt(i))) {
                endWord();
            } else {
                word.append(added.charAt(i));
            }
        }
    }

    int length() {
        return text.length();
    }

    String text() {
        return text.toString();
    }

    List<String> words() {
        endWord();
        return List.copyOf(words);
    }

    private void endWord() {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }
}
