package dev.kerr.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The table of packages in `ARCHITECTURE.md`: what there is, on which layer, and what each may import.
///
/// The table is the one whose header is `| package | layer | may import | what it is |`. A package is in backquotes,
/// without `dev.kerr.`; a layer is a number, with a name behind it if need be; imports are packages in backquotes, or a
/// dash.
record PackageTable(Map<String, Row> rows) {
    private static final Pattern QUOTED = Pattern.compile("`([a-z0-9_.]+)`");
    private static final Pattern USE =
            Pattern.compile("\\bdev\\.kerr\\.([a-z][a-z0-9_]*(?:\\.[a-z][a-z0-9_]*)*)\\.[A-Z*]");

    record Row(int layer, Set<String> mayImport) {}

    /// @throws IllegalArgumentException if the document has no such table, or a row of it cannot be read
    static PackageTable parse(String document) {
        var rows = new LinkedHashMap<String, Row>();
        boolean inTable = false;
        for (String line : document.lines().toList()) {
            var cells = cells(line);
            if (cells.size() >= 3
                    && cells.get(0).equals("package")
                    && cells.get(1).equals("layer")) {
                inTable = true;
            } else if (inTable && cells.isEmpty()) {
                inTable = false;
            } else if (inTable && !cells.get(0).matches("[-: ]*")) {
                addRow(rows, line, cells);
            }
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("there is no table with the header | package | layer | may import | …");
        }
        return new PackageTable(rows);
    }

    private static void addRow(Map<String, Row> rows, String line, List<String> cells) {
        var names = quoted(cells.get(0));
        var layer = Pattern.compile("^\\d+").matcher(cells.get(1));
        if (names.size() != 1 || !layer.find() || cells.size() < 3) {
            throw new IllegalArgumentException("cannot read the row: " + line);
        }
        rows.put(names.iterator().next(), new Row(Integer.parseInt(layer.group()), quoted(cells.get(2))));
    }

    private static List<String> cells(String line) {
        if (!line.startsWith("|")) {
            return List.of();
        }
        return List.of(line.substring(1).split("\\|")).stream()
                .map(String::strip)
                .toList();
    }

    private static Set<String> quoted(String cell) {
        var names = new LinkedHashSet<String>();
        QUOTED.matcher(cell).results().forEach(result -> names.add(result.group(1)));
        return names;
    }

    /// The packages below `dev.kerr` that the code of `source` names, by import or in full.
    static Set<String> uses(SourceText source) {
        var used = new LinkedHashSet<String>();
        USE.matcher(source.code()).results().forEach(result -> used.add(result.group(1)));
        return used;
    }

    /// What is wrong with the table itself, given the packages that have sources.
    List<String> faults(List<String> packages) {
        var faults = new ArrayList<String>();
        for (String name : packages) {
            if (!rows.containsKey(name)) {
                faults.add(name + " has no row");
            }
        }
        rows.forEach((name, row) -> {
            if (!packages.contains(name)) {
                faults.add(name + " has a row, but no sources");
            }
            for (String imported : row.mayImport()) {
                if (!rows.containsKey(imported)) {
                    faults.add(name + " may import " + imported + ", which has no row");
                } else if (rows.get(imported).layer() > row.layer()) {
                    faults.add(name + " may import " + imported + " of a higher layer");
                }
            }
            if (reaches(name, name, new LinkedHashSet<>())) {
                faults.add(name + " is on a cycle");
            }
        });
        return faults;
    }

    /// What is wrong with the imports of `source`, which is in the package `name`.
    List<String> faults(String name, SourceText source) {
        var row = rows.get(name);
        if (row == null) {
            return List.of();
        }
        return uses(source).stream()
                .filter(used -> !used.equals(name) && !row.mayImport().contains(used))
                .map(used -> source.path() + " uses " + used + ", which " + name + " may not import")
                .toList();
    }

    private boolean reaches(String from, String target, Set<String> seen) {
        var row = rows.get(from);
        if (row == null || !seen.add(from)) {
            return false;
        }
        return row.mayImport().contains(target)
                || row.mayImport().stream().anyMatch(imported -> reaches(imported, target, seen));
    }
}
