package dev.kerr.inspect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Writes JSON just as Go's encoder does, so that files are byte for byte those of the peers: tabs, a blank
/// only after a
/// colon, and `<`, `>`, `&` escaped.
final class Json {
    /// How a document is laid out.
    enum Layout {
        COMPACT,
        INDENTED
    }

    /// Writes a document to a generator.
    interface Content {
        void writeTo(JsonGenerator generator) throws IOException;
    }

    private Json() {}

    static String text(Layout layout, Content content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
            generator.setCharacterEscapes(new GoEscapes());
            if (layout == Layout.INDENTED) {
                generator.setPrettyPrinter(tabs());
            }
            content.writeTo(generator);
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return text.toString();
    }

    private static DefaultPrettyPrinter tabs() {
        Separators separators = Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator("");
        return new DefaultPrettyPrinter(separators).withObjectIndenter(new DefaultIndenter("\t", "\n"));
    }

    private static final class GoEscapes extends CharacterEscapes {
        private static final long serialVersionUID = 1;
        private static final int LINE_SEPARATOR = 0x2028;
        private static final int PARAGRAPH_SEPARATOR = 0x2029;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = CharacterEscapes.standardAsciiEscapesForJSON();
            for (int character = 0; character < codes.length; character++) {
                if (codes[character] == CharacterEscapes.ESCAPE_STANDARD || "<>&".indexOf(character) >= 0) {
                    codes[character] = CharacterEscapes.ESCAPE_CUSTOM;
                }
            }
            return codes;
        }

        /// Asked for the characters marked above and for all that are not ASCII; `null` leaves a character as
        /// it is.
        @Override
        public @Nullable SerializableString getEscapeSequence(int character) {
            boolean escaped = character < 0x80 || character == LINE_SEPARATOR || character == PARAGRAPH_SEPARATOR;
            return escaped ? new SerializedString(String.format("\\u%04x", character)) : null;
        }
    }
}
