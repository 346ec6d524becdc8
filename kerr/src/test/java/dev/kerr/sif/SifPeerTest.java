package dev.kerr.sif;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Holds the editor against what `apptainer sif` makes by the same edits; `README.md` beside the file has its commands.
class SifPeerTest {
    private static final byte[] TEXT = "bootstrap: scratch\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BLOCK = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);

    @Test
    void the_same_edits_make_the_same_file_but_for_id_and_times(@TempDir Path directory) throws Exception {
        Path image = directory.resolve("edited.sif");
        var stamp = Stamp.fresh(InstantSource.system());
        SifWriter.create(image, new NewSif("", stamp, NewSif.DEFAULT_SLOTS, List.of()));
        try (var editor = SifEditor.open(image, InstantSource.fixed(Instant.EPOCH))) {
            editor.add(new NewObject(
                    DataType.DEFINITION_FILE, "deffile", new Extra.None(), content(TEXT), 1, new Link.None()));
            editor.add(partition(FsType.SQUASHFS, PartitionType.SYSTEM, Architecture.ARM64));
            editor.add(partition(FsType.EXT3, PartitionType.PRIMARY_SYSTEM, Architecture.AMD64));
            editor.add(new NewObject(DataType.OCI_BLOB, "", new Extra.None(), content(TEXT), 0, new Link.ToObject(2)));
            var signature = new Extra.Signature(HashType.SHA512, "433FE984155206BD962725E20E8713472A879943");
            editor.add(new NewObject(DataType.SIGNATURE, "", signature, content(TEXT), 0, new Link.ToGroup(1)));
            editor.delete(1, Set.of());
            var sbom = new Extra.Sbom(SbomFormat.SPDX_JSON);
            editor.add(new NewObject(DataType.SBOM, "", sbom, content(BLOCK), 0, new Link.None()));
            editor.makePrimary(2);
            editor.delete(3, Set.of());
        }
        assertThat(masked(image)).isEqualTo(masked(SifTest.resource("edited.sif")));
    }

    private static NewObject partition(FsType fsType, PartitionType purpose, Architecture architecture) {
        var extra = new Extra.Partition(fsType, purpose, architecture);
        return new NewObject(DataType.PARTITION, "", extra, content(BLOCK), 1, new Link.None(), 64);
    }

    private static ObjectContent content(byte[] bytes) {
        return new ObjectContent.Bytes(bytes);
    }

    /// The file without id and times.
    private static byte[] masked(Path image) throws IOException {
        byte[] bytes = Files.readAllBytes(image);
        Arrays.fill(bytes, SifHeader.ID_AT, SifHeader.DESCRIPTORS_FREE_AT, (byte) 0);
        for (int slot = 0; slot < NewSif.DEFAULT_SLOTS; slot++) {
            int at = 4096 + slot * Descriptor.SIZE;
            Arrays.fill(bytes, at + Descriptor.CREATED_AT, at + Descriptor.UID_AT, (byte) 0);
        }
        return bytes;
    }
}
