package dev.kerr.cli;

import java.util.ArrayList;
import java.util.List;

/// Completions for bash, zsh and fish: commands, options, and files for everything else.
final class Completions {
    private Completions() {}

    static String bash() {
        var text = new StringBuilder("""
                # bash completion for kerr
                _kerr() {
                  local word=${COMP_WORDS[COMP_CWORD]} command= i verbs= at=0
                  for ((i = 1; i < COMP_CWORD; i++)); do
                    case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; at=$i; break;; esac
                  done
                  case "$command ${COMP_WORDS[at + 1]}" in
                """);
        text.append("    ").append(String.join(" | ", longer())).append(")\n");
        text.append("""
                      [ "$((at + 1))" = "$COMP_CWORD" ] || { at=$((at + 1)) && command="$command ${COMP_WORDS[at]}"; };;
                  esac
                  local options
                  case $command in
                """);
        for (Command command : Command.values()) {
            text.append("    '").append(command.word()).append("') options='");
            text.append(String.join(" ", names(Options.of(command)))).append("'");
            text.append(command.verbs().isEmpty() ? "" : " verbs='" + String.join(" ", command.verbs()) + "'");
            text.append(";;\n");
        }
        text.append("    *) options='").append(words()).append(' ');
        text.append(String.join(" ", names(Options.global()))).append("';;\n");
        text.append("""
                  esac
                  case $word in
                    -*) COMPREPLY=($(compgen -W "$options" -- "$word"));;
                    *) if [ -z "$command" ]; then COMPREPLY=($(compgen -W "$options" -- "$word"));
                       elif [ "$((at + 1))" = "$COMP_CWORD" ]; then COMPREPLY=($(compgen -W "$verbs" -- "$word")); fi;;
                  esac
                }
                complete -o bashdefault -o default -F _kerr kerr
                """);
        return text.toString();
    }

    static String zsh() {
        var text = new StringBuilder(
                "#compdef kerr\n# zsh completion for kerr\n_kerr() {\n  local -a commands\n  commands=(\n");
        for (Command command : ofOneWord()) {
            text.append("    '")
                    .append(command.word())
                    .append(':')
                    .append(quoted(command.summary()))
                    .append("'\n");
        }
        text.append("  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n");
        text.append("  local command=$words[2]\n  case \"$words[2] $words[3]\" in\n    ");
        text.append(String.join(" | ", longer())).append(") (( CURRENT == 3 )) || command=\"$words[2] $words[3]\";;\n");
        text.append("  esac\n  case $command in\n");
        for (Command command : Command.values()) {
            text.append("    '").append(command.word()).append("') _arguments");
            for (Option option : available(Options.of(command))) {
                text.append(" \\\n      '--")
                        .append(option.name())
                        .append('[')
                        .append(quoted(option.explanation()))
                        .append(']');
                text.append(option.metavar().isEmpty() ? "" : ":value:_files").append('\'');
            }
            if (!command.verbs().isEmpty()) { // the first operand is the command itself
                text.append(" \\\n      '2:verb:(")
                        .append(String.join(" ", command.verbs()))
                        .append(")'");
            }
            text.append(" \\\n      '*:file:_files';;\n");
        }
        return text.append("  esac\n}\n_kerr \"$@\"\n").toString();
    }

    static String fish() {
        var text = new StringBuilder("# fish completion for kerr\n");
        for (Command command : Command.values()) {
            if (!isLonger(command)) {
                text.append("complete -c kerr -n __fish_use_subcommand -a ").append(command.word());
                text.append(" -d '").append(quoted(command.summary())).append("'\n");
            }
            String seen = command.word().replace(" ", "; and __fish_seen_subcommand_from ");
            for (String verb : command.verbs()) {
                text.append("complete -c kerr -n '__fish_seen_subcommand_from ").append(seen);
                text.append("' -a ").append(verb).append('\n');
            }
            for (Option option : available(Options.of(command))) {
                text.append("complete -c kerr -n '__fish_seen_subcommand_from ").append(seen);
                text.append("' -l ").append(option.name());
                text.append(option.letter() == ' ' ? "" : " -s " + option.letter());
                text.append(option.metavar().isEmpty() ? "" : " -r");
                text.append(" -d '").append(quoted(option.explanation())).append("'\n");
            }
        }
        return text.toString();
    }

    private static String words() {
        var words = new ArrayList<String>();
        for (Command command : ofOneWord()) {
            words.add(command.word());
        }
        return String.join(" ", words);
    }

    private static List<Command> ofOneWord() {
        var commands = new ArrayList<Command>();
        for (Command command : Command.values()) {
            if (!isLonger(command)) {
                commands.add(command);
            }
        }
        return commands;
    }

    /// The commands of two words, quoted.
    private static List<String> longer() {
        var words = new ArrayList<String>();
        for (Command command : Command.values()) {
            if (isLonger(command)) {
                words.add("'" + command.word() + "'");
            }
        }
        return words;
    }

    private static boolean isLonger(Command command) {
        return command.word().indexOf(' ') >= 0;
    }

    private static List<String> names(List<Option> options) {
        var names = new ArrayList<String>();
        for (Option option : available(options)) {
            names.add("--" + option.name());
        }
        return names;
    }

    private static List<Option> available(List<Option> options) {
        return options.stream()
                .filter(option -> option.state() == Option.State.AVAILABLE)
                .toList();
    }

    private static String quoted(String text) {
        return text.replace("'", "").replace("[", "(").replace("]", ")").replace(":", " ");
    }
}
