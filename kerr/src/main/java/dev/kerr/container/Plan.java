package dev.kerr.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A launch, decided.
///
/// @param warnings what the user should know about what was asked for and is not part of the plan
public record Plan(List<Op> ops, List<String> warnings) {
    private static final int NAME_WIDTH = 16;

    public Plan {
        ops = List.copyOf(ops);
        warnings = List.copyOf(warnings);
    }

    /// The same for an image file that is there for this launch alone, and goes away with it.
    public Plan withImageOnce() {
        var changed = new ArrayList<>(ops);
        changed.removeIf(op -> op.code() == OpCode.SHARE);
        for (int i = 0; i < changed.size(); i++) {
            if (changed.get(i) instanceof Op.OpenImage image && image.number() == 0) {
                changed.set(i, new Op.OpenImage(0, image.path(), Op.ImageUse.READING_ONCE, image.identity()));
            }
        }
        return new Plan(changed, warnings);
    }

    /// Whether the payload is a shell's affair, which finds the words of the caller: not one of these words is in the
    /// plan.
    public boolean isForShell() {
        return !ops.isEmpty()
                && ops.getLast() instanceof Op.Exec exec
                && exec.command().getFirst().equals("/bin/sh");
    }

    /// The plan for a person: an operation a line, long texts by their size.
    public String text() {
        var text = new StringBuilder();
        for (Op op : ops) {
            String name = op.code().name().toLowerCase(Locale.ROOT).replace('_', '-');
            text.append(name);
            if (!op.arguments().isEmpty()) {
                text.repeat(' ', Math.max(0, NAME_WIDTH - name.length()));
            }
            for (String argument : op.arguments()) {
                text.append(' ').append(quoted(argument));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String quoted(String argument) {
        if (argument.length() > 160) {
            return "<" + argument.length() + " characters>";
        }
        boolean plain = !argument.isEmpty();
        for (int i = 0; i < argument.length(); i++) {
            char c = argument.charAt(i);
            if (c != '\n' && (c < ' ' || c >= 0x7f && c < 0xa0)) {
                argument = argument.replace(c, '?');
            }
            plain &= c > ' ' && c != '"' && c != '\'' && c != '\\';
        }
        return plain
                ? argument
                : "'" + argument.replace("\\", "\\\\").replace("\n", "\\n").replace("'", "\\'") + "'";
    }
}
