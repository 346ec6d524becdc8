package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// What an instruction has run.
public sealed interface Command {
    /// A line for the shell: the words of `SHELL`, and this behind them.
    ///
    /// @param text as it is written: the shell fills in its variables
    /// @param documents here-documents that its redirections read
    record Shell(String text, List<Heredoc> documents) implements Command {
        public Shell {
            requireNonNull(text);
            documents = List.copyOf(documents);
        }

        /// The line with its here-documents behind it, as a shell reads them.
        public String script() {
            StringBuilder script = new StringBuilder(text);
            for (Heredoc document : documents) {
                script.append('\n').append(document.content()).append(document.name());
            }
            return script.toString();
        }
    }

    /// Words that are run as they are, without a shell; none where `[]` takes back what a base image says.
    record Exec(List<String> words) implements Command {
        public Exec {
            words = List.copyOf(words);
        }
    }

    /// A here-document by itself: a program if its text begins with `#!`, and a text for the shell else.
    record Script(Heredoc document) implements Command {
        public Script {
            requireNonNull(document);
        }

        /// Whether the text names its interpreter and is to be run as a file.
        public boolean isProgram() {
            return document.text().startsWith("#!");
        }
    }
}
