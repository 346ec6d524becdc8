package dev.kerr.json;

import java.util.List;
import java.util.Objects;

/// A value of a JSON document.
///
/// **Source:** RFC 8259.
public sealed interface Json permits Json.Text, Json.Numeral, Json.Truth, Json.Null, Json.Array, JsonObject {
    /// A text; never with half of a surrogate pair, which UTF-8 cannot hold.
    record Text(String value) implements Json {
        public Text {
            Objects.requireNonNull(value);
        }
    }

    /// A number as it is spelled, so that one that no Java type holds is kept too.
    record Numeral(String literal) implements Json {
        public Numeral {
            Objects.requireNonNull(literal);
        }

        public Numeral(long value) {
            this(Long.toString(value));
        }
    }

    /// `true` or `false`.
    record Truth(boolean value) implements Json {}

    /// `null`, which Go writes for a list that was never made.
    record Null() implements Json {}

    /// A list of values.
    record Array(List<Json> elements) implements Json {
        public Array {
            elements = List.copyOf(elements);
        }

        /// A list of texts.
        public static Array of(List<String> texts) {
            return new Array(texts.stream().<Json>map(Text::new).toList());
        }
    }
}
