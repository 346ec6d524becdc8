package dev.kerr.dockerfile;

import java.util.ArrayList;
import java.util.List;

/// Reads the arrays of strings that are the exec form of an instruction.
///
/// What merely begins like one, as `[ -f x ] && y` does, is the shell form; an array with anything but strings is a
/// mistake.
///
/// Source: RFC 8259.
final class JsonStrings {
    private static final int DEEPEST = 100;
    private static final List<String> WORDS = List.of("true", "false", "null");

    private final String text;
    private int at;

    private JsonStrings(String text) {
        this.text = text;
    }

    sealed interface Result {
        record Strings(List<String> values) implements Result {
            public Strings {
                values = List.copyOf(values);
            }
        }

        /// JSON, but with something that is not a string.
        record OtherArray() implements Result {}

        record NotJson() implements Result {}
    }

    static Result read(String text) {
        String stripped = Blanks.strip(text);
        if (!stripped.startsWith("[")) {
            return new Result.NotJson();
        }
        try {
            return new JsonStrings(stripped).array();
        } catch (Malformed e) {
            return new Result.NotJson();
        }
    }

    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;
    }

    private Result array() throws Malformed {
        List<String> strings = new ArrayList<>();
        boolean others = false;
        expect('[');
        skipBlanks();
        while (peek() != ']') {
            if (peek() == '"') {
                strings.add(string());
            } else {
                skipValue(1);
                others = true;
            }
            skipBlanks();
            if (peek() == ',') {
                at++;
                skipBlanks();
                refuse(peek() == ']');
            } else {
                refuse(peek() != ']');
            }
        }
        at++;
        skipBlanks();
        refuse(at < text.length());
        return others ? new Result.OtherArray() : new Result.Strings(strings);
    }

    private void skipValue(int depth) throws Malformed {
        refuse(depth > DEEPEST);
        switch (peek()) {
            case '"' -> string();
            case '[' -> skipMembers(']', depth);
            case '{' -> skipMembers('}', depth);
            default -> skipScalar();
        }
    }

    private void skipMembers(char end, int depth) throws Malformed {
        at++;
        skipBlanks();
        while (peek() != end) {
            if (end == '}') {
                string();
                skipBlanks();
                expect(':');
                skipBlanks();
            }
            skipValue(depth + 1);
            skipBlanks();
            if (peek() == ',') {
                at++;
                skipBlanks();
                refuse(peek() == end);
            } else {
                refuse(peek() != end);
            }
        }
        at++;
    }

    private void skipScalar() throws Malformed {
        int start = at;
        while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String scalar = text.substring(start, at);
        refuse(!WORDS.contains(scalar) && !scalar.matches("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?"));
    }

    private String string() throws Malformed {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            refuse(c < ' ');
            string.append(c == '\\' ? escaped() : c);
        }
        at++;
        return string.toString();
    }

    private char escaped() throws Malformed {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw new Malformed();
        };
    }

    private char unicode() throws Malformed {
        refuse(at + 4 > text.length());
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(text.charAt(at++), 16);
            refuse(digit < 0);
            value = value * 16 + digit;
        }
        return (char) value;
    }

    private char peek() throws Malformed {
        refuse(at >= text.length());
        return text.charAt(at);
    }

    private void expect(char c) throws Malformed {
        refuse(peek() != c);
        at++;
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private static void refuse(boolean malformed) throws Malformed {
        if (malformed) {
            throw new Malformed();
        }
    }
}
