package dev.kerr.squashfs;

import java.util.LinkedHashMap;
import java.util.Map;

/// The user and group ids in use, in the order of their first use.
final class IdTableWriter {
    /// Their number stands in 16 bits of the superblock.
    static final int MOST_IDS = 0xffff;

    private final Map<Long, Integer> indexes = new LinkedHashMap<>();

    /// The place of `id` in the table, which it is added to.
    ///
    /// @param entry the file that has it
    /// @throws InvalidTreeException if there are too many
    int index(long id, Entry entry) throws InvalidTreeException {
        Integer known = indexes.get(id);
        if (known != null) {
            return known;
        }
        if (indexes.size() == MOST_IDS) {
            throw new InvalidTreeException(
                    entry.path(),
                    "its files have more than " + MOST_IDS
                            + " different user and group ids, and SquashFS has room for no more");
        }
        indexes.put(id, indexes.size());
        return indexes.size() - 1;
    }

    int count() {
        return indexes.size();
    }

    void writeTable(MetadataWriter table) {
        for (long id : indexes.keySet()) {
            table.put32(id);
        }
    }
}
