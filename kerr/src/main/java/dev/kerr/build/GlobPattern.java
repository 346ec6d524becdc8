package dev.kerr.build;

import java.util.ArrayList;
import java.util.List;

/// Matches one name of a path with one name of a pattern.
final class GlobPattern {
    private GlobPattern() {}

    /// Whether a name of a pattern is more than a literal name.
    static boolean isPattern(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '*' || c == '?' || c == '[' || beginsGroup(name, i)) {
                return true;
            }
        }
        return false;
    }

    /// A literal name without the backslashes that make its characters literal.
    static String unescaped(String name) {
        return name.replaceAll("\\\\(.)", "$1");
    }

    static boolean matches(String pattern, String name) {
        boolean hidden = name.startsWith(".") && !pattern.startsWith(".");
        return !hidden && matchesAll(pattern, name);
    }

    /// The same, and a leading dot is a character as any other.
    static boolean matchesAll(String pattern, String name) {
        if (pattern.isEmpty()) {
            return name.isEmpty();
        }
        if (beginsGroup(pattern, 0)) {
            return matchesGroup(pattern, name);
        }
        char first = pattern.charAt(0);
        if (first == '*') {
            return matchesAll(pattern.substring(1), name) || !name.isEmpty() && matchesAll(pattern, name.substring(1));
        }
        if (name.isEmpty()) {
            return false;
        }
        if (first == '[' && classEnd(pattern) > 0) {
            int end = classEnd(pattern);
            return isInClass(pattern.substring(1, end), name.charAt(0))
                    && matchesAll(pattern.substring(end + 1), name.substring(1));
        }
        boolean escaped = first == '\\' && pattern.length() > 1;
        boolean fits = first == '?' || name.charAt(0) == (escaped ? pattern.charAt(1) : first);
        return fits && matchesAll(pattern.substring(escaped ? 2 : 1), name.substring(1));
    }

    private static boolean beginsGroup(String pattern, int index) {
        return index + 1 < pattern.length()
                && "?*+@!".indexOf(pattern.charAt(index)) >= 0
                && pattern.charAt(index + 1) == '('
                && groupEnd(pattern, index) > 0;
    }

    /// The index of the `)` of the group that begins at `index`; -1 if there is none.
    private static int groupEnd(String pattern, int index) {
        int depth = 0;
        for (int i = index + 1; i < pattern.length(); i++) {
            switch (pattern.charAt(i)) {
                case '\\' -> i++;
                case '(' -> depth++;
                case ')' -> {
                    depth--;
                    if (depth == 0) {
                        return i;
                    }
                }
                default -> {}
            }
        }
        return -1;
    }

    private static boolean matchesGroup(String pattern, String name) {
        int end = groupEnd(pattern, 0);
        List<String> alternatives = alternatives(pattern.substring(2, end));
        String rest = pattern.substring(end + 1);
        return switch (pattern.charAt(0)) {
            case '@' -> matchesTimes(alternatives, rest, name, 1, 1);
            case '?' -> matchesTimes(alternatives, rest, name, 0, 1);
            case '+' -> matchesTimes(alternatives, rest, name, 1, name.length() + 1);
            case '*' -> matchesTimes(alternatives, rest, name, 0, name.length() + 1);
            default -> matchesNone(alternatives, rest, name);
        };
    }

    private static boolean matchesTimes(List<String> alternatives, String rest, String name, int least, int most) {
        if (least <= 0 && matchesAll(rest, name)) {
            return true;
        }
        if (most == 0) {
            return false;
        }
        for (int taken = least > 0 ? 0 : 1; taken <= name.length(); taken++) {
            String head = name.substring(0, taken);
            if (alternatives.stream().anyMatch(alternative -> matchesAll(alternative, head))
                    && matchesTimes(alternatives, rest, name.substring(taken), least - 1, most - 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matchesNone(List<String> alternatives, String rest, String name) {
        for (int taken = 0; taken <= name.length(); taken++) {
            String head = name.substring(0, taken);
            if (alternatives.stream().noneMatch(alternative -> matchesAll(alternative, head))
                    && matchesAll(rest, name.substring(taken))) {
                return true;
            }
        }
        return false;
    }

    private static List<String> alternatives(String group) {
        List<String> alternatives = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < group.length(); i++) {
            switch (group.charAt(i)) {
                case '\\' -> i++;
                case '(' -> depth++;
                case ')' -> depth--;
                case '|' -> {
                    if (depth == 0) {
                        alternatives.add(group.substring(start, i));
                        start = i + 1;
                    }
                }
                default -> {}
            }
        }
        alternatives.add(group.substring(start));
        return alternatives;
    }

    /// The index of the `]` of the class that the pattern begins with; -1 if there is none. A `]` that comes
    /// first is a member.
    private static int classEnd(String pattern) {
        int from = 1;
        if (from < pattern.length() && "!^".indexOf(pattern.charAt(from)) >= 0) {
            from++;
        }
        return pattern.indexOf(']', from + 1);
    }

    private static boolean isInClass(String members, char c) {
        boolean negated = members.startsWith("!") || members.startsWith("^");
        String list = negated ? members.substring(1) : members;
        boolean in = false;
        for (int i = 0; i < list.length(); i++) {
            if (i + 2 < list.length() && list.charAt(i + 1) == '-') {
                in |= list.charAt(i) <= c && c <= list.charAt(i + 2);
                i += 2;
            } else {
                in |= list.charAt(i) == c;
            }
        }
        return in != negated;
    }
}
