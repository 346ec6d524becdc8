package dev.kerr.registry;

import static dev.kerr.registry.Canary.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kerr.oci.Descriptor;
import dev.kerr.registry.RegistryException.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Large blobs, which come in parts.
final class PartsTest {
    private static final int PART = 10_000;
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
    private static final byte[] LARGE = new byte[10 * PART + 17];
    private static final Descriptor DESCRIPTOR;

    static {
        new Random(1).nextBytes(LARGE);
        DESCRIPTOR = Descriptor.of("application/octet-stream", LARGE);
    }

    private RegistryFixture registry;

    /// A stretch of the blob.
    private record Range(int from, int end) {
        static Range of(TestServer.Request request) {
            Matcher range = RANGE.matcher(request.header("Range"));
            if (!range.matches()) {
                return new Range(0, LARGE.length);
            }
            String last = range.group(2);
            return new Range(
                    Integer.parseInt(range.group(1)), last.isEmpty() ? LARGE.length : Integer.parseInt(last) + 1);
        }

        String header() {
            return "Content-Range: bytes " + from + "-" + (end - 1) + "/" + LARGE.length;
        }

        void sendTo(TestServer.Answer answer) throws IOException {
            answer.send(206, Arrays.copyOfRange(LARGE, from, end), header());
        }
    }

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryFixture();
        registry.parts = new Parts(3, PART);
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private void answers(TestServer.Behaviour behaviour) {
        registry.server.on("/v2/team/app/blobs/" + DESCRIPTOR.digest(), behaviour);
    }

    private byte[] blob(int begun) throws IOException {
        var sink = new ByteArrayOutputStream();
        var first = new ByteArrayInputStream(LARGE, 0, begun);
        registry.anonymous().copy(registry.repository(), DESCRIPTOR, first, sink);
        return sink.toByteArray();
    }

    private List<String> ranges() {
        return registry.server.requests().stream()
                .map(request -> request.header("Range"))
                .toList();
    }

    @Test
    void behind_the_first_two_are_on_their_way_while_one_is_read() throws IOException {
        var together = new CountDownLatch(2);
        answers((request, answer) -> {
            Range range = Range.of(request);
            if (range.from > 0) {
                together.countDown();
                try {
                    assertThat(together.await(20, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException closed) {
                    Thread.currentThread().interrupt();
                }
            }
            range.sendTo(answer);
        });
        assertThat(blob(0)).isEqualTo(LARGE);
        assertThat(ranges()).hasSize(11).contains("bytes=0-9999", "bytes=10000-19999", "bytes=100000-");
    }

    @Test
    void what_is_begun_is_gone_on_with_in_parts() throws IOException {
        answers((request, answer) -> Range.of(request).sendTo(answer));
        assertThat(blob(5)).isEqualTo(Arrays.copyOfRange(LARGE, 5, LARGE.length));
        assertThat(ranges()).contains("bytes=5-10004", "bytes=100005-");
    }

    @Test
    void what_is_not_much_comes_in_one_piece() throws IOException {
        answers((request, answer) -> Range.of(request).sendTo(answer));
        assertThat(blob(LARGE.length - 3 * PART)).hasSize(3 * PART);
        assertThat(ranges()).hasSize(1);
    }

    @Test
    void one_at_once_is_one_piece() throws IOException {
        registry.parts = new Parts(1, PART);
        answers((request, answer) -> answer.send(200, LARGE));
        assertThat(blob(0)).isEqualTo(LARGE);
        assertThat(ranges()).containsExactly("");
    }

    @Test
    void a_registry_that_knows_no_ranges_sends_the_whole() throws IOException {
        answers((request, answer) -> answer.send(200, LARGE));
        assertThat(blob(0)).isEqualTo(LARGE);
        assertThat(blob(7)).isEqualTo(Arrays.copyOfRange(LARGE, 7, LARGE.length));
        assertThat(ranges()).hasSize(2);
    }

    @Test
    void a_registry_that_refuses_ranges_is_asked_for_the_whole() throws IOException {
        answers((request, answer) -> {
            if (request.header("Range").isEmpty()) {
                answer.send(200, LARGE);
            } else {
                answer.send(416, "");
            }
        });
        assertThat(blob(0)).isEqualTo(LARGE);
        assertThat(ranges()).containsExactly("bytes=0-9999", "");
    }

    @Test
    void a_registry_that_comes_to_refuse_them_sends_the_whole() throws IOException {
        var count = new AtomicInteger();
        answers((request, answer) -> {
            if (count.incrementAndGet() < 5) {
                Range.of(request).sendTo(answer);
            } else {
                answer.send(200, LARGE);
            }
        });
        assertThat(blob(0)).isEqualTo(LARGE);
    }

    @Test
    void a_part_that_breaks_off_is_gone_on_with() throws IOException {
        var broken = new AtomicInteger();
        answers((request, answer) -> {
            Range range = Range.of(request);
            if (range.from == 4 * PART && broken.getAndIncrement() == 0) {
                answer.head(206, List.of(range.header()), "Content-Length: " + PART);
                answer.out().write(LARGE, range.from, PART / 2);
            } else {
                range.sendTo(answer);
            }
        });
        assertThat(blob(0)).isEqualTo(LARGE);
        // What had come of it when it broke may have been lost with the connection: so from there, or from its
        // beginning.
        assertThat(ranges()).filteredOn(range -> range.startsWith("bytes=4")).hasSize(2);
    }

    @Test
    void another_part_than_was_asked_for_is_refused() {
        answers((request, answer) -> {
            Range range = Range.of(request);
            (range.from == 2 * PART ? new Range(PART, 2 * PART) : range).sendTo(answer);
        });
        assertFails(Problem.WRONG_ANSWER, "another range", () -> blob(0));
    }

    @Test
    void a_part_of_another_length_is_refused() {
        answers((request, answer) -> {
            Range range = Range.of(request);
            answer.send(206, Arrays.copyOfRange(LARGE, range.from, range.end - 1), range.header());
        });
        assertFails(Problem.WRONG_CONTENT, "and should have " + LARGE.length, () -> blob(0));
    }

    @Test
    void what_is_put_together_wrongly_is_refused() {
        answers((request, answer) -> {
            Range range = Range.of(request);
            byte[] bytes = Arrays.copyOfRange(LARGE, range.from, range.end);
            bytes[0] += (byte) (range.from == 5 * PART ? 1 : 0);
            answer.send(206, bytes, range.header());
        });
        assertFails(Problem.WRONG_CONTENT, "its content was changed", () -> blob(0));
    }

    @Test
    void settings_have_bounds() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Parts(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Parts(Parts.MOST_AT_ONCE + 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Parts(1, 0));
    }
}
