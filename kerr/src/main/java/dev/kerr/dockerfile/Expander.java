package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.List;
import java.util.Map;

/// Fills variables into the words of one instruction, and takes away quotes and escapes.
///
/// `$X`, `${X}`, `${X:-word}`, `${X-word}`, `${X:+word}`, `${X+word}`, `${X:?message}`, `${X?message}`, `${X#pattern}`,
/// `${X##pattern}`, `${X%pattern}`, `${X%%pattern}`, `${X/pattern/text}`, `${X//pattern/text}`; words, patterns and
/// texts
/// may have variables again. A variable that is not set is empty. Nothing is expanded in single quotes; in double
/// quotes an
/// escape is one before `"`, `$` and itself only.
///
/// Source: docs.docker.com, Dockerfile reference, "Environment replacement"; where that is silent, BuildKit.
final class Expander {
    private final SourceText source;
    private final int line;
    private final char escape;
    private final Map<String, String> variables;

    /// @param line where the instruction begins, for messages
    /// @param escape `\` or a backquote
    Expander(SourceText source, int line, char escape, Map<String, String> variables) {
        this.source = source;
        this.line = line;
        this.escape = escape;
        this.variables = variables;
    }

    /// Expands a text that is one word, whatever blanks are in it.
    ///
    /// @throws UserException if a quote or a brace is not closed, a substitution is none of the known ones, or the
    /// result is
    /// longer than [Expansion#LONGEST]
    String word(String text) throws UserException {
        return expansion(text, escape, true).all().text();
    }

    /// Expands a text and splits it at blanks outside of quotes, those of values among them.
    ///
    /// @throws UserException as [#word] does
    List<String> words(String text) throws UserException {
        return expansion(text, escape, true).all().words();
    }

    /// Expands a here-document: quotes mean nothing, and the escape is a backslash.
    ///
    /// @throws UserException as [#word] does
    String document(String text) throws UserException {
        return expansion(text, '\\', false).all().text();
    }

    private Expansion expansion(String text, char escapedBy, boolean quotes) {
        return new Expansion(
                text, escapedBy, quotes, variables, (message, hint) -> source.errorAt(line, text, message, hint));
    }
}
