package dev.kerr.cli;

import dev.kerr.config.Directive;

/// Manual pages in the man macros.
///
/// **Source:** man(7).
final class ManualPage {
    private ManualPage() {}

    static String overview() {
        var page = new StringBuilder(head("KERR", "kerr", "run containers for high-performance computing"));
        page.append(".B kerr\n.RI [ \"global options\" ] \" command \" [ options ] \" \" [ arguments ]\n");
        page.append(".SH DESCRIPTION\n");
        page.append("Kerr runs, builds and looks into containers whose image is one file. It needs no privilege.\n");
        page.append(".SH COMMANDS\n");
        for (Command command : Command.values()) {
            page.append(".TP\n.BR kerr-").append(escaped(command.page())).append(" (1)\n");
            page.append(escaped(command.summary())).append('\n');
        }
        page.append(".SH GLOBAL OPTIONS\n");
        for (Option option : Options.global()) {
            option(page, option);
        }
        return page.append(EXIT_STATUS).toString();
    }

    static String of(Command command) {
        String name = "kerr-" + command.page();
        var page = new StringBuilder(head(name.toUpperCase(java.util.Locale.ROOT), name, command.summary()));
        page.append(".B kerr ")
                .append(command.word())
                .append('\n')
                .append(command.operands().isEmpty() ? "" : escaped(command.operands()) + "\n");
        page.append(".SH DESCRIPTION\n").append(escaped(command.description())).append("\n.SH OPTIONS\n");
        for (Option option : Options.of(command)) {
            if (option.state() == Option.State.AVAILABLE) {
                option(page, option);
            }
        }
        if (command == Command.CONFIG) {
            directives(page);
        }
        page.append(EXIT_STATUS).append(".SH EXAMPLES\n.nf\n");
        for (String example : command.examples()) {
            page.append(escaped(example)).append('\n');
        }
        return page.append(".fi\n.SH SEE ALSO\n.BR kerr (1)\n").toString();
    }

    private static void directives(StringBuilder page) {
        page.append(".SH DIRECTIVES\n");
        for (Directive directive : Directive.values()) {
            page.append(".TP\n.B ").append(escaped(directive.text())).append('\n');
            page.append(escaped(directive.help())).append(".\n");
            String reason = directive.reason();
            page.append(reason.isEmpty() ? "" : "No effect: " + escaped(reason) + ".\n");
            page.append("Values: ").append(escaped(directive.described())).append(".\n");
            page.append(directive.standard().isEmpty() ? "" : "Default: " + escaped(directive.standard()) + "\n");
        }
    }

    private static final String EXIT_STATUS = """
            .SH EXIT STATUS
            The payload's; 128 + N if signal N ended it; 255 if what was asked for could not be done; 1 if the command
            line is wrong.
            """;

    private static String head(String title, String name, String summary) {
        return ".TH " + escaped(title) + " 1 \"\" \"kerr " + Version.TEXT + "\" \"Kerr\"\n.SH NAME\n" + escaped(name)
                + " \\- " + escaped(summary) + "\n.SH SYNOPSIS\n";
    }

    private static void option(StringBuilder page, Option option) {
        page.append(".TP\n.B ").append(escaped(Help.synopsis(option).strip())).append('\n');
        page.append(escaped(option.explanation())).append(".\n");
        if (!option.variables().isEmpty()) {
            page.append("Set also by ")
                    .append(escaped(String.join(", ", Help.variables(option))))
                    .append(".\n");
        }
    }

    private static String escaped(String text) {
        String plain = text.replace("\\", "\\\\").replace("-", "\\-");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}
