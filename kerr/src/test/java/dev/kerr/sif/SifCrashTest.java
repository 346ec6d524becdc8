package dev.kerr.sif;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.linux.LockedFile;
import dev.kerr.log.UserException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An editor that dies at any point of an edit leaves the objects from before or those from after.
class SifCrashTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(2_000_000_000));

    @TempDir
    Path directory;

    private Path image = Path.of("");
    private Path cut = Path.of("");

    /// An edit, by what it does.
    record Edit(String name, Act act) {
        @Override
        public String toString() {
            return name;
        }
    }

    interface Act {
        void on(SifEditor editor) throws IOException, UserException;
    }

    static List<Edit> edits() {
        return List.of(
                new Edit("add", editor -> editor.add(NewObject.genericJson("new", filled(300, 9)))),
                new Edit(
                        "add from a stream, aligned",
                        editor -> editor.add(new NewObject(
                                DataType.OCI_BLOB,
                                "blob",
                                new Extra.None(),
                                new ObjectContent.Stream(new ByteArrayInputStream(filled(70, 8))),
                                3,
                                new Link.ToGroup(1),
                                512))),
                new Edit("delete in the middle", editor -> editor.delete(1, Set.of())),
                new Edit(
                        "delete the last and compact",
                        editor -> editor.delete(3, EnumSet.of(SifEditor.Cleanup.COMPACT))),
                new Edit(
                        "delete the primary partition and zero it",
                        editor -> editor.delete(2, EnumSet.of(SifEditor.Cleanup.ZERO))),
                new Edit("delete, zero, compact", editor -> editor.delete(3, EnumSet.allOf(SifEditor.Cleanup.class))),
                new Edit("setprim upwards", editor -> editor.makePrimary(3)));
    }

    @BeforeEach
    void make_an_image() throws IOException {
        image = directory.resolve("image.sif");
        cut = directory.resolve("cut.sif");
        var objects = List.of(
                NewObject.definitionFile(filled(40, 1)),
                partition(PartitionType.PRIMARY_SYSTEM, Architecture.AMD64, 2),
                partition(PartitionType.SYSTEM, Architecture.ARM64, 3));
        SifWriter.create(image, new NewSif("", Stamp.reproducible(Instant.EPOCH), 5, objects));
    }

    private static NewObject partition(PartitionType purpose, Architecture architecture, int filler) {
        return new NewObject(
                DataType.PARTITION,
                "",
                new Extra.Partition(FsType.SQUASHFS, purpose, architecture),
                new ObjectContent.Bytes(filled(200, filler)),
                1,
                new Link.None(),
                64);
    }

    /// Each write is cut at each of its bytes.
    @ParameterizedTest
    @MethodSource("edits")
    void an_edit_cut_at_any_byte_leaves_the_old_or_the_new_objects(Edit edit) throws Exception {
        byte[] before = Files.readAllBytes(image);
        List<String> old = objects(image);
        List<RecordedFile.Step> steps = record(edit);
        List<String> changed = objects(image);
        byte[] now = before;
        for (RecordedFile.Step step : steps) {
            int bytes = step instanceof RecordedFile.Step.Write(byte[] written, long _) ? written.length : 0;
            for (int done = 0; done <= bytes; done++) {
                assertOldOrNew(RecordedFile.after(now, step, done), old, changed);
            }
            now = RecordedFile.after(now, step, bytes);
        }
        assertThat(now).isEqualTo(Files.readAllBytes(image));
        assertThat(objects(image)).isEqualTo(changed);
    }

    /// The disk may take what is between two syncs in any order, and lose any of it.
    @ParameterizedTest
    @MethodSource("edits")
    void a_power_cut_between_two_syncs_leaves_the_old_or_the_new_objects(Edit edit) throws Exception {
        byte[] synced = Files.readAllBytes(image);
        List<String> old = objects(image);
        List<RecordedFile.Step> steps = record(edit);
        List<String> changed = objects(image);
        List<RecordedFile.Step> pending = new ArrayList<>();
        for (RecordedFile.Step step : steps) {
            if (!(step instanceof RecordedFile.Step.Sync)) {
                pending.add(step);
                continue;
            }
            assertThat(pending.size()).isLessThan(10);
            for (int chosen = 0; chosen < 1 << pending.size(); chosen++) {
                byte[] now = synced;
                for (int i = 0; i < pending.size(); i++) {
                    now = (chosen >> i & 1) == 1 ? RecordedFile.after(now, pending.get(i), Integer.MAX_VALUE) : now;
                }
                assertOldOrNew(now, old, changed);
            }
            for (RecordedFile.Step each : pending) {
                synced = RecordedFile.after(synced, each, Integer.MAX_VALUE);
            }
            pending.clear();
        }
        assertThat(pending).as("steps that were never synced").isEmpty();
    }

    /// What a dead editor has left, the next one brings into order.
    @ParameterizedTest
    @MethodSource("edits")
    void the_next_edit_of_a_file_that_was_cut_puts_its_header_right(Edit edit) throws Exception {
        byte[] now = Files.readAllBytes(image);
        for (RecordedFile.Step step : record(edit)) {
            Files.write(cut, now);
            try (var editor = SifEditor.open(cut, CLOCK)) {
                int id = editor.add(NewObject.genericJson("next", new byte[10]));
                SifHeader header = editor.sif().header();
                assertThat(editor.sif().descriptor(id)).isPresent();
                assertThat(header.descriptors().free())
                        .isEqualTo(5 - editor.sif().descriptors().size());
                var primary = editor.sif().primaryPartition().flatMap(Descriptor::partition);
                if (primary.isPresent()) {
                    assertThat(header.architecture()).isEqualTo(primary.get().architecture());
                }
            }
            now = RecordedFile.after(now, step, Integer.MAX_VALUE);
        }
    }

    private List<RecordedFile.Step> record(Edit edit) throws IOException, UserException {
        try (var channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var recorded = new RecordedFile(OutputFile.of(channel));
            edit.act().on(new SifEditor("image.sif", channel, recorded, new NoLocks(), CLOCK));
            return recorded.steps();
        }
    }

    private record NoLocks() implements SifEditor.Locks {
        @Override
        public LockedFile.Outcome lock(long offset, long size) {
            return LockedFile.Outcome.LOCKED;
        }

        @Override
        public void close() {}
    }

    private void assertOldOrNew(byte[] file, List<String> old, List<String> changed) throws IOException {
        Files.write(cut, file);
        assertThat(objects(cut)).isIn(old, changed);
    }

    /// What each object is, all but its time and, of a partition, whether it is the primary one.
    private static List<String> objects(Path path) throws IOException {
        try (var channel = FileChannel.open(path)) {
            var objects = new ArrayList<String>();
            for (Descriptor descriptor : Sif.open(channel).descriptors()) {
                byte[] content = Sif.read(channel, descriptor, 1000);
                objects.add(Stream.of(
                                descriptor.id(),
                                descriptor.type(),
                                descriptor.name(),
                                descriptor.group(),
                                descriptor.link(),
                                HexFormat.of().formatHex(content))
                        .map(Object::toString)
                        .toList()
                        .toString());
            }
            return objects;
        }
    }

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
