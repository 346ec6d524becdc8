package dev.kerr.sif;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// Any bytes are a SIF file or give a [FormatException]; and a file that opens still does when it was edited.
///
/// `mvn test` runs the inputs that were found before; with `JAZZER_FUZZ=1` and one method named by `-Dtest` new ones
/// are
/// made.
class SifFuzzTest {
    private static final int CONTENT_LIMIT = 1 << 20;
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    private static Path file = Path.of("");

    @BeforeAll
    static void make_a_file() throws IOException {
        file = Files.createTempFile("kerr-fuzz-", ".sif");
    }

    @AfterAll
    static void remove_it() throws IOException {
        Files.deleteIfExists(file);
    }

    @FuzzTest(maxDuration = "5m")
    void whatever_is_read_is_shown_or_refused(byte[] input) throws IOException {
        try (var channel = filled(input)) {
            Sif sif = Sif.open(channel);
            require(sif.descriptors().size() <= SifHeader.MOST_DESCRIPTORS);
            require(SifListing.list(sif).endsWith("\n"));
            require(SifListing.header(sif).endsWith("\n"));
            for (Descriptor descriptor : sif.descriptors()) {
                require(SifListing.info(descriptor).endsWith("\n"));
                require(sif.descriptor(descriptor.id()).orElseThrow().equals(descriptor));
                if (descriptor.size() <= CONTENT_LIMIT) {
                    require(Sif.read(channel, descriptor, CONTENT_LIMIT).length == descriptor.size());
                }
            }
        } catch (FormatException expected) {
            require(expected.offset() >= 0 && !expected.problem().isBlank());
        }
    }

    @FuzzTest(maxDuration = "5m")
    void what_opens_still_opens_when_it_was_edited(byte[] input) throws IOException {
        try (var channel = filled(input)) {
            Sif.open(channel);
        } catch (FormatException refused) {
            return;
        }
        try (var editor = SifEditor.open(file, CLOCK)) {
            int before = editor.sif().descriptors().size();
            if (end(editor.sif()) > input.length) {
                return; // an empty object far behind the end: what is added would make a huge file, if a sparse one
            }
            int id = editor.add(NewObject.genericJson("x", new byte[] {1}));
            require(editor.sif().descriptors().size() == before + 1);
            for (Descriptor descriptor : editor.sif().select(new Selector.OfPurpose(PartitionType.SYSTEM))) {
                editor.makePrimary(descriptor.id());
            }
            editor.delete(id, EnumSet.allOf(SifEditor.Cleanup.class));
            for (Descriptor descriptor : editor.sif().descriptors()) {
                editor.delete(descriptor.id(), Set.of());
            }
            require(editor.sif().descriptors().isEmpty());
        } catch (FormatException | UserException refused) {
            require(!String.valueOf(refused.getMessage()).isBlank());
        }
    }

    /// Plain, because an assertion library would be instrumented too and takes most of the time.
    private static void require(boolean condition) {
        if (!condition) {
            throw new AssertionError();
        }
    }

    private static long end(Sif sif) {
        return sif.descriptors().stream()
                .mapToLong(each -> each.offset() + each.size())
                .max()
                .orElse(0);
    }

    private static FileChannel filled(byte[] input) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(input), 0);
        return channel;
    }
}
