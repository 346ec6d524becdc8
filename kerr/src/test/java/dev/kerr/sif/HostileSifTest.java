package dev.kerr.sif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files made or damaged to do harm, each of which must end in one [FormatException] that says what is wrong.
@Timeout(60)
class HostileSifTest {
    private static final int FIRST = 4096;
    private static final int PARTITION = FIRST + 2 * Descriptor.SIZE;

    @TempDir
    Path directory;

    private Path file = Path.of("");

    @BeforeEach
    void copy_an_image() throws IOException {
        file = Files.copy(SifTest.resource("/images/signed.sif"), directory.resolve("image.sif"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "32  | 1 | 0                  | bad SIF magic at offset 32",
                "41  | 1 | 65                 | bad SIF magic at offset 32",
                "42  | 2 | 0x3939             | SIF version is not 01 at offset 42",
                "42  | 2 | 0x3030             | SIF version is not 01 at offset 42",
                "88  | 8 | -1                 | negative SIF number of descriptors at offset 88",
                "88  | 8 | 0x80000000         | SIF claims 2147483648 descriptors, more than 8192 at offset 88",
                "88 | 8 | 0x7fffffffffffffff | SIF claims 9223372036854775807 descriptors, more than 8192 at offset 88",
                "88  | 8 | 1000000000         | SIF claims 1000000000 descriptors, more than 8192 at offset 88",
                "88  | 8 | 8193               | SIF claims 8193 descriptors, more than 8192 at offset 88",
                "88  | 8 | 8192               | SIF descriptor size is too small for its descriptors at offset 104",
                "80  | 8 | -1                 | negative SIF number of free descriptors at offset 80",
                "80  | 8 | 49                 | SIF has more free descriptors than descriptors at offset 80",
                "96  | 8 | -1                 | negative SIF descriptor offset at offset 96",
                "96  | 8 | 0                  | SIF descriptors overlap the header at offset 96",
                "96  | 8 | 127                | SIF descriptors overlap the header at offset 96",
                "96  | 8 | 0x7fffffffffffffff | truncated SIF: the file ends before its descriptors do at offset 96",
                "96  | 8 | 1059026            | truncated SIF: the file ends before its descriptors do at offset 96",
                "104 | 8 | 1                  | SIF descriptor size is too small for its descriptors at offset 104",
                "104 | 8 | -1                 | negative SIF descriptor size at offset 104",
                "112 | 8 | -1                 | negative SIF data offset at offset 112",
                "120 | 8 | -1                 | negative SIF data size at offset 120"
            })
    void an_impossible_header_is_refused(int at, int bytes, String value, String message) throws IOException {
        assertRefused(at, bytes, value, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4   | 1 | 2                  | SIF descriptor is neither used nor unused at offset 5270",
                "5   | 4 | 0                  | SIF descriptor's id is not its place at offset 5271",
                "5   | 4 | 2                  | SIF descriptor's id is not its place at offset 5271",
                "5   | 4 | -1                 | SIF descriptor's id is not its place at offset 5271",
                "17  | 8 | -1                 | impossible place of SIF object 3 at offset 5283",
                "17  | 8 | 0x7fffffffffffffff | impossible place of SIF object 3 at offset 5283",
                "17  | 8 | 0                  | SIF object 3 overlaps header or descriptors at offset 5283",
                "17  | 8 | 4096               | SIF object 3 overlaps header or descriptors at offset 5283",
                "25  | 8 | -1                 | impossible place of SIF object 3 at offset 5283",
                "25  | 8 | 0x7fffffffffffffff | impossible place of SIF object 3 at offset 5283",
                "25 | 8 | 1050242 | truncated SIF: object 3 ends at byte 1087106 and the file at byte 1087105 at offset"
            })
    void an_impossible_descriptor_is_refused(int at, int bytes, String value, String message) throws IOException {
        assertRefused(PARTITION + at, bytes, value, message);
    }

    @Test
    void a_second_primary_partition_is_refused() throws IOException {
        put(FIRST, 4, DataType.PARTITION.code());
        put(FIRST + Descriptor.EXTRA_AT, 4, FsType.SQUASHFS.code());
        put(FIRST + Descriptor.EXTRA_AT + 4, 4, PartitionType.PRIMARY_SYSTEM.code());
        assertRefused("second primary partition in SIF at offset 5266");
    }

    @Test
    void codes_that_nobody_knows_are_no_error() throws IOException {
        put(FIRST, 4, 0x7fff);
        put(PARTITION + Descriptor.EXTRA_AT, 4, 99);
        put(PARTITION + Descriptor.EXTRA_AT + 4, 4, -1);
        put(FIRST + 3 * Descriptor.SIZE + Descriptor.EXTRA_AT, 4, 77);
        Sif sif = open();
        assertThat(sif.descriptor(1).orElseThrow().type()).isEqualTo(DataType.UNKNOWN);
        assertThat(sif.descriptor(1).orElseThrow().typeCode()).isEqualTo(0x7fff);
        assertThat(sif.descriptor(3).flatMap(Descriptor::partition))
                .contains(new Extra.Partition(FsType.UNKNOWN, PartitionType.UNKNOWN, Architecture.AMD64));
        assertThat(sif.primaryPartition()).isEmpty();
        assertThat(SifListing.list(sif))
                .contains("|Unknown\n", "|FS (Unknown/Unknown/amd64)\n", "|Signature (Unknown)\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 4095, 4096, 32175, 32176, 36864, 500_000, 1_085_439, 1_087_104})
    void a_cut_file_is_called_truncated(int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
        assertThatExceptionOfType(FormatException.class).isThrownBy(this::open).withMessageContaining("truncated");
    }

    @Test
    void any_flipped_bit_of_header_and_descriptors_gives_a_value_or_a_format_exception() throws IOException {
        byte[] start = new byte[FIRST + 5 * Descriptor.SIZE];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.read(ByteBuffer.wrap(start), 0);
            int refused = 0;
            for (int bit = 0; bit < start.length * 8; bit++) {
                int at = bit / 8;
                if (at == SifHeader.SIZE) {
                    bit = FIRST * 8 - 1;
                    continue;
                }
                channel.write(ByteBuffer.wrap(new byte[] {(byte) (start[at] ^ 1 << bit % 8)}), at);
                try {
                    Sif sif = Sif.open(channel);
                    assertThat(SifListing.list(sif) + SifListing.header(sif)).isNotEmpty();
                    sif.descriptors()
                            .forEach(descriptor ->
                                    assertThat(SifListing.info(descriptor)).isNotEmpty());
                } catch (FormatException expected) {
                    refused++;
                }
                channel.write(ByteBuffer.wrap(start, at, 1), at);
            }
            assertThat(refused).isGreaterThan(500);
        }
    }

    private void assertRefused(int at, int bytes, String value, String message) throws IOException {
        put(at, bytes, value.startsWith("0x") ? Long.parseUnsignedLong(value.substring(2), 16) : Long.parseLong(value));
        assertRefused(message);
    }

    private void assertRefused(String message) {
        assertThatExceptionOfType(FormatException.class).isThrownBy(this::open).withMessageStartingWith(message);
    }

    private Sif open() throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return Sif.open(channel);
        }
    }

    private void put(int at, int bytes, long value) throws IOException {
        ByteBuffer buffer =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(buffer.flip().limit(bytes), at);
        }
    }
}
