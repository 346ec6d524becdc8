package dev.kerr.deffile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads labels written one a line as `key value`; the first blank ends the key.
public final class Labels {
    private Labels() {}

    static Map<String, String> of(Section section) {
        return of(section.lines().stream().map(Line::text).toList());
    }

    /// The labels of the given lines in their order; blank lines and those starting with `#` are skipped.
    public static Map<String, String> of(List<String> lines) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String line : lines) {
            String text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                String[] parts = text.split("\\s+", 2);
                labels.put(parts[0], parts.length > 1 ? parts[1] : "");
            }
        }
        return Collections.unmodifiableMap(labels);
    }
}
