package dev.kerr.sif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.linux.LockedFile;
import dev.kerr.log.UserException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SifEditorTest {
    private static final Instant TIME = Instant.ofEpochSecond(2_000_000_000);
    private static final InstantSource CLOCK = InstantSource.fixed(TIME);
    private static final long SIZE = 1_087_105; // of the image, signature and all

    @TempDir
    Path directory;

    private Path image = Path.of("");

    @BeforeEach
    void copy_an_image_of_apptainer() throws IOException {
        image = Files.copy(SifTest.resource("/images/signed.sif"), directory.resolve("image.sif"));
    }

    @Test
    void an_object_is_added_behind_all_others() throws Exception {
        try (var editor = open()) {
            assertThat(editor.add(NewObject.genericJson("more.json", bytes("{}"))))
                    .isEqualTo(5);
            Descriptor added = editor.sif().descriptor(5).orElseThrow();
            assertThat(added.offset()).isEqualTo(SIZE);
            assertThat(added.createdSeconds()).isEqualTo(TIME.getEpochSecond());
            SifHeader header = editor.sif().header();
            assertThat(header.modified()).isEqualTo(TIME.getEpochSecond());
            assertThat(header.descriptors().free()).isEqualTo(43);
            assertThat(header.dataSize()).isEqualTo(SIZE + 2 - header.dataOffset());
            assertThat(header.architecture()).isEqualTo(Architecture.AMD64);
        }
        assertThat(content(5)).isEqualTo(bytes("{}"));
        assertThat(image).hasSize(SIZE + 2);
    }

    @Test
    void a_partition_is_aligned_and_anything_where_it_is_told_to_be() throws Exception {
        try (var editor = open()) {
            editor.add(partition(PartitionType.DATA, Architecture.S390X));
            assertThat(editor.sif().descriptor(5).orElseThrow().offset()).isEqualTo(1_089_536);
            assertThat(editor.sif().descriptor(5).orElseThrow().sizeWithPadding())
                    .isEqualTo(100 + 1_089_536 - SIZE);
            var aligned = new NewObject(
                    DataType.GENERIC,
                    "",
                    new Extra.None(),
                    new ObjectContent.Bytes(bytes("x")),
                    0,
                    new Link.None(),
                    1000);
            editor.add(aligned);
            assertThat(editor.sif().descriptor(6).orElseThrow().offset()).isEqualTo(1_090_000);
        }
    }

    @Test
    void the_digest_of_an_oci_blob_is_that_of_its_content() throws Exception {
        String digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        try (var in = FileChannel.open(Files.writeString(directory.resolve("hello"), "say hello"));
                var editor = open()) {
            for (ObjectContent content : List.of(
                    new ObjectContent.Bytes(bytes("hello")),
                    new ObjectContent.Range(in, 4, 5),
                    new ObjectContent.Stream(new ByteArrayInputStream(bytes("hello"))))) {
                int id =
                        editor.add(new NewObject(DataType.OCI_BLOB, "", new Extra.None(), content, 1, new Link.None()));
                assertThat(editor.sif().descriptor(id).orElseThrow().extra()).isEqualTo(new Extra.OciDigest(digest));
                assertThat(content(id)).isEqualTo(bytes("hello"));
            }
            assertThat(editor.sif().select(new Selector.OfDigest(digest))).hasSize(3);
        }
    }

    @Test
    void a_deleted_object_frees_its_slot_and_nothing_moves() throws Exception {
        byte[] partition = content(3);
        try (var editor = open()) {
            editor.delete(2, Set.of());
            assertThat(editor.sif().descriptors()).extracting(Descriptor::id).containsExactly(1, 3, 4);
            assertThat(editor.sif().header().descriptors().free()).isEqualTo(45);
            assertThat(editor.sif().header().architecture()).isEqualTo(Architecture.AMD64);
            assertThat(editor.add(NewObject.definitionFile(bytes("again")))).isEqualTo(2);
        }
        assertThat(content(3)).isEqualTo(partition);
        assertThat(content(2)).isEqualTo(bytes("again"));
    }

    @Test
    void deleting_the_primary_partition_clears_the_architecture() throws Exception {
        try (var editor = open()) {
            editor.delete(3, Set.of());
            assertThat(editor.sif().header().architecture()).isEqualTo(Architecture.UNKNOWN);
            assertThat(editor.sif().header().dataSize()).isEqualTo(SIZE - 32176);
            assertThat(image).hasSize(SIZE);
        }
    }

    @Test
    void a_deleted_object_is_zeroed_and_the_file_cut_if_asked() throws Exception {
        try (var editor = open()) {
            Descriptor first = editor.sif().descriptor(1).orElseThrow();
            editor.delete(1, EnumSet.of(SifEditor.Cleanup.ZERO));
            byte[] all = Files.readAllBytes(image);
            int from = (int) first.offset();
            assertThat(Arrays.copyOfRange(all, from, from + (int) first.size())).containsOnly(0);
            assertThat(all).hasSize((int) SIZE);
            editor.delete(4, EnumSet.of(SifEditor.Cleanup.COMPACT));
            Descriptor last = editor.sif().descriptor(3).orElseThrow();
            assertThat(image).hasSize(last.offset() + last.size());
            assertThat(editor.sif().header().dataSize()).isEqualTo(last.offset() + last.size() - 32176);
            editor.delete(3, EnumSet.of(SifEditor.Cleanup.COMPACT));
            editor.delete(2, EnumSet.of(SifEditor.Cleanup.COMPACT));
            assertThat(image).hasSize(32176);
            assertThat(editor.sif().header().descriptors().free()).isEqualTo(48);
        }
    }

    @Test
    void zeroing_never_hits_another_object() throws Exception {
        patch(4096 + Descriptor.OFFSET_AT, 36864); // the definition file now lies in the partition
        byte[] before = Files.readAllBytes(image);
        assertRefused(
                "object 1 of image " + image + " shares bytes with object 3",
                () -> edit(editor -> editor.delete(1, EnumSet.of(SifEditor.Cleanup.ZERO))));
        assertThat(image).hasBinaryContent(before);
    }

    @Test
    void another_system_partition_becomes_the_primary_one() throws Exception {
        try (var editor = open()) {
            editor.add(partition(PartitionType.SYSTEM, Architecture.RISCV64));
            editor.makePrimary(5);
            assertThat(editor.sif().primaryPartition()).map(Descriptor::id).contains(5);
            assertThat(editor.sif().select(new Selector.OfPurpose(PartitionType.SYSTEM)))
                    .extracting(Descriptor::id)
                    .containsExactly(3);
            assertThat(editor.sif().descriptor(3).orElseThrow().modifiedSeconds())
                    .isEqualTo(TIME.getEpochSecond());
            assertThat(editor.sif().header().architecture()).isEqualTo(Architecture.RISCV64);
        }
    }

    @Test
    void what_is_the_primary_partition_already_is_left_alone() throws Exception {
        byte[] before = Files.readAllBytes(image);
        edit(editor -> editor.makePrimary(3));
        assertThat(image).hasBinaryContent(before);
    }

    @Test
    void a_file_without_id_and_time_keeps_having_none() throws Exception {
        Path timeless = directory.resolve("timeless.sif");
        var never = Stamp.reproducible(Instant.ofEpochSecond(SifHeader.NO_TIME));
        SifWriter.create(timeless, new NewSif("", never, 2, List.of()));
        try (var editor = SifEditor.open(timeless, CLOCK)) {
            editor.add(partition(PartitionType.SYSTEM, Architecture.AMD64));
            editor.add(NewObject.genericJson("a", bytes("{}")));
            editor.makePrimary(1);
            editor.delete(2, Set.of());
            assertThat(editor.sif().header().modified()).isEqualTo(SifHeader.NO_TIME);
            assertThat(editor.sif().descriptor(1).orElseThrow().createdSeconds())
                    .isEqualTo(SifHeader.NO_TIME);
            assertThat(editor.sif().descriptor(1).orElseThrow().modifiedSeconds())
                    .isEqualTo(SifHeader.NO_TIME);
        }
    }

    @Test
    void an_edit_that_cannot_be_is_refused_and_changes_nothing() throws Exception {
        byte[] before = Files.readAllBytes(image);
        assertRefused("image " + image + " has no object 9", () -> edit(editor -> editor.delete(9, Set.of())));
        assertRefused("image " + image + " has no object 0", () -> edit(editor -> editor.makePrimary(0)));
        assertRefused("has no object 4294967295", () -> edit(editor -> editor.makePrimary(-1)));
        assertRefused("is no system partition", () -> edit(editor -> editor.makePrimary(1)));
        assertRefused(
                "has a primary partition already, object 3",
                () -> edit(editor -> editor.add(partition(PartitionType.PRIMARY_SYSTEM, Architecture.AMD64))));
        assertThat(image).hasBinaryContent(before);
    }

    @Test
    void a_full_table_takes_no_more() throws Exception {
        Path full = directory.resolve("full.sif");
        var object = NewObject.definitionFile(bytes("x"));
        SifWriter.create(full, new NewSif("", Stamp.reproducible(TIME), 1, List.of(object)));
        try (var editor = SifEditor.open(full, CLOCK)) {
            assertRefused("all 1 descriptors of image " + full + " are in use", () -> editor.add(object));
            editor.delete(1, Set.of());
            assertThat(editor.add(object)).isEqualTo(1);
        }
    }

    @Test
    void content_that_fails_leaves_the_file_as_it_was() throws Exception {
        byte[] before = Files.readAllBytes(image);
        var stream = new InputStream() {
            private int left = 3;

            @Override
            public int read() throws IOException {
                throw new IOException("one by one");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (left-- == 0) {
                    throw new IOException("the pipe burst");
                }
                return length;
            }
        };
        var object = new NewObject(
                DataType.GENERIC, "", new Extra.None(), new ObjectContent.Stream(stream), 0, new Link.None());
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> edit(editor -> editor.add(object)))
                .withMessage("the pipe burst");
        assertThat(image).hasBinaryContent(before);
    }

    @Test
    void two_editors_exclude_each_other() throws Exception {
        try (var first = open()) {
            assertRefused("is being changed by another process", this::open);
            first.delete(1, Set.of());
        }
        edit(editor -> editor.delete(2, Set.of()));
    }

    @Test
    void an_object_in_use_by_a_container_is_not_deleted_but_others_are_added() throws Exception {
        try (var container = LockedFile.open(image)) {
            assertThat(container.lock(36864, 1000)).isEqualTo(LockedFile.Outcome.LOCKED);
            assertRefused(
                    "object 3 of image " + image + " is in use", () -> edit(editor -> editor.delete(3, Set.of())));
            edit(editor -> editor.add(NewObject.definitionFile(bytes("x"))));
            edit(editor -> editor.delete(1, Set.of()));
        }
        edit(editor -> editor.delete(3, Set.of()));
    }

    @Test
    void what_cannot_be_opened_says_why() throws IOException {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> SifEditor.open(directory.resolve("none"), CLOCK));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> SifEditor.open(directory, CLOCK));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> SifEditor.open(Path.of("/dev/zero"), CLOCK));
        Path text = Files.writeString(directory.resolve("text"), "hello");
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> SifEditor.open(text, CLOCK));
    }

    @Test
    void objects_are_chosen_by_what_they_are() throws IOException {
        Sif sif = SifTest.open("signed");
        assertThat(sif.select(new Selector.Id(2))).extracting(Descriptor::id).containsExactly(2);
        assertThat(sif.select(new Selector.InGroup(1)))
                .extracting(Descriptor::id)
                .containsExactly(1, 2, 3);
        assertThat(sif.select(new Selector.InNoGroup()))
                .extracting(Descriptor::id)
                .containsExactly(4);
        assertThat(sif.select(new Selector.Linked(new Link.ToGroup(1))))
                .extracting(Descriptor::id)
                .containsExactly(4);
        assertThat(sif.select(new Selector.OfType(DataType.SIGNATURE))).hasSize(1);
        assertThat(sif.select(new Selector.OfPurpose(PartitionType.PRIMARY_SYSTEM)))
                .hasSize(1);
        assertThat(sif.select(new Selector.Named("inspect-metadata.json"))).hasSize(1);
        assertThat(sif.select(new Selector.InGroup(1), new Selector.OfType(DataType.GENERIC_JSON)))
                .extracting(Descriptor::id)
                .containsExactly(2);
        assertThat(sif.select()).hasSize(4);
    }

    private interface Act {
        void on(SifEditor editor) throws IOException, UserException;
    }

    private void edit(Act act) throws IOException, UserException {
        try (var editor = open()) {
            act.on(editor);
        }
    }

    private SifEditor open() throws IOException, UserException {
        return SifEditor.open(image, CLOCK);
    }

    private static void assertRefused(String message, ThrowingCallable act) {
        assertThatExceptionOfType(UserException.class).isThrownBy(act).withMessageContaining(message);
    }

    private byte[] content(int id) throws IOException {
        try (var channel = FileChannel.open(image)) {
            return Sif.read(channel, Sif.open(channel).descriptor(id).orElseThrow(), 2_000_000);
        }
    }

    private void patch(int at, int value) throws IOException {
        var bytes = java.nio.ByteBuffer.allocate(4).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        try (var channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
            channel.write(bytes.putInt(value).flip(), at);
        }
    }

    private static NewObject partition(PartitionType purpose, Architecture architecture) {
        return NewObject.partition(
                new Extra.Partition(FsType.SQUASHFS, purpose, architecture), new ObjectContent.Bytes(new byte[100]));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
