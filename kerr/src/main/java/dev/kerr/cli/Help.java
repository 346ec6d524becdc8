package dev.kerr.cli;

import dev.kerr.config.Directive;
import java.util.List;

/// Help texts, printed from the option table.
final class Help {
    private static final int COLUMN = 34;

    private Help() {}

    /// The page that `kerr help` shows.
    static String overview() {
        var text = new StringBuilder();
        text.append("Kerr runs containers for high-performance computing: one file is the image.\n\n");
        text.append("Usage:\n  kerr [global options] <command> [options] [arguments]\n\nCommands:\n");
        for (Command command : Command.values()) {
            row(text, command.word(), command.summary());
        }
        text.append("\nGlobal options:\n");
        for (Option option : Options.global()) {
            row(text, synopsis(option), option.help());
        }
        text.append("\n`kerr help <command>` shows a command's options and examples.\n");
        return text.toString();
    }

    /// The page that `kerr help COMMAND`, `kerr COMMAND --help` and `kerr COMMAND -h` show.
    static String page(Command command) {
        var text = new StringBuilder();
        text.append("kerr ")
                .append(command.word())
                .append(": ")
                .append(command.summary())
                .append("\n\n");
        text.append(usage(command)).append('\n').append(command.description()).append("\n\nOptions:\n");
        for (Option option : Options.of(command)) {
            if (option.state() == Option.State.AVAILABLE) {
                row(text, synopsis(option), option.explanation());
            }
        }
        if (command == Command.CONFIG) {
            directives(text);
        }
        text.append("\nExamples:\n");
        for (String example : command.examples()) {
            text.append("  ").append(example).append('\n');
        }
        return text.toString();
    }

    private static void directives(StringBuilder text) {
        text.append("\nDirectives:\n");
        for (Directive directive : Directive.values()) {
            row(text, directive.text(), directive.help());
            if (!directive.reason().isEmpty()) {
                row(text, "", "  no effect: " + directive.reason());
            }
        }
    }

    static String usage(Command command) {
        String operands = command.operands().isEmpty() ? "" : " " + command.operands();
        return "Usage:\n  kerr " + command.word() + operands + "\n";
    }

    /// `-B, --bind SRC[:DST[:ro]]`.
    static String synopsis(Option option) {
        String letter = option.letter() == ' ' ? "    " : "-" + option.letter() + ", ";
        String value = option.metavar().isEmpty() ? "" : " " + option.metavar();
        return letter + "--" + option.name() + value;
    }

    /// The variables that set an option, all families.
    static List<String> variables(Option option) {
        return option.variables().stream().map(suffix -> "KERR_" + suffix).toList();
    }

    private static void row(StringBuilder text, String left, String right) {
        text.append("  ").append(left);
        text.repeat(' ', Math.max(2, COLUMN - left.length())).append(right).append('\n');
    }
}
