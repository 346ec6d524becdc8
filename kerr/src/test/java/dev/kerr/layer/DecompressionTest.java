package dev.kerr.layer;

import static dev.kerr.layer.TestLayer.layer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.kerr.bytes.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class DecompressionTest {
    private static final byte[] PLAIN = plain();

    private static byte[] plain() {
        byte[] bytes = new byte[300_000];
        var random = new Random(7);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(8));
        }
        return bytes;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] unpacked(byte[] file) throws IOException {
        return unpacked(new ByteArrayInputStream(file));
    }

    private static byte[] unpacked(InputStream file) throws IOException {
        try (InputStream stream = Decompression.of(file)) {
            return stream.readAllBytes();
        }
    }

    private static void refused(byte[] file, String problem) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> unpacked(file))
                .withMessageContaining(problem);
    }

    @Test
    void what_is_not_compressed_is_as_it_is() throws IOException {
        assertThat(unpacked(PLAIN)).isEqualTo(PLAIN);
        assertThat(unpacked(new byte[0])).isEmpty();
        assertThat(unpacked(new byte[] {0x1f})).containsExactly(0x1f);
    }

    @Test
    void gzip_is_unpacked() throws IOException {
        assertThat(unpacked(gzip(PLAIN))).isEqualTo(PLAIN);
        assertThat(unpacked(gzip(new byte[0]))).isEmpty();
    }

    /// B-085.
    @Test
    void gzip_may_have_many_members() throws IOException {
        assertThat(unpacked(join(gzip(PLAIN), gzip(new byte[0]), gzip(new byte[] {1, 2}))))
                .isEqualTo(join(PLAIN, new byte[] {1, 2}));
    }

    /// The JDK's own stream ends behind the first member here.
    @Test
    void members_are_found_in_a_stream_that_comes_byte_by_byte() throws IOException {
        byte[] file = join(gzip(PLAIN), gzip(new byte[] {1}), gzip(PLAIN));
        assertThat(unpacked(slow(file))).isEqualTo(join(PLAIN, new byte[] {1}, PLAIN));
        byte[] frames = join(Zstd.compress(PLAIN), Zstd.compress(new byte[] {1}), Zstd.compress(PLAIN));
        assertThat(unpacked(slow(frames))).isEqualTo(join(PLAIN, new byte[] {1}, PLAIN));
    }

    private static InputStream slow(byte[] file) {
        return new FilterInputStream(new ByteArrayInputStream(file)) {
            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                return super.read(into, from, Math.min(1, length));
            }

            @Override
            public int available() {
                return 0;
            }
        };
    }

    /// B-085.
    @Test
    void headers_of_gzip_may_have_all_there_is() throws IOException {
        byte[] body = gzip(PLAIN);
        byte[] extra = new byte[65_535];
        byte[] file = join(
                new byte[] {0x1f, (byte) 0x8b, 8, 0x1f, 1, 2, 3, 4, 5, 6, -1, -1},
                extra,
                new byte[] {'n', 0, 'c', 0, 12, 34},
                Arrays.copyOfRange(body, 10, body.length));
        assertThat(unpacked(file)).isEqualTo(PLAIN);
    }

    /// B-085.
    @Test
    void damaged_gzip_is_refused() throws IOException {
        byte[] file = gzip(PLAIN);
        for (int length : List.of(6, 9, 10, 500, file.length - 9, file.length - 8, file.length - 1)) {
            refused(Arrays.copyOf(file, length), "gzip file is truncated at offset " + length);
        }
        for (int at : List.of(file.length - 1, file.length - 8)) {
            byte[] changed = file.clone();
            changed[at] ^= 1;
            refused(changed, "gzip file has a wrong checksum");
        }
        byte[] changed = file.clone();
        changed[10] = -1;
        refused(changed, "gzip file is damaged: ");
        refused(join(file, new byte[] {'x', 'y', 'z', 0, 0, 0, 0, 0, 0, 0}), "gzip file goes on with something else");
        refused(join(file, new byte[3]), "gzip file is truncated");
        byte[] method = file.clone();
        method[2] = 9;
        refused(method, "gzip file goes on with something else at offset 10");
    }

    /// B-085.
    @Test
    void zstd_may_have_many_frames_and_such_as_are_passed_over() throws IOException {
        byte[] passedOver = {0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
        byte[] file = join(passedOver, Zstd.compress(PLAIN), passedOver, Zstd.compress(new byte[] {1}), passedOver);
        assertThat(unpacked(file)).isEqualTo(join(PLAIN, new byte[] {1}));
    }

    /// B-085: a stream does not say its size before.
    @Test
    void zstd_need_not_say_its_size() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zstd = new ZstdOutputStreamNoFinalizer(out)) {
            zstd.write(PLAIN);
        }
        assertThat(unpacked(out.toByteArray())).isEqualTo(PLAIN);
    }

    /// B-085.
    @Test
    void damaged_zstd_is_refused() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zstd = new ZstdOutputStreamNoFinalizer(out).setChecksum(true)) {
            zstd.write(PLAIN);
        }
        byte[] file = out.toByteArray();
        refused(Arrays.copyOf(file, file.length - 5), "zstd file is damaged: ");
        byte[] changed = file.clone();
        changed[5000] ^= 0x55;
        refused(changed, "zstd file is damaged: ");
        refused(join(file, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), "zstd file is damaged: ");
    }

    /// B-085: a window of 2 GiB would be memory of ours.
    @Test
    void large_windows_of_zstd_are_refused() {
        byte[] file = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (21 << 3), 1, 0, 0};
        refused(file, "zstd file is damaged: Frame requires too much memory for decoding");
    }

    /// B-085.
    @Test
    void what_oci_does_not_have_is_refused_by_name() {
        refused(new byte[] {'B', 'Z', 'h', '9', 0, 0}, "it is compressed with bzip2, which OCI does not have");
        refused(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}, "it is compressed with xz, which OCI does not have");
    }

    /// B-085.
    @Test
    void layers_are_unpacked_once_only() throws IOException {
        byte[] layer = layer().file("a", "text").bytes();
        for (byte[] stored : List.of(layer, gzip(layer), Zstd.compress(layer))) {
            assertThat(TestLayer.tree(List.of(new TestLayer.Blob("one", stored))))
                    .containsExactly("/ 755", "a text");
        }
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> TestLayer.tree(List.of(new TestLayer.Blob("one", gzip(gzip(layer))))))
                .withMessageStartingWith("cannot use layer one: truncated tar archive");
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> TestLayer.tree(List.of(new TestLayer.Blob("one", Arrays.copyOf(gzip(layer), 40)))))
                .withMessage("cannot use layer one: gzip file is truncated at offset 40");
    }

    /// B-093.
    @Test
    void layers_are_held_against_their_digests() throws IOException {
        byte[] layer = layer().file("a", "text").bytes();
        byte[] behind = join(layer, new byte[] {'x'});
        String digest = "sha256:" + HexFormat.of().formatHex(sha256(layer));
        var right = new TestLayer.Blob("one", gzip(layer), Optional.of(digest));
        assertThat(TestLayer.tree(List.of(right))).containsExactly("/ 755", "a text");
        var wrong = new TestLayer.Blob("one", gzip(behind), Optional.of(digest));
        assertThatExceptionOfType(LayerException.class)
                .isThrownBy(() -> TestLayer.merge(List.of(wrong)))
                .withMessageStartingWith("cannot use layer one: it is not what the image says: its digest is sha256:")
                .withMessageEndingWith(", not " + digest);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
