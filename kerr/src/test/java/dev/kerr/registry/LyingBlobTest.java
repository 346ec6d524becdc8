package dev.kerr.registry;

import static dev.kerr.registry.Canary.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.registry.RegistryException.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Registries whose blobs are not what they should be, or come in pieces.
final class LyingBlobTest {
    private static final byte[] LAYER = RegistryFixture.LAYER;
    private static final int HALF = LAYER.length / 2;

    private RegistryFixture registry;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryFixture();
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private void answers(TestServer.Behaviour behaviour) {
        registry.server.on(RegistryFixture.BLOB, behaviour);
    }

    private RegistryException blobFails(Problem problem, String message) {
        return assertFails(problem, message, () -> registry.blob(registry.anonymous()));
    }

    /// Announces all, and sends `count` bytes from `from` on.
    private static void sendPart(TestServer.Answer answer, int status, int from, int count, String... headers)
            throws IOException {
        answer.head(status, List.of(headers), "Content-Length: " + (LAYER.length - from));
        answer.out().write(LAYER, from, count);
    }

    private static int from(TestServer.Request request) {
        String range = request.header("Range");
        return range.isEmpty() ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    }

    private static String contentRange(int from, int end) {
        return "Content-Range: bytes " + from + "-" + (end - 1) + "/" + LAYER.length;
    }

    /// The first answer breaks off in the middle; those behind it are the behaviour's.
    private void breaksOnceThen(TestServer.Behaviour behaviour) {
        var asked = new AtomicInteger();
        answers((request, answer) -> {
            if (asked.getAndIncrement() == 0) {
                sendPart(answer, 200, 0, HALF);
                answer.out().flush();
                answer.pause(100); // until the client has that half: what it has not read yet may be lost
            } else {
                behaviour.answer(request, answer);
            }
        });
    }

    @Test
    void a_blob_that_was_changed_is_found() {
        byte[] changed = LAYER.clone();
        changed[HALF] ^= 1;
        answers((request, answer) -> answer.send(200, changed));
        blobFails(Problem.WRONG_CONTENT, "its content was changed");
        assertThat(registry.server.count(RegistryFixture.BLOB)).isEqualTo(1);
    }

    @Test
    void a_blob_that_is_announced_too_short_or_too_long_is_not_read() {
        for (int length : new int[] {0, LAYER.length - 1, LAYER.length + 1}) {
            answers((request, answer) -> answer.send(200, Arrays.copyOf(LAYER, length)));
            blobFails(Problem.WRONG_CONTENT, "it has " + length + " bytes, and should have " + LAYER.length);
        }
    }

    @Test
    void a_blob_that_is_longer_than_anybody_said_is_found() {
        answers((request, answer) -> {
            answer.head(200, List.of());
            answer.out().write(LAYER);
            answer.out().write(LAYER);
        });
        blobFails(Problem.WRONG_CONTENT, "it has more than the " + LAYER.length + " bytes");
    }

    @Test
    void a_blob_that_always_ends_early_is_given_up_after_some_tries() {
        answers((request, answer) -> {
            answer.head(200, List.of());
            answer.out().write(LAYER, 0, HALF);
        });
        blobFails(Problem.BROKEN, "the content ends after " + HALF + " of " + LAYER.length + " bytes");
        assertThat(registry.server.count(RegistryFixture.BLOB)).isEqualTo(3);
        assertThat(registry.pauses).hasSize(2);
    }

    @Test
    void a_registry_that_gives_one_byte_a_connection_is_given_up() {
        answers((request, answer) -> {
            int from = from(request);
            sendPart(answer, from == 0 ? 200 : 206, from, 1, contentRange(from, LAYER.length));
        });
        blobFails(Problem.BROKEN, "broke");
        assertThat(registry.server.count(RegistryFixture.BLOB))
                .as("3 in a row, each of which may break before its head is read")
                .isBetween(3L, 9L);
    }

    private byte[] rest(byte[] begun) throws IOException {
        var sink = new ByteArrayOutputStream();
        registry.anonymous()
                .copy(registry.repository(), RegistryFixture.LAYER_DESCRIPTOR, new ByteArrayInputStream(begun), sink);
        return sink.toByteArray();
    }

    @Test
    void a_blob_that_was_begun_is_gone_on_with() throws IOException {
        answers((request, answer) -> sendPart(
                answer, 206, from(request), LAYER.length - from(request), contentRange(from(request), LAYER.length)));
        assertThat(rest(Arrays.copyOf(LAYER, HALF))).isEqualTo(Arrays.copyOfRange(LAYER, HALF, LAYER.length));
        assertThat(registry.server.requests().getLast().header("Range")).isEqualTo("bytes=" + HALF + "-");
    }

    @Test
    void a_blob_that_was_begun_and_comes_whole_or_in_another_part_is_gone_on_with() throws IOException {
        answers((request, answer) -> answer.send(200, LAYER));
        assertThat(rest(Arrays.copyOf(LAYER, HALF))).isEqualTo(Arrays.copyOfRange(LAYER, HALF, LAYER.length));
        answers((request, answer) -> {
            if (request.header("Range").isEmpty()) {
                answer.send(200, LAYER);
            } else {
                sendPart(answer, 206, 0, LAYER.length, contentRange(0, LAYER.length));
            }
        });
        assertThat(rest(Arrays.copyOf(LAYER, HALF))).isEqualTo(Arrays.copyOfRange(LAYER, HALF, LAYER.length));
    }

    @Test
    void a_blob_that_was_begun_wrong_is_found() {
        answers((request, answer) -> sendPart(
                answer, 206, from(request), LAYER.length - from(request), contentRange(from(request), LAYER.length)));
        byte[] wrong = Arrays.copyOf(LAYER, HALF);
        wrong[0] ^= 1;
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> rest(wrong))
                .withMessageContaining("its content was changed");
    }

    @Test
    void a_broken_connection_goes_on_where_it_broke() throws IOException {
        breaksOnceThen((request, answer) -> sendPart(
                answer, 206, from(request), LAYER.length - from(request), contentRange(from(request), LAYER.length)));
        assertThat(registry.blob(registry.anonymous())).isEqualTo(LAYER);
        assertThat(registry.server.requests().getLast().header("Range")).isEqualTo("bytes=" + HALF + "-");
    }

    @Test
    void a_registry_without_ranges_begins_anew() throws IOException {
        breaksOnceThen((request, answer) -> answer.send(200, LAYER));
        assertThat(registry.blob(registry.anonymous())).isEqualTo(LAYER);
    }

    @Test
    void another_range_than_was_asked_for_is_refused() {
        for (String range : List.of(
                contentRange(0, LAYER.length),
                contentRange(HALF + 1, LAYER.length),
                contentRange(HALF, LAYER.length - 1),
                "Content-Range: bytes */" + LAYER.length,
                "Content-Range: bytes " + HALF + "-" + (LAYER.length - 1) + "/" + (LAYER.length + 1),
                "X-None: x")) {
            breaksOnceThen((request, answer) -> sendPart(answer, 206, HALF, LAYER.length - HALF, range));
            blobFails(Problem.WRONG_ANSWER, "another range than was asked for");
        }
    }

    @Test
    void a_rest_that_is_another_blob_s_is_found() {
        breaksOnceThen((request, answer) -> {
            byte[] rest = new byte[LAYER.length - HALF];
            answer.send(206, rest, contentRange(HALF, LAYER.length));
        });
        blobFails(Problem.WRONG_CONTENT, "its content was changed");
    }

    @Test
    void a_rest_that_is_announced_too_long_is_refused() {
        breaksOnceThen((request, answer) -> answer.send(206, LAYER, contentRange(HALF, LAYER.length)));
        blobFails(Problem.WRONG_CONTENT, "and should have " + LAYER.length);
    }

    @Test
    void a_range_that_cannot_be_satisfied_is_an_error() {
        breaksOnceThen((request, answer) -> answer.send(416, ""));
        blobFails(Problem.REFUSED, "answers with status 416");
    }

    @Test
    void a_blob_that_is_gone_after_the_break_is_an_error() {
        breaksOnceThen((request, answer) ->
                answer.send(404, "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"gone\"}]}"));
        blobFails(Problem.UNKNOWN, "the repository has no such blob");
    }

    @Test
    void a_connection_that_stands_still_is_given_up() {
        registry.losePatience();
        answers((request, answer) -> {
            sendPart(answer, 200, 0, HALF);
            answer.out().flush();
            answer.pause(2000);
        });
        blobFails(Problem.BROKEN, "no byte came for 250 ms");
    }

    @Test
    void a_length_that_is_none_is_refused() {
        answers((request, answer) -> answer.raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"));
        blobFails(Problem.WRONG_CONTENT, "it has -5 bytes, and should have");
    }

    @Test
    void garbage_between_chunks_is_an_error() {
        answers((request, answer) -> {
            answer.head(200, List.of("Transfer-Encoding: chunked"));
            answer.raw("zz\r\nabc\r\n");
        });
        blobFails(Problem.BROKEN, "broke");
    }

    @Test
    void who_does_not_read_to_the_end_can_verify_the_rest() throws IOException {
        byte[] changed = LAYER.clone();
        changed[LAYER.length - 1] ^= 1;
        answers((request, answer) -> answer.send(200, changed));
        try (BlobStream blob = registry.anonymous().blob(registry.repository(), RegistryFixture.LAYER_DESCRIPTOR)) {
            assertThat(blob.readNBytes(HALF)).isEqualTo(Arrays.copyOf(LAYER, HALF));
            assertFails(Problem.WRONG_CONTENT, "its content was changed", blob::finish);
        }
    }
}
