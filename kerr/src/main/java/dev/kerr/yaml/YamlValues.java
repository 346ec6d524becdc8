package dev.kerr.yaml;

import java.util.List;
import java.util.SequencedMap;

/// Makes the values that a reader of YAML wants.
///
/// @param <T> what a value is to it
public interface YamlValues<T> {
    /// Text, a number or a truth value, as it is written.
    T scalar(String text);

    /// `null`, `~`, or nothing at all.
    T nothing();

    /// A list.
    T items(List<T> items);

    /// A mapping, in the order of the document.
    T fields(SequencedMap<String, T> fields);
}
