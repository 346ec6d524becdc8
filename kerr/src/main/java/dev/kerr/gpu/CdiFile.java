package dev.kerr.gpu;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// One description of devices, in JSON or YAML: what each of them asks for, and what all of them do.
///
/// @param path of the file, for messages
/// @param kind `vendor.com/class`
/// @param devices by name
/// @param edits what is asked for once for any of the devices
///
/// Source: Container Device Interface 0.8.0, `SPEC.md`.
record CdiFile(String path, String kind, Map<String, CdiEdits> devices, CdiEdits edits) {
    /// The versions whose fields are among those of 0.8.0, or are refused by name.
    private static final List<String> VERSIONS =
            List.of("0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0");

    CdiFile {
        Objects.requireNonNull(path);
        Objects.requireNonNull(kind);
        devices = Collections.unmodifiableMap(new LinkedHashMap<>(devices));
        Objects.requireNonNull(edits);
    }

    /// Reads the content of a file.
    ///
    /// @param path tells JSON (`.json`) from YAML
    /// @throws UserException if the content is damaged, or says what it must not
    static CdiFile decode(byte[] content, String path) throws UserException {
        CdiValue value;
        try {
            value = path.endsWith(".json") ? CdiJson.read(content) : CdiYaml.read(content);
        } catch (FormatException e) {
            throw new UserException(path + ": " + e.getMessage());
        }
        var file = CdiObject.of(path, "", value);
        String version = file.required("cdiVersion");
        if (!VERSIONS.contains(version.startsWith("v") ? version.substring(1) : version)) {
            throw file.fault("cdiVersion", "is " + version + ", which is not known: " + String.join(", ", VERSIONS));
        }
        file.allow(List.of("cdiVersion", "kind", "annotations", "devices", "containerEdits"));
        String kind = file.required("kind");
        int slash = kind.indexOf('/');
        if (slash < 0
                || !isName(kind.substring(0, slash), "_-.", true)
                || !isName(kind.substring(slash + 1), "_-", true)) {
            throw file.fault("kind", "is '" + kind + "', which is not vendor/class");
        }
        var devices = new LinkedHashMap<String, CdiEdits>();
        for (CdiObject device : file.objects("devices")) {
            device.allow(List.of("name", "annotations", "containerEdits"));
            String name = device.required("name");
            if (!isName(name, "_-.:", false)) {
                throw device.fault("name", "is '" + name + "', which is not a device's name");
            }
            if (devices.put(name, CdiEdits.of(device.object("containerEdits"))) != null) {
                throw device.fault("name", "is '" + name + "', which is there twice");
            }
        }
        if (devices.isEmpty()) {
            throw file.fault("devices", "has none");
        }
        return new CdiFile(path, kind, devices, CdiEdits.of(file.object("containerEdits")));
    }

    /// Whether a text begins (with a letter if `letterFirst`) and ends with a letter or digit, and has nothing but
    /// these
    /// and some `others` between them.
    private static boolean isName(String text, String others, boolean letterFirst) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            boolean digit = c >= '0' && c <= '9';
            boolean end = i == 0 || i == text.length() - 1;
            if (i == 0 && letterFirst && !letter || !letter && !digit && (end || others.indexOf(c) < 0)) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
