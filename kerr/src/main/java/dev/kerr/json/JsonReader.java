package dev.kerr.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads one JSON document whose maker nobody trusts. The caller bounds its size; here are bounded how deep it is
/// nested and how many values it has, and a name that an object has twice is refused: two readers may choose
/// differently.
public final class JsonReader {
    private static final int DEEPEST = 64;
    private static final int MOST_VALUES = 500_000;
    private static final int LONGEST_SHOWN = 100;

    private final JsonParser parser;
    private int values;

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /// Reads a document that is one object.
    ///
    /// @throws FormatException if it is not, or a bound is passed
    public static JsonObject readObject(byte[] document) throws FormatException {
        if (read(document) instanceof JsonObject object) {
            return object;
        }
        throw new FormatException("the JSON is no object", 0);
    }

    /// Reads a document.
    ///
    /// @throws FormatException if it is not JSON, or a bound is passed
    public static Json read(byte[] document) throws FormatException {
        var constraints = StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST)
                .maxStringLength(Math.max(1, document.length))
                .build();
        var factory = JsonFactory.builder().streamReadConstraints(constraints).build();
        try (JsonParser parser = factory.createParser(document)) {
            var reader = new JsonReader(parser);
            Json value = reader.value(parser.nextToken());
            if (parser.nextToken() != null) {
                throw reader.fault("there is more behind the JSON");
            }
            return value;
        } catch (FormatException e) {
            throw e;
        } catch (StreamConstraintsException e) {
            throw new FormatException("the JSON is nested too deep, or a name or number in it is too long", at(e));
        } catch (JsonProcessingException e) {
            throw new FormatException("malformed JSON", at(e));
        } catch (IOException e) {
            throw new FormatException("malformed JSON: " + e.getMessage(), 0);
        }
    }

    private static long at(JsonProcessingException fault) {
        return fault.getLocation() == null ? 0 : Math.max(0, fault.getLocation().getByteOffset());
    }

    private Json value(@Nullable JsonToken token) throws IOException {
        values++;
        if (values > MOST_VALUES) {
            throw fault("the JSON has more than " + MOST_VALUES + " values");
        }
        if (token == null) { // as a case of the switch, it would cost a launch a class that is made while it runs
            throw fault("there is no JSON");
        }
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> new Json.Text(text(parser.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Numeral(parser.getText());
            case VALUE_TRUE -> new Json.Truth(true);
            case VALUE_FALSE -> new Json.Truth(false);
            case VALUE_NULL -> new Json.Null();
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw fault("malformed JSON");
        };
    }

    private JsonObject object() throws IOException {
        long offset = parser.currentTokenLocation().getByteOffset();
        var members = new LinkedHashMap<String, Json>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = text(parser.currentName());
            if (members.containsKey(name)) {
                String shown = name.substring(0, Math.min(name.length(), LONGEST_SHOWN));
                throw fault("\"" + shown + "\" appears twice in one object");
            }
            members.put(name, value(parser.nextToken()));
        }
        return new JsonObject(offset, members);
    }

    private Json.Array array() throws IOException {
        List<Json> elements = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            elements.add(value(token));
        }
        return new Json.Array(elements);
    }

    /// A half of a surrogate pair can be written as an escape, but then no other way.
    private String text(String text) throws FormatException {
        if (text.codePoints().anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
            throw fault("a text has half of a surrogate pair");
        }
        return text;
    }

    private FormatException fault(String problem) {
        return new FormatException(
                problem, Math.max(0, parser.currentTokenLocation().getByteOffset()));
    }
}
