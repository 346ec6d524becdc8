package dev.kerr.layer;

import static dev.kerr.layer.TestLayer.layer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.kerr.squashfs.Entry;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Layers whose second reading does not go as the first did.
class ReadAheadTest {
    private static final byte[] LARGE =
            layer().file("a", "x".repeat(20_000_000)).file("b", "y").bytes();

    /// A blob of [#LARGE] that is another stream the second time; counts what is open.
    private static final class Blob implements LayerBlob {
        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger open = new AtomicInteger();
        private final InputStream second;

        Blob(InputStream second) {
            this.second = second;
        }

        @Override
        public String name() {
            return "large";
        }

        @Override
        public InputStream open() {
            open.incrementAndGet();
            var stream = opened.getAndIncrement() == 0 ? new ByteArrayInputStream(LARGE) : second;
            return new FilterInputStream(stream) {
                @Override
                public void close() throws IOException {
                    open.decrementAndGet();
                    super.close();
                }
            };
        }

        @Override
        public Optional<String> diffId() {
            return Optional.empty();
        }
    }

    private static void drain(Layers layers) throws IOException {
        for (var entry = layers.next(); entry.isPresent(); entry = layers.next()) {
            if (entry.get() instanceof Entry.RegularFile file) {
                try (var reader = file.content().open()) {
                    byte[] piece = new byte[100_000];
                    while (reader.read(piece, 0, piece.length) > 0) {
                        // Only to have it read.
                    }
                }
            }
        }
    }

    @Test
    void all_is_closed_behind_the_end() throws IOException {
        var blob = new Blob(new ByteArrayInputStream(LARGE));
        try (Layers layers = TestLayer.merge(List.of(blob))) {
            drain(layers);
            assertThat(blob.open).hasValue(0);
            assertThat(blob.opened).hasValue(2);
        }
    }

    @Test
    void who_stops_early_leaves_no_thread_and_no_open_file() throws IOException {
        var blob = new Blob(new ByteArrayInputStream(LARGE));
        try (Layers layers = TestLayer.merge(List.of(blob))) {
            layers.next();
            layers.next();
        }
        assertThat(blob.open).hasValue(0);
        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .doesNotContain("layer large");
    }

    @Test
    void a_layer_that_cannot_be_read_any_more_fails_with_its_own_reason() throws IOException {
        var start = new ByteArrayInputStream(LARGE, 0, 10_000_000);
        var broken = new SequenceInputStream(start, new FilterInputStream(start) {
            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                throw new IOException("connection reset");
            }
        });
        try (Layers layers = TestLayer.merge(List.of(new Blob(broken)))) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> drain(layers))
                    .withMessage("connection reset");
        }
    }

    @Test
    void a_layer_that_is_cut_short_meanwhile_is_named() throws IOException {
        try (Layers layers = TestLayer.merge(List.of(new Blob(new ByteArrayInputStream(LARGE, 0, 10_000_000))))) {
            assertThatExceptionOfType(LayerException.class)
                    .isThrownBy(() -> drain(layers))
                    .withMessageStartingWith("cannot use layer large: ");
        }
    }

    @Test
    void a_layer_whose_entries_have_become_others_is_named() throws IOException {
        byte[] other = layer().hardLink("a", "b").bytes();
        try (Layers layers = TestLayer.merge(List.of(new Blob(new ByteArrayInputStream(other))))) {
            assertThatExceptionOfType(LayerException.class)
                    .isThrownBy(() -> drain(layers))
                    .withMessage("cannot use layer large: it changed while it was read");
        }
    }

    @Test
    void a_mistake_of_the_blob_stays_one() throws IOException {
        var mistaken = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] into, int from, int length) {
                throw new IllegalStateException("mistake");
            }
        };
        try (Layers layers = TestLayer.merge(List.of(new Blob(mistaken)))) {
            assertThatIllegalStateException().isThrownBy(() -> drain(layers)).withMessage("mistake");
        }
    }

    @Test
    void a_layer_that_cannot_be_read_at_first_ends_the_others() {
        LayerBlob unreadable = new LayerBlob() {
            @Override
            public String name() {
                return "unreadable";
            }

            @Override
            public InputStream open() throws IOException {
                throw new IOException("no such blob");
            }

            @Override
            public Optional<String> diffId() {
                return Optional.empty();
            }
        };
        var blob = new Blob(new ByteArrayInputStream(LARGE));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> TestLayer.merge(List.of(unreadable, blob)))
                .withMessage("no such blob");
        assertThat(blob.open).hasValue(0);
    }
}
