package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.compress.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Holds `docs/formats/squashfs.md` against the code.
class SquashfsDocumentTest {
    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| (\\d+) \\| ([^|]+) \\|.*");

    @Test
    void offsets_of_the_superblock_are_those_of_the_code() throws IOException {
        assertThat(offsets("## Superblock", Superblock.SIZE))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("magic", Superblock.MAGIC_AT),
                        Map.entry("inodes", Superblock.INODE_COUNT_AT),
                        Map.entry("modified", Superblock.MODIFIED_AT),
                        Map.entry("block size", Superblock.BLOCK_SIZE_AT),
                        Map.entry("fragments", Superblock.FRAGMENT_COUNT_AT),
                        Map.entry("compression", Superblock.COMPRESSION_AT),
                        Map.entry("block log", Superblock.BLOCK_LOG_AT),
                        Map.entry("flags", Superblock.FLAGS_AT),
                        Map.entry("ids", Superblock.ID_COUNT_AT),
                        Map.entry("major", Superblock.MAJOR_AT),
                        Map.entry("minor", Superblock.MINOR_AT),
                        Map.entry("root", Superblock.ROOT_AT),
                        Map.entry("bytes used", Superblock.BYTES_USED_AT),
                        Map.entry("id table", Superblock.ID_TABLE_AT),
                        Map.entry("xattr table", Superblock.XATTR_TABLE_AT),
                        Map.entry("inode table", Superblock.INODE_TABLE_AT),
                        Map.entry("directory table", Superblock.DIRECTORY_TABLE_AT),
                        Map.entry("fragment table", Superblock.FRAGMENT_TABLE_AT),
                        Map.entry("export table", Superblock.EXPORT_TABLE_AT)));
    }

    @Test
    void every_compression_is_in_the_document() throws IOException {
        String document = Files.readString(document());
        for (Compression compression : Compression.values()) {
            assertThat(document).contains(compression.squashfsId() + " " + compression.label());
        }
        assertThat(document).contains("1 to " + MetadataBlocks.BLOCK_SIZE + " bytes");
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
            Path document = at.resolve("docs/formats/squashfs.md");
            if (Files.exists(document)) {
                return document;
            }
        }
        throw new AssertionError("no directory above has docs/formats/squashfs.md");
    }
}
