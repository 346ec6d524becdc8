package dev.kerr.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A pattern of paths: `*` is any text without `/`, `?` one character but `/`, `[a-z]` and `[^a-z]` one of a set, `**`
/// any
/// number of directories, a backslash takes a character literally. Takes time proportional to pattern and path.
///
/// As in moby/patternmatcher, a final `**` is any text at all, and so is a leading one that stands before literal
/// characters
/// alone: `**.go` is every path that ends so.
///
/// Source: Go, `filepath.Match`; moby/patternmatcher, `Pattern.compile`.
final class PathPattern {
    private final List<Token> tokens;

    private PathPattern(List<Token> tokens) {
        this.tokens = List.copyOf(tokens);
    }

    private sealed interface Token {
        record Literal(int code) implements Token {}

        record AnyCharacter() implements Token {}

        record AnyName() implements Token {}

        /// Nothing, or any text that ends with `/`.
        record Directories() implements Token {}

        record AnyText() implements Token {}

        record OneOf(List<Range> ranges, boolean negated) implements Token {
            public OneOf {
                ranges = List.copyOf(ranges);
            }
        }
    }

    private record Range(int first, int last) {}

    /// The pattern that a clean text is; empty if a bracket is not closed, a set is empty, or an escape ends it.
    static Optional<PathPattern> of(String text) {
        return new Reader(text.codePoints().toArray()).read().map(PathPattern::new);
    }

    /// @param path clean, with `/` between names
    boolean matches(String path) {
        // The second row: within the directories of a `**`, where nothing but a `/` leads on.
        boolean[][] states = new boolean[2][tokens.size() + 1];
        states[0][0] = true;
        passEmpty(states[0]);
        for (int code : path.codePoints().toArray()) {
            states = step(states, code);
        }
        return states[0][tokens.size()];
    }

    private boolean[][] step(boolean[][] from, int code) {
        boolean[][] to = new boolean[2][tokens.size() + 1];
        for (int i = 0; i < tokens.size(); i++) {
            if (from[0][i] || from[1][i]) {
                switch (tokens.get(i)) {
                    case Token.Directories() -> {
                        to[1][i] = true;
                        to[0][i + 1] |= code == '/';
                    }
                    case Token.AnyText() -> to[0][i] = true;
                    case Token.AnyName() -> to[0][i] |= code != '/';
                    case Token.AnyCharacter() -> to[0][i + 1] |= code != '/';
                    case Token.Literal(int literal) -> to[0][i + 1] |= code == literal;
                    case Token.OneOf(List<Range> ranges, boolean negated) ->
                        to[0][i + 1] |= negated
                                != ranges.stream().anyMatch(range -> range.first() <= code && code <= range.last());
                }
            }
        }
        passEmpty(to[0]);
        return to;
    }

    private void passEmpty(boolean[] states) {
        for (int i = 0; i < tokens.size(); i++) {
            states[i + 1] |= states[i]
                    && (tokens.get(i) instanceof Token.Directories
                            || tokens.get(i) instanceof Token.AnyText
                            || tokens.get(i) instanceof Token.AnyName);
        }
    }

    private static final class Reader {
        private final int[] codes;
        private final List<Token> tokens = new ArrayList<>();
        private int at;

        Reader(int[] codes) {
            this.codes = codes;
        }

        Optional<List<Token>> read() {
            boolean leading = startsWithDeepLiteral();
            while (at < codes.length) {
                int code = codes[at++];
                switch (code) {
                    case '*' -> star(leading && at == 1);
                    case '?' -> tokens.add(new Token.AnyCharacter());
                    case '[' -> {
                        if (!set()) {
                            return Optional.empty();
                        }
                    }
                    case '\\' -> {
                        if (at == codes.length) {
                            return Optional.empty();
                        }
                        tokens.add(new Token.Literal(codes[at++]));
                    }
                    default -> tokens.add(new Token.Literal(code));
                }
            }
            return Optional.of(tokens);
        }

        /// Whether the pattern is `**` and literal characters that begin with none of `/`.
        private boolean startsWithDeepLiteral() {
            String text = new String(codes, 0, codes.length);
            return text.startsWith("**")
                    && !text.startsWith("**/")
                    && text.substring(2).chars().noneMatch(c -> "*?[]\\".indexOf(c) >= 0);
        }

        private void star(boolean anyText) {
            if (at == codes.length || codes[at] != '*') {
                tokens.add(new Token.AnyName());
                return;
            }
            at++;
            if (at < codes.length && codes[at] == '/') {
                at++;
            }
            tokens.add(anyText || at == codes.length ? new Token.AnyText() : new Token.Directories());
        }

        /// Reads a set behind its bracket; false if it is malformed.
        private boolean set() {
            boolean negated = at < codes.length && codes[at] == '^';
            at += negated ? 1 : 0;
            List<Range> ranges = new ArrayList<>();
            while (at < codes.length && (codes[at] != ']' || ranges.isEmpty())) {
                int first = member();
                int last = first;
                if (at < codes.length && codes[at] == '-') {
                    at++;
                    last = member();
                }
                if (first < 0 || last < 0) {
                    return false;
                }
                ranges.add(new Range(first, last));
            }
            if (at == codes.length) {
                return false;
            }
            at++;
            tokens.add(new Token.OneOf(ranges, negated));
            return true;
        }

        /// A character of a set; -1 if there is none.
        private int member() {
            if (at == codes.length || codes[at] == '-' || codes[at] == ']') {
                return -1;
            }
            if (codes[at] == '\\') {
                at++;
            }
            return at == codes.length ? -1 : codes[at++];
        }
    }
}
