package dev.kerr.architecture;

import java.nio.file.Path;
import java.util.List;

/// A source file: its path from the root of the checkout, and its text.
record SourceText(Path path, String text) {
    List<String> lines() {
        return text.lines().toList();
    }

    boolean isC() {
        return path.toString().endsWith(".c") || path.toString().endsWith(".h");
    }

    boolean isJava() {
        return path.toString().endsWith(".java");
    }

    /// The text of Java or C with comments, literals' contents and, in C, preprocessor lines blanked out: every line
    /// and column stays where it was.
    String code() {
        return new Blanker(text, isC()).blank();
    }

    /// One pass over the text; `at` is the next character.
    private static final class Blanker {
        private final String text;
        private final boolean preprocessed;
        private final StringBuilder code;
        private int at;

        Blanker(String text, boolean preprocessed) {
            this.text = text;
            this.preprocessed = preprocessed;
            this.code = new StringBuilder(text.length());
        }

        String blank() {
            while (at < text.length()) {
                if (text.startsWith("//", at)) {
                    skipTo(indexOrEnd("\n", at));
                } else if (text.startsWith("/*", at)) {
                    skipTo(indexOrEnd("*/", at + 2) + 2);
                } else if (preprocessed && text.charAt(at) == '#' && startsLine()) {
                    skipTo(endOfDirective());
                } else if (text.startsWith("\"\"\"", at)) {
                    skipLiteral("\"\"\"");
                } else if (text.charAt(at) == '"' || text.charAt(at) == '\'') {
                    skipLiteral(text.substring(at, at + 1));
                } else {
                    code.append(text.charAt(at++));
                }
            }
            return code.toString();
        }

        /// The quotes stay, so that a literal is still seen to be there.
        private void skipLiteral(String quote) {
            code.append(quote);
            at += quote.length();
            int end = at;
            while (end < text.length() && !text.startsWith(quote, end)) {
                end += text.charAt(end) == '\\' ? 2 : 1;
            }
            skipTo(end);
            code.append(at < text.length() ? quote : "");
            at += quote.length();
        }

        private void skipTo(int end) {
            for (; at < Math.min(end, text.length()); at++) {
                code.append(text.charAt(at) == '\n' ? '\n' : ' ');
            }
        }

        private int indexOrEnd(String what, int from) {
            int index = text.indexOf(what, from);
            return index < 0 ? text.length() : index;
        }

        private boolean startsLine() {
            int lineStart = text.lastIndexOf('\n', at) + 1;
            return text.substring(lineStart, at).isBlank();
        }

        /// The end of the directive's last line: a backslash at the end of a line continues it.
        private int endOfDirective() {
            int end = indexOrEnd("\n", at);
            while (end > at && end < text.length() && text.charAt(end - 1) == '\\') {
                end = indexOrEnd("\n", end + 1);
            }
            return end;
        }
    }
}
