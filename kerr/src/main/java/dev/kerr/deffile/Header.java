package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The header of a definition: what its root file system starts from.
///
/// @param entries the entries in the order of the file; a later one of the same keyword wins
public record Header(List<Entry> entries) {
    /// One line `Keyword: value`.
    ///
    /// @param keyword in lower case
    /// @param value without comment and outer blanks
    /// @param line number of the line it begins on, from 1
    /// @param column of the value on that line, from 1; 0 if it is not known
    public record Entry(String keyword, String value, int line, int column) {
        public Entry {
            requireNonNull(keyword);
            requireNonNull(value);
        }

        public Entry(String keyword, String value, int line) {
            this(keyword, value, line, 0);
        }
    }

    public Header {
        entries = List.copyOf(entries);
    }

    /// Whether there is no header at all, as in a definition made for `--update`.
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /// The value of a keyword (in lower case); empty if it is absent or has no value.
    public Optional<String> value(String keyword) {
        return entry(keyword).map(Entry::value).filter(value -> !value.isEmpty());
    }

    /// The entry that counts for a keyword (in lower case); empty if it is absent.
    public Optional<Entry> entry(String keyword) {
        return entries.stream().filter(entry -> entry.keyword().equals(keyword)).reduce((first, second) -> second);
    }

    /// Keywords and values in the order of the file.
    public Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        entries.forEach(entry -> values.put(entry.keyword(), entry.value()));
        return values;
    }
}
