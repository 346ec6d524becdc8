package dev.kerr.sif;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds listings against what `apptainer sif` prints of the same files.
class SifListingTest {
    @ParameterizedTest
    @ValueSource(strings = {"busybox", "apps", "signed", "gocryptfs", "verbs"})
    void objects_are_listed_as_apptainer_lists_them(String name) throws IOException {
        assertThat(SifListing.list(SifTest.open(name))).isEqualTo(golden(name + ".list.txt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"busybox", "apps", "signed", "gocryptfs", "verbs"})
    void the_header_is_shown_as_apptainer_shows_it(String name) throws IOException {
        assertThat(SifListing.header(SifTest.open(name))).isEqualTo(golden(name + ".header.txt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"busybox", "apps", "signed", "gocryptfs", "verbs"})
    void each_object_is_shown_as_apptainer_shows_it(String name) throws IOException {
        for (Descriptor descriptor : SifTest.open(name).descriptors()) {
            assertThat(SifListing.info(descriptor)).isEqualTo(golden(name + ".info-" + descriptor.id() + ".txt"));
        }
    }

    @Test
    void a_reproducible_header_says_neither_id_nor_times() {
        var header = new SifHeader(
                "",
                Architecture.UNKNOWN,
                SifHeader.NO_ID,
                SifHeader.NO_TIME,
                SifHeader.NO_TIME,
                new SifHeader.Table(1, 1, 4096, 585),
                4681,
                0);
        assertThat(SifListing.header(new Sif(header, List.of()))).isEqualTo("""
                        Version:            01
                        Descriptors Free:   1
                        Descriptors Total:  1
                        Descriptors Offset: 4096
                        Descriptors Size:   585 B
                        Data Offset:        4681
                        Data Size:          0 B
                        """);
    }

    @Test
    void times_beyond_the_calendar_and_sizes_of_any_kind_are_shown() {
        var header = new SifHeader(
                "",
                Architecture.UNKNOWN,
                new UUID(1, 2),
                Long.MAX_VALUE,
                0,
                new SifHeader.Table(0, 0, 0, 1023),
                0,
                3L << 40);
        assertThat(SifListing.header(new Sif(header, List.of())))
                .contains("9223372036854775807 s\n", "1970-01-01 00:00:00 +0000 UTC\n", "1023 B\n", "3 TiB\n");
    }

    @Test
    void a_name_cannot_speak_to_the_terminal() {
        var object = NewObject.genericJson("\u001b[31mred\n", new byte[1]);
        var descriptor = Descriptor.of(1, object, new Descriptor.Place(5000, 1, 0), 0);
        assertThat(SifListing.info(descriptor)).contains("Name:         \\x1b[31mred\\x0a\n");
    }

    @Test
    void objects_without_a_group_or_with_another_link_are_listed() {
        var object = new NewObject(
                DataType.CRYPTO_MESSAGE,
                "",
                new Extra.CryptoMessage(CryptoFormat.PEM, CryptoType.RSA_OAEP),
                new ObjectContent.Bytes(new byte[1]),
                0,
                new Link.ToObject(3));
        var descriptor = Descriptor.of(4, object, new Descriptor.Place(5000, 1, 0), SifHeader.NO_TIME);
        var sif = new Sif(
                new SifHeader("", Architecture.UNKNOWN, SifHeader.NO_ID, 0, 0, new SifHeader.Table(0, 0, 0, 0), 0, 0),
                List.of(descriptor));
        assertThat(SifListing.list(sif))
                .endsWith("4    |NONE    |3       |5000-5001                 |Cryptographic Message (PEM/RSA-OAEP)\n");
        assertThat(SifListing.info(descriptor))
                .contains(
                        "Group ID:      NONE\n",
                        "Linked ID:     3\n",
                        "Format Type:   PEM\n",
                        "Message Type:  RSA-OAEP\n")
                .doesNotContain("Created At", "Name");
    }

    private static String golden(String name) throws IOException {
        return Files.readString(SifTest.resource(name));
    }
}
