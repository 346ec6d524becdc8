package dev.kerr.container;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Evaluates the shell scripts that are no more than assignments, for images that have no shell to do it: comments,
/// `NAME=VALUE`, `export`, `unset`, `:`; in values quotes of each kind, backslashes, `$NAME`, `${NAME}` and
/// `${NAME:-WORD}` with `-`, `=`, `+`, with and without the colon. What is more than that is refused, with the file and
/// the line, and never guessed.
///
/// **Source:** POSIX.1-2024, XCU 2, Shell Command Language.
public final class SimpleScript {
    private final String file;
    private final Variables variables;

    /// What scripts have set so far.
    public static final class Variables {
        private final Map<String, String> values = new LinkedHashMap<>();
        private final Map<String, Boolean> exported = new LinkedHashMap<>();
        private boolean askedForMore;

        /// Sets a variable; whether it is exported stays as it is.
        void set(String name, String value) {
            values.put(name, value);
        }

        public void export(String name, String value) {
            set(name, value);
            exported.put(name, true);
        }

        void unset(String name) {
            values.remove(name);
            exported.remove(name);
        }

        /// The value, or nothing for what is not set.
        String value(String name) {
            return isSet(name) ? values.getOrDefault(name, "") : "";
        }

        boolean isSet(String name) {
            boolean isSet = values.containsKey(name);
            askedForMore |= !isSet;
            return isSet;
        }

        /// Whether a script has looked at a variable that is not set.
        public boolean wasAskedForMore() {
            return askedForMore;
        }

        List<String> names() {
            return List.copyOf(values.keySet());
        }

        /// What a program that is started sees.
        public Map<String, String> exported() {
            var result = new LinkedHashMap<String, String>();
            for (var variable : values.entrySet()) {
                if (exported.containsKey(variable.getKey())) {
                    result.put(variable.getKey(), variable.getValue());
                }
            }
            return result;
        }
    }

    /// @param file the script, as messages name it
    public SimpleScript(String file, Variables variables) {
        this.file = file;
        this.variables = variables;
    }

    /// Evaluates a whole script.
    ///
    /// @param exports whether each variable that is assigned is exported
    public void evaluate(String text, boolean exports) throws UserException {
        var reader = new Reader(text);
        for (var command = reader.command(); !command.isEmpty(); command = reader.command()) {
            checkSplitting(command, reader.line);
            if (!perform(command, exports)) {
                throw refused(reader.line, "'" + command.getFirst().text + "'");
            }
        }
    }

    /// Words that a shell would split further are none of ours, unless nothing is done with them.
    private void checkSplitting(List<Word> command, int line) throws UserException {
        for (Word word : command) {
            if (word.splits && !command.getFirst().text.equals(":")) {
                throw refused(line, "a variable without quotes");
            }
        }
    }

    /// Evaluates a script whose last command is a program. Returns its words; `"$@"` is not among them.
    ///
    /// @throws UserException also if there is no such command, or it does not pass its arguments on
    List<String> program(String text) throws UserException {
        var reader = new Reader(text);
        for (var command = reader.command(); !command.isEmpty(); command = reader.command()) {
            checkSplitting(command, reader.line);
            if (perform(command, false)) {
                continue;
            }
            var words = new ArrayList<String>();
            for (Word word : command) {
                words.add(word.text);
            }
            if (words.getFirst().equals("exec")) {
                words.removeFirst();
            }
            boolean passes = command.getLast().arguments;
            if (!passes || words.size() < 2 || !reader.command().isEmpty()) {
                throw refused(reader.line, "a script that does not end with: exec PROGRAM … \"$@\"");
            }
            words.removeLast();
            return words;
        }
        throw refused(reader.line, "a script that starts nothing");
    }

    /// The words of a line, as a shell splits and evaluates them.
    List<String> words(String line) throws UserException {
        var words = new ArrayList<String>();
        var reader = new Reader(line);
        for (Word word : reader.command()) {
            words.add(word.text);
        }
        return words;
    }

    /// A value as it is evaluated inside double quotes; what are quotes in it stays.
    String inDoubleQuotes(String value) throws UserException {
        var reader = new Reader(value);
        var text = new StringBuilder();
        while (reader.at < value.length()) {
            reader.quoted(text);
        }
        return text.toString();
    }

    /// Returns whether it was a command of ours.
    private boolean perform(List<Word> command, boolean exports) {
        int first = 0;
        while (first < command.size() && command.get(first).assigned > 0) {
            first++;
        }
        if (first == command.size()) {
            for (Word word : command) {
                assign(word, exports);
            }
            return true;
        }
        String name = command.getFirst().text;
        if (first > 0 || !List.of(":", "true", "export", "unset").contains(name)) {
            return false;
        }
        for (Word word : command.subList(1, command.size())) {
            if (name.equals("unset")) {
                variables.unset(word.text);
            } else if (name.equals("export") && word.text.startsWith("-")) {
                return false;
            } else if (name.equals("export") && word.assigned > 0) {
                assign(word, true);
            } else if (name.equals("export") && variables.isSet(word.text)) {
                variables.export(word.text, variables.value(word.text));
            }
        }
        return true;
    }

    private void assign(Word word, boolean exports) {
        String name = word.text.substring(0, word.assigned);
        String value = word.text.substring(word.assigned + 1);
        if (exports) {
            variables.export(name, value);
        } else {
            variables.set(name, value);
        }
    }

    private UserException refused(int line, String what) {
        return new UserException(
                file + ":" + line + ": " + what + " needs a shell, and the image has none",
                "only comments and assignments are evaluated without one");
    }

    /// @param assigned length of the name that a value is assigned to; 0 for none
    /// @param arguments whether it is `"$@"`
    /// @param splits whether a value stands in it without quotes, where a shell would split it
    private record Word(String text, int assigned, boolean arguments, boolean splits) {}

    /// Reads words; `line` is that of the command that was read last.
    private final class Reader {
        private final String text;
        private int at;
        private int line = 1;

        Reader(String text) {
            this.text = text;
        }

        /// The words of the next command; none at the end.
        List<Word> command() throws UserException {
            var words = new ArrayList<Word>();
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == ' ' || c == '\t' || c == '\r') {
                    at++;
                } else if (c == '#') {
                    at = end('\n');
                } else if (c == '\\' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
                    at += 2;
                } else if (c == '\n' || c == ';') {
                    at++;
                    if (!words.isEmpty()) {
                        return words;
                    }
                } else {
                    line = words.isEmpty() ? lineAt(at) : line;
                    words.add(word());
                }
            }
            return words;
        }

        private Word word() throws UserException {
            if (text.startsWith("\"$@\"", at)) {
                at += 4;
                return new Word("", 0, true, false);
            }
            var word = new StringBuilder();
            int assigned = 0;
            boolean bare = true;
            boolean splits = false;
            while (at < text.length() && " \t\r\n;".indexOf(text.charAt(at)) < 0) {
                char c = text.charAt(at);
                if (c == '=' && bare && assigned == 0 && isName(word)) {
                    assigned = word.length();
                }
                bare &= c != '"' && c != '\'' && c != '\\' && c != '$';
                splits |= c == '$' && assigned == 0;
                boolean home = c == '~' && (word.isEmpty() || "=:".indexOf(word.charAt(word.length() - 1)) >= 0);
                boolean pattern = "*?[".indexOf(c) >= 0 && assigned == 0;
                if ("|&()<>".indexOf(c) >= 0 || home || pattern) {
                    throw refused(lineAt(at), "'" + c + "' here");
                }
                unquoted(word);
            }
            return new Word(word.toString(), assigned, false, splits);
        }

        private void unquoted(StringBuilder word) throws UserException {
            char c = text.charAt(at);
            if (c == '\'') {
                int end = text.indexOf('\'', at + 1);
                if (end < 0) {
                    throw refused(lineAt(at), "a quote without its end");
                }
                word.append(text, at + 1, end);
                at = end + 1;
            } else if (c == '"') {
                doubleQuoted(word);
            } else if (c == '\\' && at + 1 < text.length()) {
                if (text.charAt(at + 1) != '\n') {
                    word.append(text.charAt(at + 1));
                }
                at += 2;
            } else {
                expanded(word);
            }
        }

        private void doubleQuoted(StringBuilder word) throws UserException {
            int from = at++;
            while (at < text.length() && text.charAt(at) != '"') {
                quoted(word);
            }
            if (at >= text.length()) {
                throw refused(lineAt(from), "a quote without its end");
            }
            at++;
        }

        /// One character between double quotes, or what begins with it.
        private void quoted(StringBuilder word) throws UserException {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length() && "$`\"\\\n".indexOf(text.charAt(at + 1)) >= 0) {
                if (text.charAt(at + 1) != '\n') {
                    word.append(text.charAt(at + 1));
                }
                at += 2;
            } else {
                expanded(word);
            }
        }

        private void expanded(StringBuilder word) throws UserException {
            char c = text.charAt(at);
            if (c == '`') {
                throw refused(lineAt(at), "a command in backquotes");
            }
            if (c != '$' || at + 1 == text.length()) {
                word.append(c);
                at++;
                return;
            }
            char next = text.charAt(at + 1);
            if (next == '{') {
                braced(word);
            } else if (isNameCharacter(next, true)) {
                at++;
                word.append(variables.value(name()));
            } else if ("\" \t\n/:.,%=".indexOf(next) >= 0) {
                word.append(c);
                at++;
            } else {
                throw refused(lineAt(at), "'$" + next + "'");
            }
        }

        private void braced(StringBuilder word) throws UserException {
            int from = at;
            at += 2;
            String name = name();
            boolean colon = at < text.length() && text.charAt(at) == ':';
            at += colon ? 1 : 0;
            char operator = at < text.length() ? text.charAt(at) : '\n';
            at++;
            if (name.isEmpty() || colon && operator == '}' || "}-=+".indexOf(operator) < 0) {
                throw refused(lineAt(from), "'" + text.substring(from, Math.min(at, text.length())) + "'");
            }
            var alternative = new StringBuilder();
            if (operator != '}') {
                while (at < text.length() && text.charAt(at) != '}') {
                    if (text.charAt(at) == '"') {
                        doubleQuoted(alternative);
                    } else {
                        quoted(alternative);
                    }
                }
                if (at++ >= text.length()) {
                    throw refused(lineAt(from), "a brace without its end");
                }
            }
            word.append(chosen(name, operator, colon, alternative.toString()));
        }

        private String chosen(String name, char operator, boolean colon, String alternative) {
            boolean there = colon ? !variables.value(name).isEmpty() : variables.isSet(name);
            if (operator == '+') {
                return there ? alternative : "";
            }
            if (operator == '=' && !there) {
                variables.set(name, alternative);
            }
            return there || operator == '}' ? variables.value(name) : alternative;
        }

        private String name() {
            int from = at;
            while (at < text.length() && isNameCharacter(text.charAt(at), at == from)) {
                at++;
            }
            return text.substring(from, at);
        }

        private int end(char c) {
            int end = text.indexOf(c, at);
            return end < 0 ? text.length() : end;
        }

        private int lineAt(int position) {
            int lines = 1;
            for (int i = 0; i < position; i++) {
                lines += text.charAt(i) == '\n' ? 1 : 0;
            }
            return lines;
        }
    }

    private static boolean isName(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isNameCharacter(text.charAt(i), i == 0)) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isNameCharacter(char c, boolean first) {
        return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || !first && c >= '0' && c <= '9';
    }
}
