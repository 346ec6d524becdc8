package dev.kerr.gpu;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// An object of a file, which is asked for its fields by name and says where it is if they are not as expected.
///
/// @param file for messages
/// @param where it is in the file: `devices[0].containerEdits`; empty for the outermost
record CdiObject(String file, String where, Map<String, CdiValue> fields) {
    CdiObject {
        Objects.requireNonNull(file);
        Objects.requireNonNull(where);
        Objects.requireNonNull(fields);
    }

    /// @throws UserException if `value` is no object
    static CdiObject of(String file, String where, CdiValue value) throws UserException {
        if (value instanceof CdiValue.Fields object) {
            return new CdiObject(file, where, object.fields());
        }
        throw new UserException(file + ": " + (where.isEmpty() ? "the file" : where) + " is not an object");
    }

    /// Refuses fields of other names: what they ask for would not be done.
    void allow(List<String> names) throws UserException {
        for (String name : fields.keySet()) {
            if (!names.contains(name)) {
                throw fault(name, "is not known");
            }
        }
    }

    /// A field that must be there.
    String required(String name) throws UserException {
        String text = text(name);
        if (text.isEmpty()) {
            throw fault(name, "is missing");
        }
        return text;
    }

    /// A field that is empty if it is not there.
    String text(String name) throws UserException {
        return switch (value(name)) {
            case CdiValue.Scalar scalar -> scalar.text();
            case CdiValue.Nothing nothing -> "";
            case CdiValue.Items items -> throw fault(name, "is not a text");
            case CdiValue.Fields object -> throw fault(name, "is not a text");
        };
    }

    boolean has(String name) {
        return !(value(name) instanceof CdiValue.Nothing);
    }

    /// A list of texts; empty if it is not there.
    List<String> texts(String name) throws UserException {
        var texts = new ArrayList<String>();
        for (CdiValue item : items(name)) {
            if (item instanceof CdiValue.Scalar scalar) {
                texts.add(scalar.text());
            } else {
                throw fault(name, "is not a list of texts");
            }
        }
        return texts;
    }

    /// A list of objects; empty if it is not there.
    List<CdiObject> objects(String name) throws UserException {
        var objects = new ArrayList<CdiObject>();
        for (CdiValue item : items(name)) {
            objects.add(of(file, path(name) + "[" + objects.size() + "]", item));
        }
        return objects;
    }

    /// An object; one without fields if it is not there.
    CdiObject object(String name) throws UserException {
        CdiValue value = value(name);
        return of(file, path(name), value instanceof CdiValue.Nothing ? new CdiValue.Fields(Map.of()) : value);
    }

    /// `file: devices[0].name is missing`.
    UserException fault(String name, String problem) {
        return new UserException(file + ": " + path(name) + " " + problem);
    }

    private List<CdiValue> items(String name) throws UserException {
        CdiValue value = value(name);
        if (value instanceof CdiValue.Items items) {
            return items.items();
        }
        if (value instanceof CdiValue.Nothing) {
            return List.of();
        }
        throw fault(name, "is not a list");
    }

    private CdiValue value(String name) {
        return Optional.ofNullable(fields.get(name)).orElseGet(CdiValue.Nothing::new);
    }

    private String path(String name) {
        return where.isEmpty() ? name : where + "." + name;
    }
}
