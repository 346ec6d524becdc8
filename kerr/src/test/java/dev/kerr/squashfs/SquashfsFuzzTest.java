package dev.kerr.squashfs;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/// Reads file systems that a fuzzer makes: each is read to its end, or a [FormatException]. `make fuzz` lets it make
/// new
/// ones; the tests read those that are kept in `SquashfsFuzzTestInputs`.
class SquashfsFuzzTest {
    /// Work that one input may cause, so that the fuzzer comes to the next. Large trees are the matter of other tests.
    private static final int MOST_BYTES = 1 << 16;

    private static final List<byte[]> REAL = real();

    @FuzzTest
    void any_bytes_are_a_file_system_or_refused(byte[] bytes) throws IOException {
        exercise(bytes);
    }

    /// Writes numbers over places of a real image, which a fuzzer would not find by itself behind checks of sizes.
    @FuzzTest
    void any_change_of_a_real_image_gives_values_or_is_refused(FuzzedDataProvider data) throws IOException {
        byte[] image = REAL.get(data.consumeInt(0, REAL.size() - 1)).clone();
        while (data.remainingBytes() > 0) {
            int width = 1 << data.consumeInt(0, 3);
            int at = data.consumeInt(0, image.length - width);
            long value = data.consumeLong();
            for (int i = 0; i < width; i++) {
                image[at + i] = (byte) (value >>> 8 * i);
            }
        }
        exercise(image);
    }

    private static void exercise(byte[] image) throws IOException {
        if (image.length > MOST_BYTES) {
            return;
        }
        try (var channel = new BytesChannel(image)) {
            Images.exercise(channel, 0, image.length);
        } catch (FormatException expected) {
            // Any other exception is a finding.
        }
    }

    /// The first with metadata that is not packed, so that each of its bytes can be changed.
    private static List<byte[]> real() {
        return Stream.of("none", "gzip", "xz", "lz4", "zstd")
                .map(compression -> Images.bytes("small-" + compression + ".squashfs"))
                .toList();
    }
}
