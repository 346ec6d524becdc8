package dev.kerr.config;

import java.util.ArrayList;
import java.util.List;

/// The text of `kerr.conf`, as lines of which some are changed.
final class ConfigText {
    private final List<String> lines;

    /// @param text with or without a line end at its end
    ConfigText(String text) {
        lines = new ArrayList<>(List.of(text.split("\n", -1)));
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        }
    }

    /// The text, each line with its end.
    @Override
    public String toString() {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    /// Replaces the value that counts, which is the last one.
    void replace(Directive directive, String value) {
        List<Integer> present = linesOf(directive);
        if (present.isEmpty()) {
            insert(place(directive), directive, List.of(value));
        } else {
            write(present.getLast(), directive, value);
        }
    }

    /// Replaces all lines of a list by these items, one a line.
    void replaceList(Directive directive, List<String> items) {
        int at = place(directive);
        List<Integer> present = linesOf(directive);
        if (!present.isEmpty()) {
            at = present.getFirst();
        }
        removeLines(directive);
        insert(at, directive, items.isEmpty() ? List.of("") : items);
    }

    /// Adds items that a list has not. A file that has no line of it gets those of the default too, which held until
    /// now.
    void add(Directive directive, List<String> items) {
        List<Integer> present = linesOf(directive);
        List<String> all = present.isEmpty() ? DirectiveValues.items(directive.standard()) : itemsAt(present);
        var added = new ArrayList<String>();
        for (String item : items) {
            if (!all.contains(item) && !added.contains(item)) {
                added.add(item);
            }
        }
        if (present.isEmpty()) {
            added.addAll(0, all);
            insert(place(directive), directive, added);
        } else if (all.isEmpty() && !added.isEmpty()) {
            write(present.getLast(), directive, added.getFirst());
            insert(present.getLast() + 1, directive, added.subList(1, added.size()));
        } else {
            insert(present.getLast() + 1, directive, added);
        }
    }

    /// Takes items out of a list. One that becomes empty says so, for without a line it would have its default.
    void remove(Directive directive, List<String> items) {
        List<Integer> present = linesOf(directive);
        if (present.isEmpty()) {
            var rest = DirectiveValues.items(directive.standard());
            rest.removeAll(items);
            insert(place(directive), directive, rest.isEmpty() ? List.of("") : rest);
            return;
        }
        boolean isEmptied = items.containsAll(itemsAt(present));
        for (int at : present.reversed()) {
            List<String> before = itemsAt(List.of(at));
            var rest = new ArrayList<>(before);
            rest.removeAll(items);
            boolean stays = isEmptied && at == present.getFirst();
            if (rest.isEmpty() && !before.isEmpty() && !stays) {
                lines.remove(at);
            } else if (rest.size() != before.size()) {
                write(at, directive, String.join(", ", rest));
            }
        }
    }

    void removeLines(Directive directive) {
        for (int at : linesOf(directive).reversed()) {
            lines.remove(at);
        }
    }

    private List<Integer> linesOf(Directive directive) {
        var found = new ArrayList<Integer>();
        for (int i = 0; i < lines.size(); i++) {
            if (ConfigLine.of(lines.get(i)).directive().equals(directive.text())) {
                found.add(i);
            }
        }
        return found;
    }

    private List<String> itemsAt(List<Integer> rows) {
        var items = new ArrayList<String>();
        for (int row : rows) {
            items.addAll(DirectiveValues.items(ConfigLine.of(lines.get(row)).value()));
        }
        return items;
    }

    /// Where a directive goes that is not there: behind an example of it in a comment, else at the end.
    private int place(Directive directive) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.startsWith("#")
                    && ConfigLine.of(line.substring(1)).directive().equals(directive.text())
                    && ConfigLine.of(line.substring(1)).hasValue()) {
                return i + 1;
            }
        }
        return lines.size();
    }

    private void insert(int at, Directive directive, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            lines.add(at + i, line(directive, values.get(i), ""));
        }
    }

    private void write(int at, Directive directive, String value) {
        lines.set(at, line(directive, value, ConfigLine.of(lines.get(at)).comment()));
    }

    private static String line(Directive directive, String value, String comment) {
        String text = (directive.text() + " = " + value).stripTrailing();
        return comment.isEmpty() ? text : text + " " + comment;
    }
}
