package dev.kerr.sif;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Holds `docs/formats/sif.md` against the code.
class SifDocumentTest {
    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| (\\d+) \\| ([^|]+) \\|.*");

    @Test
    void offsets_of_the_header_are_those_of_the_code() throws IOException {
        assertThat(offsets("## Global header", SifHeader.SIZE))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("launch script", SifHeader.LAUNCH_AT),
                        Map.entry("magic", SifHeader.MAGIC_AT),
                        Map.entry("version", SifHeader.VERSION_AT),
                        Map.entry("architecture", SifHeader.ARCHITECTURE_AT),
                        Map.entry("id", SifHeader.ID_AT),
                        Map.entry("created", SifHeader.CREATED_AT),
                        Map.entry("modified", SifHeader.MODIFIED_AT),
                        Map.entry("descriptors free", SifHeader.DESCRIPTORS_FREE_AT),
                        Map.entry("descriptors total", SifHeader.DESCRIPTORS_TOTAL_AT),
                        Map.entry("descriptors offset", SifHeader.DESCRIPTORS_OFFSET_AT),
                        Map.entry("descriptors size", SifHeader.DESCRIPTORS_SIZE_AT),
                        Map.entry("data offset", SifHeader.DATA_OFFSET_AT),
                        Map.entry("data size", SifHeader.DATA_SIZE_AT)));
    }

    @Test
    void offsets_of_a_descriptor_are_those_of_the_code() throws IOException {
        assertThat(offsets("## Descriptor", Descriptor.SIZE))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("type", Descriptor.TYPE_AT),
                        Map.entry("used", Descriptor.USED_AT),
                        Map.entry("id", Descriptor.ID_AT),
                        Map.entry("group", Descriptor.GROUP_AT),
                        Map.entry("link", Descriptor.LINK_AT),
                        Map.entry("offset", Descriptor.OFFSET_AT),
                        Map.entry("size", Descriptor.SIZE_AT),
                        Map.entry("size with padding", Descriptor.PADDED_SIZE_AT),
                        Map.entry("created", Descriptor.CREATED_AT),
                        Map.entry("modified", Descriptor.MODIFIED_AT),
                        Map.entry("uid", Descriptor.UID_AT),
                        Map.entry("gid", Descriptor.GID_AT),
                        Map.entry("name", Descriptor.NAME_AT),
                        Map.entry("extra", Descriptor.EXTRA_AT)));
    }

    @Test
    void offsets_of_the_extras_are_those_of_the_code() throws IOException {
        Map<String, Integer> fields = new LinkedHashMap<>();
        Pattern row = Pattern.compile("\\| ([^|]+) \\| (\\d+) \\| (\\d+) \\| ([^|:,]+).* \\|");
        boolean inside = false;
        for (String line : Files.readAllLines(document())) {
            inside = line.startsWith("## ") ? line.equals("## Extras") : inside;
            Matcher matcher = row.matcher(line);
            if (inside && matcher.matches()) {
                int at = Integer.parseInt(matcher.group(2));
                fields.put(matcher.group(1) + ": " + matcher.group(4).strip(), at);
                assertThat(at + Integer.parseInt(matcher.group(3))).as(line).isLessThanOrEqualTo(Extra.SIZE);
            }
        }
        assertThat(fields)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "partition: file system", Extra.PARTITION_FS_AT,
                        "partition: purpose", Extra.PARTITION_TYPE_AT,
                        "partition: architecture", Extra.PARTITION_ARCHITECTURE_AT,
                        "signature: hash", Extra.SIGNATURE_HASH_AT,
                        "signature: signer", Extra.SIGNATURE_ENTITY_AT,
                        "cryptographic message: format", Extra.CRYPTO_FORMAT_AT,
                        "cryptographic message: type of message", Extra.CRYPTO_TYPE_AT,
                        "SBOM: format", 0,
                        "OCI root index, OCI blob: digest of the content in ASCII", 0));
    }

    @Test
    void the_locked_header_is_what_the_document_says() throws IOException {
        assertThat(Files.readString(document()).replace("\n  ", " "))
                .contains("an exclusive one on the " + SifHeader.SIZE + " bytes of the header");
    }

    @Test
    void every_code_is_in_the_document() throws IOException {
        String document = Files.readString(document());
        for (DataType type : DataType.values()) {
            if (type != DataType.UNKNOWN) {
                assertThat(document)
                        .contains("| 0x" + HexFormat.of().withUpperCase().toHexDigits(type.code(), 4) + " |");
            }
        }
        for (Architecture architecture : Architecture.values()) {
            if (architecture != Architecture.UNKNOWN) {
                assertThat(document).contains(architecture.code() + " " + architecture.goName());
            }
        }
        for (SbomFormat format : SbomFormat.values()) {
            if (format != SbomFormat.UNKNOWN) {
                assertThat(document).contains(format.code() + " " + format.label());
            }
        }
        assertThat(document).contains("more than " + SifHeader.MOST_DESCRIPTORS + " slots");
    }

    /// Fields and offsets of the table below `heading`, which must follow each other without a gap up to `size`.
    private static Map<String, Integer> offsets(String heading, int size) throws IOException {
        Map<String, Integer> offsets = new LinkedHashMap<>();
        boolean inside = false;
        int end = 0;
        for (String line : Files.readAllLines(document())) {
            inside = line.startsWith("## ") ? line.equals(heading) : inside;
            Matcher row = ROW.matcher(line);
            if (inside && row.matches()) {
                assertThat(Integer.parseInt(row.group(1))).as(line).isEqualTo(end);
                end += Integer.parseInt(row.group(2));
                offsets.put(row.group(3), Integer.parseInt(row.group(1)));
            }
        }
        assertThat(end).isEqualTo(size);
        return offsets;
    }

    private static Path document() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path document = at.resolve("docs/formats/sif.md");
            if (Files.exists(document)) {
                return document;
            }
        }
        throw new AssertionError("no directory above has docs/formats/sif.md");
    }
}
