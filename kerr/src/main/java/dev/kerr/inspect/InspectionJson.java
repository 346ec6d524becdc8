package dev.kerr.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;

/// An inspection as the JSON document of the peers.
///
/// **Source:** the output of `apptainer inspect --json`; what is empty is left out.
final class InspectionJson {
    private InspectionJson() {}

    static String indented(Inspection inspection) {
        return Json.text(Json.Layout.INDENTED, generator -> write(generator, inspection));
    }

    static String compact(Inspection inspection) {
        return Json.text(Json.Layout.COMPACT, generator -> write(generator, inspection));
    }

    private static void write(JsonGenerator generator, Inspection inspection) throws IOException {
        generator.writeStartObject();
        generator.writeObjectFieldStart("data");
        generator.writeObjectFieldStart("attributes");
        if (!inspection.apps().isEmpty()) {
            generator.writeObjectFieldStart("apps");
            for (Map.Entry<String, Attributes> app : inspection.apps().entrySet()) {
                generator.writeObjectFieldStart(app.getKey());
                writeAttributes(generator, app.getValue());
                generator.writeEndObject();
            }
            generator.writeEndObject();
        }
        writeAttributes(generator, inspection.image());
        generator.writeEndObject();
        generator.writeEndObject();
        generator.writeStringField("type", "container");
        generator.writeEndObject();
    }

    private static void writeAttributes(JsonGenerator generator, Attributes attributes) throws IOException {
        writeMap(generator, "environment", attributes.environment());
        writeMap(generator, "labels", attributes.labels());
        Attributes.Scripts scripts = attributes.scripts();
        writeText(generator, "runscript", scripts.runscript());
        writeText(generator, "test", scripts.test());
        writeText(generator, "helpfile", scripts.helpfile());
        writeText(generator, "deffile", scripts.deffile());
        writeText(generator, "startscript", scripts.startscript());
    }

    private static void writeMap(JsonGenerator generator, String name, SortedMap<String, String> map)
            throws IOException {
        if (!map.isEmpty()) {
            generator.writeObjectFieldStart(name);
            for (Map.Entry<String, String> entry : map.entrySet()) {
                generator.writeStringField(entry.getKey(), entry.getValue());
            }
            generator.writeEndObject();
        }
    }

    private static void writeText(JsonGenerator generator, String name, String text) throws IOException {
        if (!text.isEmpty()) {
            generator.writeStringField(name, text);
        }
    }
}
