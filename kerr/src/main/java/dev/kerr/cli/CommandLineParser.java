package dev.kerr.cli;

import dev.kerr.config.Variables;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads words by the option table: `--name value`, `--name=value`, `-n value`, `-nvalue`, letters of flags together;
/// `--`
/// ends the options. After a launch's image every word is the payload's.
final class CommandLineParser {
    private final List<String> words;
    private final List<Option> options;
    private final Optional<Command> command;
    private final boolean stopsAtOperand;
    private final Map<String, List<String>> given = new HashMap<>();
    private final List<String> operands = new ArrayList<>();
    private int at;
    private int operandsFrom;

    private CommandLineParser(List<String> words, int from, List<Option> options, Optional<Command> command) {
        this.words = words;
        this.at = from;
        this.options = options;
        this.command = command;
        this.stopsAtOperand = command.isEmpty() || command.get().launches();
    }

    /// The options before the command, and where the command is.
    ///
    /// @param at index of the command's word; the number of words if there is none
    record GlobalOptions(Map<String, List<String>> given, int at) {
        boolean flag(String name) {
            List<String> values = given.get(name);
            return values != null && values.getLast().equals("true");
        }
    }

    static GlobalOptions global(List<String> words) throws UsageException, UserException {
        var parser = new CommandLineParser(words, 0, Options.global(), Optional.empty());
        parser.parse();
        return new GlobalOptions(Map.copyOf(parser.given), parser.at);
    }

    /// The command's own options and operands.
    ///
    /// @param from index of the first word after the command's
    static Invocation command(Command command, List<String> words, int from, Variables variables)
            throws UsageException, UserException {
        var parser = new CommandLineParser(words, from, Options.of(command), Optional.of(command));
        parser.parse();
        if (!parser.given.containsKey("help")) {
            refuseVariables(parser.options, variables);
        }
        return new Invocation(command, parser.options, parser.given, parser.operands, parser.operandsFrom, variables);
    }

    /// What is asked for by a variable is not skipped silently either.
    private static void refuseVariables(List<Option> options, Variables variables) throws UserException {
        for (Option option : options) {
            if (option.state() != Option.State.NOT_YET) {
                continue;
            }
            for (String suffix : option.variables()) {
                var value = variables.setting(suffix);
                boolean asked =
                        value.isPresent() && !(option.kind() == Option.Kind.FLAG && Invocation.isNo(value.get()));
                if (asked) {
                    throw new UserException(
                            "option --" + option.name() + " is not yet available, and a variable asks for it",
                            "unset KERR_" + suffix + ", APPTAINER_" + suffix + " and SINGULARITY_" + suffix);
                }
            }
        }
    }

    private void parse() throws UsageException, UserException {
        while (at < words.size()) {
            String word = words.get(at);
            if (word.equals("--")) {
                at++;
                takeOperands();
                return;
            }
            if (word.startsWith("--")) {
                at++;
                longOption(word.substring(2));
            } else if (word.startsWith("-") && word.length() > 1) {
                at++;
                letters(word.substring(1));
            } else if (isPayloads()) {
                takeOperands();
                return;
            } else if (stopsAtOperand) {
                if (command.isPresent()) {
                    takeOperands();
                }
                return;
            } else {
                operands.add(word);
                at++;
            }
        }
    }

    /// Behind `oci exec` and the container all words are the program's.
    private boolean isPayloads() {
        return command.equals(Optional.of(Command.OCI))
                && operands.size() == 2
                && operands.getFirst().equals("exec");
    }

    private void takeOperands() {
        operandsFrom = at;
        operands.addAll(words.subList(at, words.size()));
        at = words.size();
    }

    private void longOption(String text) throws UsageException, UserException {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        var option = Options.named(options, name);
        if (option.isEmpty()) {
            throw unknown("--" + name);
        }
        if (equals >= 0) {
            give(option.get(), text.substring(equals + 1));
        } else if (option.get().kind() == Option.Kind.FLAG) {
            give(option.get(), "true");
        } else {
            give(option.get(), next("--" + name));
        }
    }

    private void letters(String text) throws UsageException, UserException {
        for (int i = 0; i < text.length(); i++) {
            var option = Options.lettered(options, text.charAt(i), verb());
            if (option.isEmpty()) {
                throw unknown("-" + text.charAt(i));
            }
            if (option.get().kind() == Option.Kind.FLAG) {
                give(option.get(), "true");
                continue;
            }
            String rest = text.substring(i + 1);
            if (rest.startsWith("=")) {
                rest = rest.substring(1);
            }
            give(option.get(), rest.isEmpty() ? next("-" + text.charAt(i)) : rest);
            return;
        }
    }

    private String verb() {
        boolean hasVerb = command.isPresent() && !command.get().verbs().isEmpty() && !operands.isEmpty();
        return hasVerb ? operands.getFirst() : "";
    }

    private String next(String option) throws UsageException {
        if (at == words.size()) {
            throw new UsageException("option " + option + " needs a value", command);
        }
        return words.get(at++);
    }

    private void give(Option option, String value) throws UsageException, UserException {
        if (option.state() == Option.State.NOT_YET) {
            throw new UserException(
                    "option --" + option.name() + " is not yet available in this version",
                    "leave it out if the launch is right without it");
        }
        if (option.kind() == Option.Kind.FLAG && !value.equals("true") && !value.equals("false")) {
            throw new UsageException("option --" + option.name() + " takes no value but true or false", command);
        }
        given.computeIfAbsent(option.name(), name -> new ArrayList<>()).add(value);
    }

    private UsageException unknown(String option) {
        String of = command.map(known -> " of " + known.word()).orElse("");
        return new UsageException("unknown option " + option + of, command);
    }
}
