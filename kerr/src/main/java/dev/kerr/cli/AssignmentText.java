package dev.kerr.cli;

import java.util.ArrayList;
import java.util.List;

/// The text of a file of assignments, in which some names are not to be set: their assignments go to a name of ours,
/// that the container's script unsets.
final class AssignmentText {
    /// What stands before a name that is not to be set.
    static final String ASIDE = "_kerr_aside_";

    private final StringBuilder text;
    private final List<String> ignored = new ArrayList<>();

    /// @param fixed names that are not to be set
    AssignmentText(String text, List<String> fixed) {
        this.text = new StringBuilder(text);
        boolean atStart = true;
        char quote = 0;
        for (int i = 0; i < this.text.length(); i++) {
            if (atStart) {
                i = skipBlanks(i);
                i = setAside(i, fixed);
            }
            if (i >= this.text.length()) {
                return;
            }
            char c = this.text.charAt(i);
            atStart = false;
            if (quote != 0) {
                i += c == '\\' && quote == '"' ? 1 : 0;
                quote = c == quote ? 0 : quote;
            } else if (c == '\\') {
                i++;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '#' && (i == 0 || " \t\n;".indexOf(this.text.charAt(i - 1)) >= 0)) {
                i = endOfLine(i);
                atStart = true;
            } else {
                atStart = c == '\n' || c == ';';
            }
        }
    }

    String text() {
        return text.toString();
    }

    /// The names that were set aside, as often as they occur.
    List<String> ignored() {
        return ignored;
    }

    /// Renames what is assigned at `at`. Returns where it begins now.
    private int setAside(int at, List<String> fixed) {
        int name = text.indexOf("export ", at) == at ? skipBlanks(at + "export ".length()) : at;
        for (String candidate : fixed) {
            if (text.indexOf(candidate + "=", name) == name) {
                text.insert(name, ASIDE);
                ignored.add(candidate);
            }
        }
        return at;
    }

    private int skipBlanks(int at) {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private int endOfLine(int at) {
        int end = text.indexOf("\n", at);
        return end < 0 ? text.length() : end;
    }
}
