package dev.kerr.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Compression of blocks at once.
final class BlockStreamTest {
    /// Some blocks of each format, and a part of one.
    private static byte[] content() {
        byte[] content = new byte[(9 << 20) + 12_345];
        var random = new Random(1);
        for (int i = 0; i < content.length; i += 1 + random.nextInt(40)) {
            content[i] = (byte) random.nextInt();
        }
        return content;
    }

    private static byte[] packed(LayerFormat format, byte[] content, int threads) throws IOException {
        var out = new ByteArrayOutputStream();
        try (BlockStream stream = format.stream(out, threads)) {
            stream.write(content[0]);
            stream.write(content, 1, 100);
            stream.write(content, 101, content.length - 101);
            stream.finish();
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(LayerFormat.class)
    void what_is_packed_is_the_content_whatever_the_threads(LayerFormat format) throws IOException {
        byte[] content = content();
        byte[] packed = packed(format, content, 3);
        assertThat(packed(format, content, 1)).isEqualTo(packed);
        var in = new ByteArrayInputStream(packed);
        try (var stream = switch (format) {
            case GZIP -> new GZIPInputStream(in);
            case ZSTD -> new ZstdInputStream(in);
            case TAR -> in;
        }) {
            assertThat(stream.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void a_gzip_file_names_no_time_and_no_system() throws IOException {
        assertThat(packed(LayerFormat.GZIP, new byte[1000], 1)).startsWith(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
    }

    @Test
    void a_full_disk_is_told() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("no space left on device");
            }
        };
        byte[] content = content();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
            try (BlockStream stream = LayerFormat.GZIP.stream(full, 2)) {
                stream.write(content, 0, content.length);
                stream.finish();
            }
        });
    }
}
