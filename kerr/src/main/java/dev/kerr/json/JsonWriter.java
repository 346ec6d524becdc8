package dev.kerr.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// Writes a tree as a JSON document in UTF-8: the same tree, the same bytes.
public final class JsonWriter {
    private JsonWriter() {}

    /// Without a blank or newline.
    public static byte[] compact(Json value) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = new JsonFactory().createGenerator(bytes)) {
            write(generator, value);
        } catch (IOException e) {
            throw new UncheckedIOException("a ByteArrayOutputStream does not fail", e);
        }
        return bytes.toByteArray();
    }

    /// For people: indented by tabs, as Docker writes its files, and with a newline at the end.
    public static byte[] indented(Json value) {
        var separators = Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator("");
        var tabs = new DefaultIndenter("\t", "\n");
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = new JsonFactory().createGenerator(bytes)) {
            generator.setPrettyPrinter(new DefaultPrettyPrinter(separators)
                    .withObjectIndenter(tabs)
                    .withArrayIndenter(tabs));
            write(generator, value);
            generator.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("a ByteArrayOutputStream does not fail", e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator generator, Json value) throws IOException {
        switch (value) {
            case Json.Text(String text) -> generator.writeString(text);
            case Json.Numeral(String literal) -> generator.writeNumber(literal);
            case Json.Truth(boolean truth) -> generator.writeBoolean(truth);
            case Json.Null() -> generator.writeNull();
            case Json.Array(var elements) -> {
                generator.writeStartArray();
                for (Json element : elements) {
                    write(generator, element);
                }
                generator.writeEndArray();
            }
            case JsonObject(long _, var members) -> {
                generator.writeStartObject();
                for (Map.Entry<String, Json> member : members.entrySet()) {
                    generator.writeFieldName(member.getKey());
                    write(generator, member.getValue());
                }
                generator.writeEndObject();
            }
        }
    }
}
