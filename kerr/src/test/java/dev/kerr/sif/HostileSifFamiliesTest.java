package dev.kerr.sif;

import static dev.kerr.sif.ForgedSif.slot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The families of bad input, by their numbers: each is refused by one [FormatException] that says where, or accepted
/// on
/// purpose, within five seconds and 256 MiB.
@Timeout(5)
class HostileSifFamiliesTest {
    private static final long MEMORY = 256L << 20;
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);
    private static final int PRIMARY = slot(2);

    @TempDir
    Path directory;

    private Path file = Path.of("");
    private long allocatedBefore;

    @BeforeEach
    void start() {
        file = directory.resolve("image.sif");
        allocatedBefore = allocated();
    }

    @AfterEach
    void memory_is_bounded() {
        assertThat(allocated() - allocatedBefore).isLessThan(MEMORY);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    @DisplayName("B-001, B-002: a file shorter than the header")
    void a_file_shorter_than_the_header_is_truncated() throws IOException {
        assertRefused(new ForgedSif().cut(0), "truncated SIF: header is cut short at offset 0");
        assertRefused(new ForgedSif().cut(127), "truncated SIF: header is cut short at offset 127");
    }

    @Test
    @DisplayName("B-003, B-004, B-005: an impossible number of descriptors")
    void an_impossible_number_of_descriptors_allocates_nothing() throws IOException {
        for (long total : new long[] {-1, Long.MIN_VALUE}) {
            assertRefused(new ForgedSif().put64(88, total), "negative SIF number of descriptors at offset 88");
        }
        for (long total : new long[] {Long.MAX_VALUE, 1_000_000_000, 8193}) {
            assertRefused(new ForgedSif().put64(88, total), "descriptors, more than 8192 at offset 88");
        }
    }

    @Test
    @DisplayName("B-006: a descriptor size that contradicts the number")
    void a_descriptor_size_below_the_number_is_refused() throws IOException {
        assertRefused(
                new ForgedSif().put64(104, 1), "SIF descriptor size is too small for its descriptors at offset 104");
    }

    @Test
    @DisplayName("B-007, B-008, B-009, B-011: a descriptor table that cannot be")
    void a_table_outside_the_file_or_over_the_header_is_refused() throws IOException {
        assertRefused(new ForgedSif().put64(96, -4096), "negative SIF descriptor offset at offset 96");
        assertRefused(new ForgedSif().put64(96, ForgedSif.SIZE + 1L), "the file ends before its descriptors do");
        assertRefused(new ForgedSif().put64(96, 0), "SIF descriptors overlap the header at offset 96");
        assertRefused(new ForgedSif().put64(96, Long.MAX_VALUE), "the file ends before its descriptors do");
        assertRefused(
                new ForgedSif().put64(96, Long.MAX_VALUE).put64(104, Long.MAX_VALUE),
                "the file ends before its descriptors do");
    }

    @Test
    @DisplayName("B-010, B-018: an object over the descriptor table")
    void an_object_over_the_table_is_refused() throws IOException {
        assertRefused(
                new ForgedSif().put64(PRIMARY + Descriptor.OFFSET_AT, ForgedSif.DATA - 1),
                "SIF object 2 overlaps header or descriptors at offset");
        assertRefused(
                new ForgedSif()
                        .put64(PRIMARY + Descriptor.OFFSET_AT, 0)
                        .put64(PRIMARY + Descriptor.SIZE_AT, ForgedSif.SIZE),
                "SIF object 2 overlaps header or descriptors at offset");
    }

    @Test
    @DisplayName("B-012, B-013: another version or magic")
    void another_version_or_magic_is_refused() throws IOException {
        for (String version : new String[] {"99", "00", "x1", "1\0"}) {
            assertRefused(new ForgedSif().text(42, version), "SIF version is not 01 at offset 42");
        }
        assertRefused(new ForgedSif().put8(44, '1'), "SIF version is not 01 at offset 42");
        assertRefused(new ForgedSif().text(32, "sif_magic"), "bad SIF magic at offset 32");
        assertRefused(new ForgedSif().put8(41, 'X'), "bad SIF magic at offset 32");
    }

    @Test
    @DisplayName("B-014: any launch script is accepted, and shown without its control characters")
    void a_foreign_launch_script_is_accepted() throws IOException {
        String script = "#!/bin/sh\nevil\u001b[31m" + "x".repeat(13);
        Sif sif = open(new ForgedSif().text(0, script));
        assertThat(sif.header().launchScript()).isEqualTo(script).hasSize(32);
        assertThat(SifListing.header(sif))
                .contains("#!/bin/sh\\x0aevil\\x1b[31m")
                .doesNotContain("\u001b");
    }

    @Test
    @DisplayName("B-015: an architecture that nobody knows is accepted as unknown")
    void an_unknown_architecture_is_accepted() throws IOException {
        for (String code : new String[] {"77", "\u00ff\u00ff", "\0\0"}) {
            assertThat(open(new ForgedSif().text(45, code)).header().architecture())
                    .isEqualTo(Architecture.UNKNOWN);
        }
    }

    @Test
    @DisplayName("B-016: an object at a place that cannot be")
    void an_impossible_place_is_refused() throws IOException {
        int offset = PRIMARY + Descriptor.OFFSET_AT;
        int size = PRIMARY + Descriptor.SIZE_AT;
        assertRefused(new ForgedSif().put64(offset, -1), "impossible place of SIF object 2 at offset " + offset);
        assertRefused(new ForgedSif().put64(offset, 0), "overlaps header or descriptors at offset " + offset);
        assertRefused(new ForgedSif().put64(offset, 1L << 40), "truncated SIF: object 2 ends at byte");
        assertRefused(new ForgedSif().put64(offset, Long.MAX_VALUE), "impossible place of SIF object 2");
        assertRefused(new ForgedSif().put64(size, -1), "impossible place of SIF object 2");
        assertRefused(new ForgedSif().put64(size, Long.MAX_VALUE), "impossible place of SIF object 2");
        // the size with padding decides nothing
        assertThat(open(new ForgedSif().put64(PRIMARY + Descriptor.PADDED_SIZE_AT, -1))
                        .descriptors())
                .hasSize(4);
    }

    @Test
    @DisplayName("B-017: objects that overlap each other are accepted, and never zeroed")
    void overlapping_objects_are_accepted() throws IOException {
        var forged = new ForgedSif().put64(slot(1) + Descriptor.OFFSET_AT, ForgedSif.DATA + 4);
        assertThat(open(forged).descriptors()).hasSize(4);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> edit(editor -> editor.delete(1, Set.of(SifEditor.Cleanup.ZERO))))
                .withMessageContaining("shares bytes with object 2");
        assertThat(file).hasBinaryContent(forged.bytes());
    }

    @Test
    @DisplayName("B-019: used is neither yes nor no")
    void a_descriptor_neither_used_nor_unused_is_refused() throws IOException {
        for (int used : new int[] {2, 127, 128, 255}) {
            assertRefused(
                    new ForgedSif().put8(PRIMARY + Descriptor.USED_AT, used),
                    "SIF descriptor is neither used nor unused at offset " + (PRIMARY + Descriptor.USED_AT));
        }
    }

    @Test
    @DisplayName("B-020, B-021: an id that is another's, 0, or the largest")
    void an_id_that_is_not_the_slots_is_refused() throws IOException {
        for (int id : new int[] {1, 0, -1, 6}) {
            assertRefused(
                    new ForgedSif().put32(PRIMARY + Descriptor.ID_AT, id),
                    "SIF descriptor's id is not its place at offset " + (PRIMARY + Descriptor.ID_AT));
        }
    }

    @Test
    @DisplayName("B-022: a group without the mask, and group 0, are accepted as the number says")
    void groups_without_the_mask_are_accepted() throws IOException {
        int at = PRIMARY + Descriptor.GROUP_AT;
        assertThat(open(new ForgedSif().put32(at, 7))
                        .descriptor(2)
                        .orElseThrow()
                        .group())
                .hasValue(7);
        assertThat(open(new ForgedSif().put32(at, 0))
                        .descriptor(2)
                        .orElseThrow()
                        .group())
                .isEmpty();
        assertThat(open(new ForgedSif().put32(at, Descriptor.GROUP_MASK))
                        .descriptor(2)
                        .orElseThrow()
                        .group())
                .isEmpty();
    }

    @Test
    @DisplayName("B-023: links to itself, in a circle and to nothing are accepted: nobody follows them here")
    void links_of_any_kind_are_accepted() throws IOException {
        var forged = new ForgedSif()
                .put32(slot(1) + Descriptor.LINK_AT, 1)
                .put32(slot(2) + Descriptor.LINK_AT, 3)
                .put32(slot(3) + Descriptor.LINK_AT, 2)
                .put32(slot(4) + Descriptor.LINK_AT, 0x0fff_ffff);
        assertThat(SifListing.list(open(forged))).contains("|1       |", "|3       |", "|2       |", "|268435455 |");
        assertThat(open(forged).descriptor(4).orElseThrow().link()).isEqualTo(new Link.ToObject(0x0fff_ffff));
    }

    @Test
    @DisplayName("B-024: a name of any bytes is accepted, and shown without its control characters")
    void names_of_any_bytes_are_accepted() throws IOException {
        int at = PRIMARY + Descriptor.NAME_AT;
        for (String name : new String[] {
            "n".repeat(128), "../../etc/passwd", "a\nb", "\u001b]0;owned\u0007", "\u00ff\u00fe", "\u00e2\u0080\u00aex"
        }) {
            Descriptor descriptor =
                    open(new ForgedSif().text(at, name)).descriptor(2).orElseThrow();
            assertThat(SifListing.info(descriptor)).contains("Name:").doesNotContain("\u001b", "\u0007");
            assertThat(SifListing.info(descriptor).lines()).hasSize(12);
        }
    }

    @Test
    @DisplayName("B-025, B-028: file systems and purposes that nobody knows, or that do not match, are accepted here")
    void unknown_kinds_of_partitions_are_accepted() throws IOException {
        for (int code : new int[] {0, 5, 255, -1}) {
            Sif sif = open(new ForgedSif().put32(PRIMARY + Descriptor.PARTITION_TYPE_AT, code));
            assertThat(sif.primaryPartition()).isEmpty();
            Sif other = open(new ForgedSif().put32(PRIMARY + Descriptor.EXTRA_AT, code));
            assertThat(other.primaryPartition()).isPresent();
        }
    }

    @Test
    @DisplayName("B-026: two primary partitions")
    void a_second_primary_partition_is_refused() throws IOException {
        assertRefused(
                new ForgedSif().put32(slot(3) + Descriptor.PARTITION_TYPE_AT, PartitionType.PRIMARY_SYSTEM.code()),
                "second primary partition in SIF at offset " + slot(3));
    }

    @Test
    @DisplayName("B-027: no primary partition is accepted: there is nothing to run, and all to list")
    void no_primary_partition_is_accepted() throws IOException {
        assertThat(open(new ForgedSif().put8(PRIMARY + Descriptor.USED_AT, 0)).primaryPartition())
                .isEmpty();
    }

    @Test
    @DisplayName("B-029: an empty object is accepted wherever it claims to be")
    void an_empty_object_is_accepted() throws IOException {
        var forged = new ForgedSif().put64(PRIMARY + Descriptor.SIZE_AT, 0);
        assertThat(open(forged).primaryPartition()).isPresent();
        assertThat(open(forged.put64(PRIMARY + Descriptor.OFFSET_AT, 1L << 50)).primaryPartition())
                .isPresent();
    }

    @Test
    @Timeout(60)
    @DisplayName("B-030: a file that is cut at any byte")
    void a_file_cut_at_any_byte_is_truncated() throws IOException {
        byte[] whole = new ForgedSif().bytes();
        Files.write(file, whole);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (int size = whole.length - 1; size >= 0; size--) {
                channel.truncate(size);
                assertThatExceptionOfType(FormatException.class)
                        .isThrownBy(() -> Sif.open(channel))
                        .withMessageContaining("truncated");
            }
        }
    }

    @Test
    @DisplayName("B-031: a long tail that no object has, and objects larger than is wanted")
    void a_sparse_tail_is_accepted_and_a_large_object_is_not_read() throws IOException {
        open(new ForgedSif());
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 1L << 30);
            assertThat(Sif.open(channel).descriptors()).hasSize(4);
            // B-032, B-038: a definition file or a signature of a gigabyte
            channel.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 0x3f}), slot(1) + Descriptor.SIZE_AT);
            Descriptor large = Sif.open(channel).descriptor(1).orElseThrow();
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> Sif.read(channel, large, 1 << 20))
                    .withMessageContaining("where at most 1048576 are expected");
        }
    }

    @Test
    @DisplayName("B-031: a file that shrinks between being opened and being read")
    void an_object_of_a_file_that_shrank_is_truncated() throws IOException {
        Descriptor last = open(new ForgedSif()).descriptor(4).orElseThrow();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.truncate(ForgedSif.SIZE - 1);
            assertThatExceptionOfType(FormatException.class).isThrownBy(() -> Sif.read(channel, last, 100));
        }
    }

    @Test
    @Timeout(30)
    @DisplayName("B-031, B-040: a file whose size and bytes change while it is read")
    void a_file_that_changes_while_it_is_read_is_read_or_refused() throws Exception {
        byte[] whole = new ForgedSif().bytes();
        Files.write(file, whole);
        var done = new AtomicBoolean();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var changer = Thread.ofPlatform().start(() -> change(channel, whole, done));
            for (int round = 0; round < 3_000; round++) {
                try {
                    Sif sif = Sif.open(channel);
                    assertThat(SifListing.list(sif)).isNotEmpty();
                } catch (FormatException expected) {
                    assertThat(expected.offset()).isNotNegative();
                }
            }
            done.set(true);
            changer.join();
        }
    }

    private static void change(FileChannel channel, byte[] whole, AtomicBoolean done) {
        var random = new Random(1);
        try {
            while (!done.get()) {
                channel.truncate(random.nextInt(whole.length));
                channel.write(ByteBuffer.wrap(whole), 0);
                channel.write(ByteBuffer.wrap(new byte[] {(byte) random.nextInt()}), random.nextInt(whole.length));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("B-040: what is no regular file is not changed, nor waited for")
    void special_files_are_not_edited() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Path socket = directory.resolve("socket");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            for (Path special : new Path[] {fifo, socket, directory, Path.of("/dev/zero"), Path.of("/dev/null")}) {
                assertThatExceptionOfType(IOException.class)
                        .as(special.toString())
                        .isThrownBy(() -> SifEditor.open(special, CLOCK));
            }
        }
    }

    @Test
    @Timeout(120)
    @DisplayName("every single bit flipped")
    void any_flipped_bit_gives_a_value_or_a_format_exception() throws IOException {
        byte[] whole = new ForgedSif().bytes();
        Files.write(file, whole);
        int refused = 0;
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (int bit = 0; bit < whole.length * 8; bit++) {
                memory_is_bounded();
                start();
                int at = bit / 8;
                channel.write(ByteBuffer.wrap(new byte[] {(byte) (whole[at] ^ 1 << bit % 8)}), at);
                try {
                    Sif sif = Sif.open(channel);
                    SifListing.list(sif);
                    sif.descriptors().forEach(SifListing::info);
                } catch (FormatException expected) {
                    refused++;
                }
                channel.write(ByteBuffer.wrap(whole, at, 1), at);
            }
        }
        assertThat(refused).isBetween(500, whole.length * 8 / 2);
    }

    @Test
    @DisplayName("a header that would have data written over its own table is edited without harm")
    void a_data_offset_inside_the_table_does_no_harm() throws Exception {
        open(new ForgedSif().put64(SifHeader.DATA_OFFSET_AT, 0));
        edit(editor -> {
            for (int id = 1; id <= 4; id++) {
                editor.delete(id, Set.of(SifEditor.Cleanup.COMPACT));
            }
            assertThat(file).hasSize(ForgedSif.DATA);
            editor.add(NewObject.definitionFile(new byte[] {1}));
            assertThat(editor.sif().descriptor(1).orElseThrow().offset()).isEqualTo(ForgedSif.DATA);
        });
        open(new ForgedSif().put64(SifHeader.DATA_OFFSET_AT, 1L << 60));
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> edit(editor -> editor.delete(1, Set.of())))
                .withMessage("SIF data begins behind the end of the file at offset 112");
    }

    private interface Act {
        void on(SifEditor editor) throws IOException, UserException;
    }

    private void edit(Act act) throws IOException, UserException {
        try (var editor = SifEditor.open(file, CLOCK)) {
            act.on(editor);
        }
    }

    private Sif open(ForgedSif forged) throws IOException {
        Files.write(file, forged.bytes());
        try (var channel = FileChannel.open(file)) {
            return Sif.open(channel);
        }
    }

    private void assertRefused(ForgedSif forged, String message) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> open(forged))
                .withMessageContaining(message)
                .withMessageContaining(" at offset ");
    }
}
