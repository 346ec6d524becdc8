package dev.kerr.json;

import dev.kerr.bytes.FormatException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// An object of a JSON document: named values in the order of the document. A member that is `null` counts as absent.
///
/// @param offset where it starts in the document, in bytes; 0 if it was not read from one
/// @param members in order; cannot be changed
public record JsonObject(long offset, SequencedMap<String, Json> members) implements Json {
    public JsonObject {
        members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
    }

    /// An object that is made here.
    public JsonObject(SequencedMap<String, Json> members) {
        this(0, members);
    }

    /// The same object with one member set; a new one comes last.
    public JsonObject with(String name, Json value) {
        var changed = new LinkedHashMap<>(members);
        changed.put(Objects.requireNonNull(name), Objects.requireNonNull(value));
        return new JsonObject(offset, changed);
    }

    /// The same object without one member.
    public JsonObject without(String name) {
        var changed = new LinkedHashMap<>(members);
        changed.remove(name);
        return new JsonObject(offset, changed);
    }

    /// Whether there is such a member, other than `null`.
    public boolean has(String name) {
        return find(name).isPresent();
    }

    /// A member of any kind.
    public Optional<Json> find(String name) {
        return Optional.ofNullable(members.get(name)).filter(value -> !(value instanceof Json.Null));
    }

    /// A text.
    ///
    /// @throws FormatException if the member is something else
    public Optional<String> findText(String name) throws FormatException {
        return find(name, Json.Text.class, "a text").map(Json.Text::value);
    }

    /// A text that must be there.
    ///
    /// @throws FormatException if it is not, or the member is something else
    public String text(String name) throws FormatException {
        return required(name, findText(name));
    }

    /// A text; empty if there is none.
    ///
    /// @throws FormatException if the member is something else
    public String textOrEmpty(String name) throws FormatException {
        return findText(name).orElse("");
    }

    /// A whole number of 64 bits that must be there.
    ///
    /// @throws FormatException if it is not, or the member is something else
    public long number(String name) throws FormatException {
        String literal =
                required(name, find(name, Json.Numeral.class, "a number").map(Json.Numeral::literal));
        try {
            return Long.parseLong(literal);
        } catch (NumberFormatException e) {
            throw fault("\"" + name + "\" is no whole number of 64 bits");
        }
    }

    /// An object.
    ///
    /// @throws FormatException if the member is something else
    public Optional<JsonObject> findObject(String name) throws FormatException {
        return find(name, JsonObject.class, "an object");
    }

    /// An object that must be there.
    ///
    /// @throws FormatException if it is not, or the member is something else
    public JsonObject object(String name) throws FormatException {
        return required(name, findObject(name));
    }

    /// A list of objects; empty if there is none.
    ///
    /// @throws FormatException if the member is something else
    public List<JsonObject> objects(String name) throws FormatException {
        var objects = new ArrayList<JsonObject>();
        for (Json element : elements(name)) {
            objects.add(cast(element, JsonObject.class, "an element of \"" + name + "\" is no object"));
        }
        return objects;
    }

    /// A list of texts; empty if there is none.
    ///
    /// @throws FormatException if the member is something else
    public List<String> texts(String name) throws FormatException {
        var texts = new ArrayList<String>();
        for (Json element : elements(name)) {
            texts.add(cast(element, Json.Text.class, "an element of \"" + name + "\" is no text")
                    .value());
        }
        return texts;
    }

    /// An object whose members are texts, sorted by name; empty if there is none.
    ///
    /// @throws FormatException if the member is something else
    public SortedMap<String, String> textMap(String name) throws FormatException {
        var map = new TreeMap<String, String>();
        Optional<JsonObject> object = findObject(name);
        if (object.isPresent()) {
            for (Map.Entry<String, Json> member : object.get().members().entrySet()) {
                String problem = "a member of \"" + name + "\" is no text";
                map.put(
                        member.getKey(),
                        cast(member.getValue(), Json.Text.class, problem).value());
            }
        }
        return map;
    }

    /// That something about this object is wrong.
    public FormatException fault(String problem) {
        return new FormatException(problem, offset);
    }

    private List<Json> elements(String name) throws FormatException {
        return find(name, Json.Array.class, "a list").map(Json.Array::elements).orElse(List.of());
    }

    private <T extends Json> Optional<T> find(String name, Class<T> type, String kind) throws FormatException {
        Optional<Json> value = find(name);
        return value.isPresent()
                ? Optional.of(cast(value.get(), type, "\"" + name + "\" is not " + kind))
                : Optional.empty();
    }

    private <T extends Json> T cast(Json value, Class<T> type, String problem) throws FormatException {
        if (!type.isInstance(value)) {
            throw fault(problem);
        }
        return type.cast(value);
    }

    private <T> T required(String name, Optional<T> value) throws FormatException {
        return value.orElseThrow(() -> fault("\"" + name + "\" is missing"));
    }
}
