package dev.kerr.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Trees as one layer.
final class LayerWriterTest {
    private static final byte[] CAPABILITY = {1, 2, 3};
    private static final Metadata METADATA =
            new Metadata(04755, 7, 8, 9, new TreeMap<>(Map.of("security.capability", CAPABILITY)));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int write(Entry... entries) throws IOException {
        return LayerWriter.write(EntrySource.of(List.of(entries)), out);
    }

    private List<TarEntry> written() throws IOException {
        var reader = new TarReader(new ByteArrayInputStream(out.toByteArray()));
        var entries = new ArrayList<TarEntry>();
        for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            entries.add(entry.get());
        }
        return entries;
    }

    /// Docker sets the attributes of a link's entry on the file.
    @Test
    void a_hard_link_has_the_attributes_of_its_file() throws IOException {
        write(
                new Entry.HardLink("a", "b"),
                new Entry.RegularFile("b", METADATA, new byte[] {5}),
                new Entry.HardLink("c", "a"));
        List<TarEntry> entries = written();
        assertThat(entries).extracting(TarEntry::name).containsExactly("b", "a", "c");
        for (TarEntry entry : entries) {
            TarEntry.Attributes attributes = entry.attributes();
            assertThat(attributes.permissions()).isEqualTo(04755);
            assertThat(attributes.uid()).isEqualTo(7);
            assertThat(attributes.gid()).isEqualTo(8);
            assertThat(attributes.modifiedSeconds()).isEqualTo(9);
            assertThat(attributes.xattrs().get("security.capability")).isEqualTo(CAPABILITY);
        }
    }

    @Test
    void sockets_and_their_other_names_are_left_out_and_counted() throws IOException {
        assertThat(write(
                        new Entry.Socket("socket", METADATA),
                        new Entry.HardLink("other", "socket"),
                        new Entry.Fifo("pipe", METADATA)))
                .isEqualTo(2);
        assertThat(written()).extracting(TarEntry::name).containsExactly("pipe");
    }

    @Test
    void a_file_with_the_name_of_a_whiteout_is_refused() {
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> write(new Entry.RegularFile("dir/.wh.x", METADATA, new byte[0])))
                .withMessageContaining("dir/.wh.x: in a layer, a file of this name removes another");
    }
}
