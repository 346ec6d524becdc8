package dev.kerr.gpu;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/// Reads JSON into values.
final class CdiJson {
    private CdiJson() {}

    /// @throws FormatException if it is no JSON, or has a key twice, more than one value, or values too deep in each
    /// other
    static CdiValue read(byte[] content) throws FormatException {
        var factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try (JsonParser parser = factory.createParser(content)) {
            if (parser.nextToken() == null) {
                throw new FormatException("an empty file", 0);
            }
            CdiValue value = value(parser, 0);
            if (parser.nextToken() != null) {
                throw new FormatException("something behind the end of the JSON", offset(parser));
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new FormatException(
                    "bad JSON: " + e.getOriginalMessage(), e.getLocation().getByteOffset());
        } catch (FormatException e) {
            throw e;
        } catch (IOException e) {
            throw new FormatException("bad JSON: " + e.getMessage(), 0);
        }
    }

    private static CdiValue value(JsonParser parser, int depth) throws IOException {
        if (depth > CdiValue.MAX_DEPTH) {
            throw new FormatException("JSON values lie too deep in each other", offset(parser));
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            var fields = new LinkedHashMap<String, CdiValue>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                fields.put(name, value(parser, depth + 1));
            }
            return new CdiValue.Fields(fields);
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            var items = new ArrayList<CdiValue>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(value(parser, depth + 1));
            }
            return new CdiValue.Items(items);
        }
        return parser.currentToken() == JsonToken.VALUE_NULL
                ? new CdiValue.Nothing()
                : new CdiValue.Scalar(parser.getText());
    }

    private static long offset(JsonParser parser) {
        return parser.currentLocation().getByteOffset();
    }
}
