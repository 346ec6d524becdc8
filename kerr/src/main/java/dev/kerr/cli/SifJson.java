package dev.kerr.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Extra;
import dev.kerr.sif.Link;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifHeader;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/// What `sif list --json` prints: numbers as the file has them, names as listings show them, times in Unix seconds, and
/// no member for what there is not.
final class SifJson {
    private SifJson() {}

    static String of(Sif sif) {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            json.writeStartObject();
            header(json, sif.header());
            json.writeArrayFieldStart("objects");
            for (Descriptor descriptor : sif.descriptors()) {
                object(json, descriptor);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException("a StringWriter does not fail", impossible);
        }
        return text.append('\n').toString();
    }

    private static void header(JsonGenerator json, SifHeader header) throws IOException {
        json.writeObjectFieldStart("header");
        json.writeStringField("launchScript", header.launchScript());
        json.writeStringField("version", SifHeader.VERSION);
        json.writeStringField("architecture", header.architecture().goName());
        json.writeStringField("id", header.id().toString());
        time(json, "created", header.created());
        time(json, "modified", header.modified());
        json.writeNumberField("descriptorsFree", header.descriptors().free());
        json.writeNumberField("descriptorsTotal", header.descriptors().total());
        json.writeNumberField("descriptorsOffset", header.descriptors().offset());
        json.writeNumberField("descriptorsSize", header.descriptors().size());
        json.writeNumberField("dataOffset", header.dataOffset());
        json.writeNumberField("dataSize", header.dataSize());
        json.writeEndObject();
    }

    private static void time(JsonGenerator json, String field, long seconds) throws IOException {
        if (seconds != SifHeader.NO_TIME) {
            json.writeNumberField(field, seconds);
        }
    }

    private static void object(JsonGenerator json, Descriptor descriptor) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", Integer.toUnsignedLong(descriptor.id()));
        json.writeStringField("type", descriptor.type().label());
        json.writeNumberField("typeCode", descriptor.typeCode());
        if (descriptor.group().isPresent()) {
            json.writeNumberField("group", descriptor.group().getAsLong());
        }
        switch (descriptor.link()) {
            case Link.None() -> {}
            case Link.ToObject(long id) -> json.writeNumberField("linkedObject", id);
            case Link.ToGroup(long id) -> json.writeNumberField("linkedGroup", id);
        }
        json.writeNumberField("offset", descriptor.offset());
        json.writeNumberField("size", descriptor.size());
        time(json, "created", descriptor.createdSeconds());
        time(json, "modified", descriptor.modifiedSeconds());
        if (!descriptor.name().isEmpty()) {
            json.writeStringField("name", descriptor.name());
        }
        extra(json, descriptor.extra());
        json.writeEndObject();
    }

    private static void extra(JsonGenerator json, Extra extra) throws IOException {
        switch (extra) {
            case Extra.None() -> {}
            case Extra.Partition(var fs, var purpose, var architecture) -> {
                json.writeStringField("filesystem", fs.label());
                json.writeStringField("partitionType", purpose.label());
                json.writeStringField("architecture", architecture.goName());
            }
            case Extra.Signature(var hash, var fingerprint) -> {
                json.writeStringField("hash", hash.label());
                if (!fingerprint.isEmpty()) {
                    json.writeStringField("fingerprint", fingerprint);
                }
            }
            case Extra.CryptoMessage(var format, var type) -> {
                json.writeStringField("format", format.label());
                json.writeStringField("messageType", type.label());
            }
            case Extra.Sbom(var format) -> json.writeStringField("format", format.label());
            case Extra.OciDigest(var digest) -> json.writeStringField("digest", digest);
        }
    }
}
