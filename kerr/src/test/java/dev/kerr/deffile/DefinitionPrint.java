package dev.kerr.deffile;

import dev.kerr.log.UserException;
import java.util.List;
import java.util.Map;

/// Prints what was read of a definition, so that a person can compare it with the text.
final class DefinitionPrint {
    private static final int LONGEST_LINE = 200;

    private final StringBuilder print = new StringBuilder();

    private DefinitionPrint() {}

    static String of(List<Definition> stages, String text) throws UserException {
        var print = new DefinitionPrint();
        for (int i = 0; i < stages.size(); i++) {
            print.line("stage " + (i + 1));
            print.stage(stages.get(i), text);
        }
        return print.print.toString();
    }

    private void stage(Definition stage, String text) throws UserException {
        for (Header.Entry entry : stage.header().entries()) {
            line("  header, line " + entry.line() + ": " + entry.keyword() + " = [" + entry.value() + "]");
        }
        if (!stage.header().isEmpty()) {
            line("  starts from " + stage.bootstrap());
        }
        for (Section section : stage.sections()) {
            line("  %" + section.name().word() + ", line " + section.line() + ", arguments [" + section.arguments()
                    + "]");
            for (Line body : section.lines()) {
                line("    " + body.number() + "|" + body.text());
            }
        }
        for (FilesSection files : stage.files()) {
            line("  copies from " + files.origin());
            transfers("    ", files.transfers());
        }
        labels("  ", stage.labels());
        for (App app : stage.apps()) {
            line("  application [" + app.name() + "] has " + app.sections().keySet());
            transfers("    ", app.files());
            labels("    ", app.labels());
        }
        stage.warnings().forEach(warning -> line("  warning: " + warning));
        keptText(stage, text);
    }

    private void keptText(Definition stage, String text) {
        if (stage.text().equals(text)) {
            line("  kept as it is");
            return;
        }
        line("  kept as");
        for (String kept : stage.text().split("\n", -1)) {
            line("    |" + kept);
        }
    }

    private void transfers(String indent, List<FilesTransfer> transfers) {
        for (FilesTransfer transfer : transfers) {
            line(indent + "line " + transfer.line() + ": [" + transfer.source() + "] to [" + transfer.destination()
                    + "]");
        }
    }

    private void labels(String indent, Map<String, String> labels) {
        labels.forEach((key, value) -> line(indent + "label [" + key + "] = [" + value + "]"));
    }

    /// Characters that cannot be seen are written as escapes, and what is long is cut.
    private void line(String text) {
        String shown = text.length() > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + "…" : text;
        print.append(shown.replace("\\", "\\\\")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                        .replace("\r", "\\r")
                        .replace("\f", "\\f")
                        .replace("\u000b", "\\v")
                        .replace("\ufeff", "\\ufeff"))
                .append('\n');
    }
}
