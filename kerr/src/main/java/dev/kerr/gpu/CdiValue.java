package dev.kerr.gpu;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A value of a JSON or YAML file.
sealed interface CdiValue {
    /// How deep values may lie in each other; descriptions of devices need six.
    int MAX_DEPTH = 32;

    /// How large a file may be.
    int MAX_BYTES = 16 << 20;

    /// Text, a number or a truth value, as it is written.
    record Scalar(String text) implements CdiValue {
        public Scalar {
            Objects.requireNonNull(text);
        }
    }

    /// `null`.
    record Nothing() implements CdiValue {}

    /// A list.
    record Items(List<CdiValue> items) implements CdiValue {
        public Items {
            items = List.copyOf(items);
        }
    }

    /// An object, in the order of the file.
    record Fields(Map<String, CdiValue> fields) implements CdiValue {
        public Fields {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }
}
