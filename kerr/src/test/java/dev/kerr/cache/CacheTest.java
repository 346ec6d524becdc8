package dev.kerr.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.linux.LockedFile;
import dev.kerr.oci.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
    private static final Digest DIGEST = Digest.ofContent(CONTENT);

    @TempDir
    Path directory;

    private Cache cache = new Cache(Path.of("/"));
    private final AtomicInteger fetched = new AtomicInteger();

    @BeforeEach
    void open() {
        cache = new Cache(directory.resolve("cache"));
    }

    private Path blob() throws IOException {
        return cache.blob(DIGEST, CONTENT.length, (out, begun) -> {
            fetched.incrementAndGet();
            out.write(CONTENT);
        });
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void a_blob_is_fetched_once_and_has_the_name_of_an_oci_layout() throws Exception {
        assertThat(blob()).hasBinaryContent(CONTENT);
        assertThat(blob()).hasBinaryContent(CONTENT);
        assertThat(fetched).hasValue(1);
        assertThat(files()).containsExactly("cache/blob/blobs/sha256/" + DIGEST.hex());
    }

    @Test
    void a_blob_that_is_damaged_is_fetched_again() throws Exception {
        Files.writeString(blob(), "conTent");
        assertThat(blob()).hasBinaryContent(CONTENT);
        assertThat(fetched).hasValue(2);
    }

    @Test
    void content_of_another_digest_is_refused_and_leaves_nothing() throws Exception {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> cache.blob(DIGEST, CONTENT.length, (out, begun) -> out.write('x')))
                .withMessageStartingWith("the content of " + DIGEST + " is that of sha256:");
        assertThat(files()).isEmpty();
    }

    @Test
    void a_failure_leaves_nothing() throws Exception {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> cache.blob(DIGEST, CONTENT.length, (out, begun) -> {
                    out.write(CONTENT);
                    throw new IOException("broken");
                }))
                .withMessage("broken");
        assertThat(files()).isEmpty();
    }

    private static final byte[] LARGE = new byte[3 << 20];
    private static final Digest LARGE_DIGEST = Digest.ofContent(LARGE);

    private Path blobOfZeros(long upTo, List<Long> begunAt) throws IOException {
        return cache.blob(LARGE_DIGEST, LARGE.length, (out, begun) -> {
            long at = begun.transferTo(OutputStream.nullOutputStream());
            begunAt.add(at);
            out.write(new byte[(int) Math.min(LARGE.length - at, upTo)]);
            if (at + upTo < LARGE.length) {
                throw new IOException("broken");
            }
        });
    }

    @Test
    void a_blob_whose_transfer_broke_off_is_gone_on_with() throws Exception {
        List<Long> begunAt = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> blobOfZeros(1 << 20, begunAt))
                    .withMessage("broken");
            assertThat(files()).containsExactly("cache/blob/blobs/sha256/." + LARGE_DIGEST.hex() + ".partial");
        }
        assertThat(blobOfZeros(1 << 20, begunAt)).hasBinaryContent(LARGE);
        assertThat(begunAt).containsExactly(0L, 1L << 20, 2L << 20);
        assertThat(files()).containsExactly("cache/blob/blobs/sha256/" + LARGE_DIGEST.hex());
    }

    @Test
    void what_was_begun_and_is_damaged_is_fetched_again() throws Exception {
        Path blobs = Files.createDirectories(directory.resolve("cache/blob/blobs/sha256"));
        for (int size : List.of(1000, LARGE.length, LARGE.length + 1)) {
            Path partial = blobs.resolve("." + LARGE_DIGEST.hex() + ".partial");
            byte[] wrong = new byte[size];
            wrong[500] = 1;
            Files.write(partial, wrong);
            assertThat(blobOfZeros(LARGE.length, new ArrayList<>())).hasBinaryContent(LARGE);
            assertThat(files()).hasSize(1);
            Files.delete(blobs.resolve(LARGE_DIGEST.hex()));
        }
    }

    @Test
    void what_another_process_is_at_stays_untouched() throws Exception {
        Path blobs = Files.createDirectories(directory.resolve("cache/blob/blobs/sha256"));
        Path partial = Files.writeString(blobs.resolve("." + DIGEST.hex() + ".partial"), "con");
        try (var other = LockedFile.open(partial)) {
            assertThat(other.lock(0, 1)).isEqualTo(LockedFile.Outcome.LOCKED);
            assertThat(blob()).hasBinaryContent(CONTENT);
            assertThat(partial).hasContent("con");
        }
    }

    @Test
    void what_a_killed_process_left_is_removed() throws Exception {
        Path blobs = Files.createDirectories(directory.resolve("cache/blob/blobs/sha256"));
        Files.createFile(blobs.resolve("." + DIGEST.hex() + ".1f.part"));
        Files.createFile(blobs.resolve("." + DIGEST.hex() + ".lock"));
        Files.createFile(blobs.resolve(".other.1f.part"));
        blob();
        Files.createFile(blobs.resolve("." + DIGEST.hex() + ".lock"));
        blob();
        assertThat(files())
                .containsExactly("cache/blob/blobs/sha256/.other.1f.part", "cache/blob/blobs/sha256/" + DIGEST.hex());
    }

    @Test
    void many_at_once_fetch_once() throws Exception {
        var tasks = new ArrayList<Callable<Path>>();
        for (int i = 0; i < 8; i++) {
            tasks.add(() -> cache.blob(DIGEST, CONTENT.length, (out, begun) -> {
                fetched.incrementAndGet();
                Thread.onSpinWait();
                out.write(CONTENT);
            }));
        }
        try (var threads = Executors.newFixedThreadPool(tasks.size())) {
            for (var result : threads.invokeAll(tasks)) {
                assertThat(result.get()).hasBinaryContent(CONTENT);
            }
        }
        assertThat(fetched).hasValue(1);
        assertThat(files()).hasSize(1);
    }

    @Test
    void an_image_is_made_once() throws Exception {
        for (int i = 0; i < 2; i++) {
            Path image = cache.image(Cache.Type.OCI, "abc", file -> {
                fetched.incrementAndGet();
                Files.write(file, CONTENT);
            });
            assertThat(image).hasBinaryContent(CONTENT).isEqualTo(directory.resolve("cache/oci-tmp/abc"));
        }
        assertThat(fetched).hasValue(1);
    }

    /// A launch that is being planned takes an image of another time for another image.
    @Test
    void what_is_found_stays_of_its_time_and_counts_as_used() throws Exception {
        Path image = cache.image(Cache.Type.OCI, "abc", file -> Files.write(file, CONTENT));
        var before = FileTime.from(Instant.EPOCH);
        Files.getFileAttributeView(image, BasicFileAttributeView.class).setTimes(before, before, null);
        cache.image(Cache.Type.OCI, "abc", file -> {});
        assertThat(Files.getLastModifiedTime(image)).isEqualTo(before);
        assertThat(cache.items().getFirst().used()).isAfter(Instant.now().minusSeconds(60));
    }

    @Test
    void only_what_is_unwanted_is_removed() throws Exception {
        Path blob = blob();
        Path image = cache.image(Cache.Type.OCI, "abc", file -> Files.write(file, CONTENT));
        Files.getFileAttributeView(blob, BasicFileAttributeView.class)
                .setTimes(null, FileTime.from(Instant.EPOCH), null);
        assertThat(cache.items()).extracting(Cache.Item::type).containsExactly(Cache.Type.BLOB, Cache.Type.OCI);
        var removed = cache.clean(item -> item.used().isBefore(Instant.EPOCH.plusSeconds(1)));
        assertThat(removed).extracting(Cache.Item::path).containsExactly(blob);
        assertThat(image).exists();
        blob();
        assertThat(fetched).as("what is found counts as used").hasValue(2);
    }

    private Path image() throws IOException {
        return cache.image(Cache.Type.OCI, "abc", file -> {
            fetched.incrementAndGet();
            Files.write(file, CONTENT);
        });
    }

    @Test
    void an_image_that_was_written_into_is_made_again() throws Exception {
        Files.writeString(image(), "conTent");
        assertThat(image()).hasBinaryContent(CONTENT);
        Files.writeString(image(), "cut");
        assertThat(image()).hasBinaryContent(CONTENT);
        assertThat(fetched).hasValue(3);
    }

    @Test
    void an_image_that_was_copied_with_its_record_is_still_what_was_made() throws Exception {
        Files.setLastModifiedTime(image(), FileTime.from(Instant.EPOCH));
        assertThat(image()).hasBinaryContent(CONTENT);
        assertThat(fetched).hasValue(1);
    }

    @Test
    void an_image_without_a_record_is_made_again() throws Exception {
        image();
        Files.delete(directory.resolve("cache/oci-tmp/.abc.made"));
        image();
        assertThat(fetched).hasValue(2);
    }

    @Test
    void what_is_removed_goes_with_its_record() throws Exception {
        image();
        assertThat(cache.items()).hasSize(1);
        assertThat(cache.clean(item -> true)).hasSize(1);
        assertThat(files()).isEmpty();
    }

    @Test
    void what_a_shared_cache_has_is_neither_fetched_nor_touched() throws Exception {
        Path theirs = blob();
        Path made = image();
        List<String> before = files();
        Path own = directory.resolve("own");
        cache = new Cache(own, List.of(directory.resolve("nowhere"), directory.resolve("cache")));
        assertThat(blob()).isEqualTo(theirs);
        assertThat(image()).isEqualTo(made);
        assertThat(fetched).hasValue(2);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void what_is_damaged_in_a_shared_cache_is_fetched_into_ones_own() throws Exception {
        Files.writeString(blob(), "conTent");
        Files.writeString(image(), "conTent");
        cache = new Cache(directory.resolve("own"), List.of(directory.resolve("cache")));
        assertThat(blob()).hasBinaryContent(CONTENT).startsWith(directory.resolve("own"));
        assertThat(image()).hasBinaryContent(CONTENT).startsWith(directory.resolve("own"));
    }
}
