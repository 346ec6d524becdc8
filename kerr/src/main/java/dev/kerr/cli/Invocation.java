package dev.kerr.cli;

import dev.kerr.config.Variables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A command line as it was typed.
///
/// @param options the command's rows of the option table
/// @param given the values of each option that was given, by its long name; a flag's are `true` or `false`
/// @param operands what is no option
/// @param operandsFrom index of the first operand in the command line's words
record Invocation(
        Command command,
        List<Option> options,
        Map<String, List<String>> given,
        List<String> operands,
        int operandsFrom,
        Variables variables) {
    Invocation {
        Objects.requireNonNull(command);
        options = List.copyOf(options);
        given = Map.copyOf(given);
        operands = List.copyOf(operands);
        Objects.requireNonNull(variables);
    }

    /// The first operand, which says what the command is to do. What was asked for is never silently skipped: an option
    /// that belongs to another verb is refused.
    ///
    /// @throws UsageException if there is none that the command knows, or an option of another
    String verb() throws UsageException {
        List<String> verbs = command.verbs();
        String verb = operands.isEmpty() ? "" : operands.getFirst();
        if (!verbs.contains(verb)) {
            String others = String.join(", ", verbs.subList(0, verbs.size() - 1));
            throw new UsageException(
                    command.word() + " needs " + others + " or " + verbs.getLast(), Optional.of(command));
        }
        for (Option option : options) {
            if (given.containsKey(option.name())
                    && !option.verbs().isEmpty()
                    && !option.verbs().contains(verb)) {
                throw new UsageException(
                        "option --" + option.name() + " is for " + command.word() + " "
                                + String.join(", ", option.verbs()) + ", not for " + command.word() + " " + verb,
                        Optional.of(command));
            }
        }
        return verb;
    }

    /// Whether a flag is on: as given, else as its variable says.
    boolean flag(String name) {
        var value = value(name);
        return value.isPresent() && !isNo(value.get());
    }

    /// The one of some flags that is on; empty if none is.
    ///
    /// @throws UsageException if more than one is
    Optional<String> oneOf(List<String> flags) throws UsageException {
        Optional<String> found = Optional.empty();
        for (String flag : flags) {
            if (flag(flag)) {
                if (found.isPresent()) {
                    throw new UsageException(
                            "--" + found.get() + " and --" + flag + " contradict each other", Optional.of(command));
                }
                found = Optional.of(flag);
            }
        }
        return found;
    }

    /// Whether one of some options has a value.
    boolean isGiven(String... names) {
        for (String name : names) {
            if (value(name).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /// The same with a flag that others imply.
    Invocation with(String flag) {
        var all = new HashMap<>(given);
        all.put(flag, List.of("true"));
        return new Invocation(command, options, all, operands, operandsFrom, variables);
    }

    /// The field's words for no.
    static boolean isNo(String value) {
        return List.of("false", "False", "FALSE", "f", "F", "0", "no").contains(value);
    }

    /// The last value of an option: as given, else its variable's.
    Optional<String> value(String name) {
        List<String> values = given.get(name);
        return values == null ? fromVariables(name) : Optional.of(values.getLast());
    }

    /// All values of an option, as typed, commas and all: as given, else its variable's.
    List<String> values(String name) {
        List<String> values = given.get(name);
        return values == null ? fromVariables(name).map(List::of).orElse(List.of()) : values;
    }

    /// The items of a comma list.
    List<String> items(String name) {
        var items = new ArrayList<String>();
        for (String value : values(name)) {
            for (String item : value.split(",")) {
                if (!item.isBlank()) {
                    items.add(item.strip());
                }
            }
        }
        return items;
    }

    private Optional<String> fromVariables(String name) {
        var option = Options.named(options, name);
        if (option.isPresent()) {
            for (String suffix : option.get().variables()) {
                var value = variables.setting(suffix);
                if (value.isPresent()) {
                    return value;
                }
            }
        }
        return Optional.empty();
    }
}
