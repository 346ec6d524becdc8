package dev.kerr.cli;

import java.util.List;

/// Rows of texts, of which those in one place begin below each other.
record Columns(List<List<String>> rows) {
    private static final int GAP = 2;

    Columns {
        rows = List.copyOf(rows);
    }

    /// The lines; the last text of a row is not filled up.
    String text() {
        return text(GAP);
    }

    /// @param gap blanks between columns
    String text(int gap) {
        var text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                text.append(cell);
                if (i < row.size() - 1) {
                    text.repeat(' ', width(i) - length(cell) + gap);
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        int width = 0;
        for (List<String> row : rows) {
            width = Math.max(width, column < row.size() - 1 ? length(row.get(column)) : 0);
        }
        return width;
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
