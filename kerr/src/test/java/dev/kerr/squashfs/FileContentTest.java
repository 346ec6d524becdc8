package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kerr.bytes.FormatException;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileContentTest {
    private static final int BLOCK = 4096;

    @TempDir
    Path directory;

    /// Three blocks of noise, two of a hole, one of noise, and an end in a fragment or a block of its own.
    private static byte[] content() {
        byte[] content = new byte[6 * BLOCK + 1000];
        new Random(1).nextBytes(content);
        Arrays.fill(content, 3 * BLOCK, 5 * BLOCK, (byte) 0);
        return content;
    }

    @ParameterizedTest
    @EnumSource(Tails.class)
    void any_range_is_what_is_there(Tails tails) throws IOException {
        byte[] content = content();
        int[] borders = {0, BLOCK, 3 * BLOCK, 4 * BLOCK, 5 * BLOCK, 6 * BLOCK, content.length};
        try (FileChannel channel = write(tails, content);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            var file = Images.file(reader, "f");
            for (int border : borders) {
                for (int offset = Math.max(0, border - 2); offset <= border + 2; offset++) {
                    for (int length : new int[] {0, 1, 2, 5, BLOCK - 1, BLOCK, BLOCK + 3, 3 * BLOCK, 30_000}) {
                        assertRange(reader, file, content, offset, length);
                    }
                }
            }
        }
    }

    private static void assertRange(
            SquashfsReader reader, Inode.RegularFile file, byte[] content, int offset, int length) throws IOException {
        byte[] into = new byte[length + 3];
        Arrays.fill(into, (byte) 77);
        int expected = Math.clamp(content.length - (long) offset, 0, length);
        assertThat(reader.read(file, offset, into, 1, length))
                .as("%d bytes at %d", length, offset)
                .isEqualTo(expected);
        if (expected > 0) {
            assertThat(Arrays.mismatch(into, 1, 1 + expected, content, offset, offset + expected))
                    .as("%d bytes at %d", length, offset)
                    .isEqualTo(-1);
        }
        assertThat(into[0]).isEqualTo((byte) 77);
        assertThat(into[1 + expected]).isEqualTo((byte) 77);
    }

    @Test
    void a_stream_from_an_offset_goes_on_to_the_end() throws IOException {
        byte[] content = content();
        try (FileChannel channel = write(Tails.SHARED, content);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            var file = Images.file(reader, "f");
            try (InputStream in = reader.openAt(file, BLOCK + 10)) {
                assertThat(in.read()).isEqualTo(content[BLOCK + 10] & 0xff);
                assertThat(in.skip(3 * BLOCK)).isEqualTo(3 * BLOCK);
                assertThat(in.skip(-1)).isZero();
                assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 4 * BLOCK + 11, content.length));
                assertThat(in.skip(1)).isZero();
            }
            try (InputStream in = reader.openAt(file, Long.MAX_VALUE)) {
                assertThat(in.read()).isEqualTo(-1);
            }
            assertThatIllegalArgumentException().isThrownBy(() -> reader.openAt(file, -1));
        }
    }

    @Test
    void blocks_before_the_range_are_not_unpacked() throws IOException {
        byte[] text = "text ".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
        try (FileChannel channel = write(Tails.OWN_BLOCKS, text);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            var file = Images.file(reader, "f");
            channel.write(ByteBuffer.wrap(new byte[20]), file.content().start());
            byte[] into = new byte[100];
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> reader.read(file, BLOCK - 1, into, 0, 100));
            assertThat(reader.read(file, BLOCK, into, 0, 100)).isEqualTo(100);
            assertThat(into).isEqualTo(Arrays.copyOfRange(text, BLOCK, BLOCK + 100));
        }
    }

    private FileChannel write(Tails tails, byte[] content) throws IOException {
        var channel = FileChannel.open(
                directory.resolve("image"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        var entry = new Entry.RegularFile("f", new Metadata(0644, 0, 0, 0), content);
        var settings = WriterSettings.usual(0).withBlockSize(BLOCK).with(tails);
        try (var source = EntrySource.of(List.of(entry))) {
            SquashfsWriter.write(channel, 0, source, settings);
        }
        return channel;
    }
}
