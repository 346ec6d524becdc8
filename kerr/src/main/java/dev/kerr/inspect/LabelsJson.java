package dev.kerr.inspect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The file `labels.json` of an image: one JSON object whose values are strings.
public final class LabelsJson {
    private LabelsJson() {}

    /// The labels as the content of `labels.json`, sorted by key.
    public static String encode(SortedMap<String, String> labels) {
        return Json.text(Json.Layout.INDENTED, generator -> {
            generator.writeStartObject();
            for (Map.Entry<String, String> label : labels.entrySet()) {
                generator.writeStringField(label.getKey(), label.getValue());
            }
            generator.writeEndObject();
        });
    }

    /// Reads the content of `labels.json`; numbers and truth values are taken as text, and `null` as an empty
    /// one.
    ///
    /// @param path of the file, for messages
    /// @throws UserException if the content is not a JSON object of such values
    public static SortedMap<String, String> decode(byte[] content, String path) throws UserException {
        SortedMap<String, String> labels = new TreeMap<>();
        try (JsonParser parser = new JsonFactory().createParser(content)) {
            if (parser.nextToken() == null) {
                return labels;
            }
            require(parser.currentToken() == JsonToken.START_OBJECT, path);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                JsonToken value = parser.nextToken();
                require(value != null && value.isScalarValue(), path);
                labels.put(key, value == JsonToken.VALUE_NULL ? "" : parser.getText());
            }
            require(parser.currentToken() == JsonToken.END_OBJECT, path);
        } catch (IOException e) {
            throw broken(path);
        }
        return labels;
    }

    private static void require(boolean holds, String path) throws UserException {
        if (!holds) {
            throw broken(path);
        }
    }

    private static UserException broken(String path) {
        return new UserException("labels of the image are damaged: " + path + " is not a JSON object of strings");
    }
}
