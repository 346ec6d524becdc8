package dev.kerr.build;

import java.util.ArrayList;
import java.util.List;

/// Brace expansion as bash does it for lists: `a{b,c}d` is `abd acd`; braces without a comma stand for
/// themselves.
final class Braces {
    private Braces() {}

    static List<String> expand(String text) {
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', open + 1)) {
            List<Integer> separators = separators(text, open);
            if (!isEscaped(text, open) && separators.size() > 2) {
                return expandAt(text, separators);
            }
        }
        return List.of(text);
    }

    private static List<String> expandAt(String text, List<Integer> separators) {
        String before = text.substring(0, separators.getFirst());
        String after = text.substring(separators.getLast() + 1);
        List<String> expanded = new ArrayList<>();
        for (int i = 0; i + 1 < separators.size(); i++) {
            String alternative = text.substring(separators.get(i) + 1, separators.get(i + 1));
            expanded.addAll(expand(before + alternative + after));
        }
        return expanded;
    }

    /// Positions of the brace at `open`, its commas and its closing brace; too few if it is never closed.
    private static List<Integer> separators(String text, int open) {
        List<Integer> separators = new ArrayList<>(List.of(open));
        int depth = 0;
        for (int i = open + 1; i < text.length(); i++) {
            if (isEscaped(text, i)) {
                continue;
            }
            switch (text.charAt(i)) {
                case '{' -> depth++;
                case ',' -> {
                    if (depth == 0) {
                        separators.add(i);
                    }
                }
                case '}' -> {
                    if (depth == 0) {
                        separators.add(i);
                        return separators;
                    }
                    depth--;
                }
                default -> {}
            }
        }
        return List.of();
    }

    private static boolean isEscaped(String text, int index) {
        return index > 0 && text.charAt(index - 1) == '\\';
    }
}
