package dev.kerr.registry;

import static dev.kerr.registry.Canary.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Index;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Platform;
import dev.kerr.oci.Reference;
import dev.kerr.oci.Repository;
import dev.kerr.registry.RegistryException.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a client gets from a registry that does as it should, and what it puts there.
final class RegistryClientTest {
    private static final String UPLOADS = "/v2/team/app/blobs/uploads/";
    private static final Descriptor LAYER = RegistryFixture.LAYER_DESCRIPTOR;
    private static final BlobContent CONTENT = () -> new ByteArrayInputStream(RegistryFixture.LAYER);

    private RegistryFixture registry;
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryFixture();
        server = registry.server;
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private Index index(Platform... platforms) {
        return new Index(List.of(platforms).stream()
                .map(platform -> new Descriptor(
                        MediaType.OCI_MANIFEST,
                        Digest.ofContent(RegistryFixture.MANIFEST_BYTES),
                        RegistryFixture.MANIFEST_BYTES.length,
                        "",
                        Optional.of(platform),
                        Collections.emptySortedMap()))
                .toList());
    }

    private void indexIs(Index index) {
        server.on(
                RegistryFixture.MANIFEST,
                (request, answer) -> answer.send(200, index.encode(), "Content-Type: " + MediaType.OCI_INDEX));
        server.on(
                "/v2/team/app/manifests/" + Digest.ofContent(RegistryFixture.MANIFEST_BYTES),
                (request, answer) -> RegistryFixture.sendManifest(answer));
    }

    @Test
    void a_manifest_comes_as_the_bytes_that_the_registry_has() throws IOException {
        ManifestContent content = registry.anonymous().manifest(registry.reference());
        assertThat(content.bytes()).isEqualTo(RegistryFixture.MANIFEST_BYTES);
        assertThat(content.reference()).isEqualTo(registry.at(Digest.ofContent(RegistryFixture.MANIFEST_BYTES)));
        assertThat(content.descriptor().mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
        assertThat(server.requests().getFirst().header("Accept"))
                .contains(MediaType.OCI_INDEX, MediaType.DOCKER_MANIFEST);
        assertThat(server.requests().getFirst().header("Accept-Encoding")).isEqualTo("identity");
    }

    @Test
    void an_image_is_chosen_for_the_platform() throws IOException {
        indexIs(index(Platform.linux("arm64", ""), Platform.linux("amd64", "")));
        ImageManifest image = registry.anonymous().image(registry.reference(), Platform.linux("amd64", ""));
        assertThat(image.manifest().layers()).containsExactly(LAYER);
        assertThat(image.bytes()).isEqualTo(RegistryFixture.MANIFEST_BYTES);
        assertThat(image.reference().digest()).hasValue(Digest.ofContent(RegistryFixture.MANIFEST_BYTES));
    }

    @Test
    void an_image_without_a_choice_is_taken_as_it_is() throws IOException {
        assertThat(registry.anonymous()
                        .image(registry.reference(), Platform.linux("s390x", ""))
                        .manifest()
                        .layers())
                .containsExactly(LAYER);
    }

    @Test
    void a_platform_that_there_is_no_image_for_is_named_with_those_there_are() {
        indexIs(index(Platform.linux("arm64", ""), Platform.linux("arm", "v6")));
        RegistryException failure = assertFails(
                Problem.UNKNOWN,
                "there is no image for linux/amd64, but for linux/arm64/v8, linux/arm/v6",
                () -> registry.anonymous().image(registry.reference(), Platform.linux("amd64", "")));
        assertThat(failure.hint()).isEqualTo("choose one with --arch");
    }

    @Test
    void a_manifest_is_looked_for() throws IOException {
        Digest digest = Digest.ofContent(RegistryFixture.MANIFEST_BYTES);
        server.on(
                RegistryFixture.MANIFEST,
                (request, answer) -> answer.head(
                        200,
                        List.of("Docker-Content-Digest: " + digest, "Content-Type: " + MediaType.OCI_MANIFEST),
                        "Content-Length: " + RegistryFixture.MANIFEST_BYTES.length));
        assertThat(registry.anonymous().find(registry.reference()))
                .hasValue(new Descriptor(MediaType.OCI_MANIFEST, digest, RegistryFixture.MANIFEST_BYTES.length));
        assertThat(server.requests().getFirst().method()).isEqualTo("HEAD");
        assertThat(registry.anonymous().find(registry.at(digest))).isEmpty();
    }

    @Test
    void a_blob_comes_whole() throws IOException {
        assertThat(registry.blob(registry.anonymous())).isEqualTo(RegistryFixture.LAYER);
    }

    @Test
    void a_blob_of_no_bytes_comes_too() throws IOException {
        Descriptor nothing = Descriptor.of(MediaType.OCI_EMPTY, new byte[0]);
        server.on("/v2/team/app/blobs/" + nothing.digest(), (request, answer) -> answer.send(200, ""));
        var sink = new ByteArrayOutputStream();
        registry.anonymous().copy(registry.repository(), nothing, sink);
        assertThat(sink.size()).isZero();
    }

    @Test
    void a_large_blob_survives_many_breaks() throws IOException {
        byte[] large = new byte[8 << 20];
        new Random(1).nextBytes(large);
        Descriptor descriptor = Descriptor.of("application/octet-stream", large);
        int piece = (1 << 20) + 12_345;
        server.on("/v2/team/app/blobs/" + descriptor.digest(), (request, answer) -> {
            String range = request.header("Range");
            int from = range.isEmpty() ? 0 : Integer.parseInt(range.substring(6, range.length() - 1));
            answer.head(
                    from == 0 ? 200 : 206,
                    List.of("Content-Range: bytes " + from + "-" + (large.length - 1) + "/" + large.length),
                    "Content-Length: " + (large.length - from));
            answer.out().write(large, from, Math.min(piece, large.length - from));
        });
        var sink = new ByteArrayOutputStream();
        registry.anonymous().copy(registry.repository(), descriptor, sink);
        assertThat(sink.toByteArray()).isEqualTo(large);
        assertThat(server.requests()).hasSizeGreaterThanOrEqualTo(8);
    }

    @Test
    void a_blob_is_looked_for() throws IOException {
        assertThat(registry.anonymous().has(registry.repository(), LAYER.digest()))
                .isTrue();
        assertThat(registry.anonymous().has(registry.repository(), Digest.ofContent(new byte[0])))
                .isFalse();
    }

    @Test
    void tags_come_from_all_pages() throws IOException {
        server.on("/v2/team/app/tags/list", (request, answer) -> {
            if (request.query().isEmpty()) {
                answer.send(200, "{\"tags\":[\"a\",\"b\"]}", "Link: </v2/team/app/tags/list?last=b&n=2>; rel=\"next\"");
            } else {
                answer.send(200, "{\"name\":\"team/app\",\"tags\":[\"c\"]}");
            }
        });
        assertThat(registry.anonymous().tags(registry.repository())).containsExactly("a", "b", "c");
        server.on("/v2/team/app/tags/list", (request, answer) -> answer.send(200, "{\"tags\":null}"));
        assertThat(registry.anonymous().tags(registry.repository())).isEmpty();
    }

    @Test
    void referrers_come_from_the_service_or_else_from_a_tag_or_there_are_none() throws IOException {
        Index index = index(Platform.linux("amd64", ""));
        RegistryClient client = registry.anonymous();
        assertThat(client.referrers(registry.repository(), LAYER.digest()).manifests())
                .isEmpty();
        server.on(
                "/v2/team/app/manifests/sha256-" + LAYER.digest().hex(),
                (request, answer) -> answer.send(200, index.encode()));
        assertThat(client.referrers(registry.repository(), LAYER.digest())).isEqualTo(index);
        server.on(
                "/v2/team/app/referrers/" + LAYER.digest(),
                (request, answer) ->
                        answer.send(200, new Index(List.of()).encode(), "Content-Type: " + MediaType.OCI_INDEX));
        assertThat(client.referrers(registry.repository(), LAYER.digest()).manifests())
                .isEmpty();
    }

    @Test
    void a_blob_is_put_in_one_piece() throws IOException {
        server.on(UPLOADS, (request, answer) -> answer.send(202, "", "Location: " + UPLOADS + "session?state=s"));
        server.on(UPLOADS + "session", (request, answer) -> answer.send(201, ""));
        registry.anonymous().upload(registry.repository(), LAYER, CONTENT);
        TestServer.Request put = server.requests().getLast();
        assertThat(put.method()).isEqualTo("PUT");
        assertThat(put.query())
                .isEqualTo("state=s&digest=" + LAYER.digest().toString().replace(":", "%3A"));
        assertThat(put.body()).isEqualTo(RegistryFixture.LAYER);
        assertThat(put.header("Content-Type")).isEqualTo("application/octet-stream");
    }

    @Test
    void a_registry_may_take_its_time_to_verify_a_large_upload() throws IOException {
        registry.losePatience();
        byte[] large = new byte[20_000_000];
        Descriptor descriptor = Descriptor.of("application/octet-stream", large);
        server.on(UPLOADS, (request, answer) -> answer.send(202, "", "Location: " + UPLOADS + "session"));
        server.on(UPLOADS + "session", (request, answer) -> {
            answer.pause(request.method().equals("PUT") ? 700 : 0); // and our patience is 250 ms, or 2250 for so much
            answer.send(201, "", "Location: " + UPLOADS + "session");
        });
        registry.anonymous()
                .upload(registry.repository(), descriptor, () -> new ByteArrayInputStream(large), 10_000_000);
        assertThat(server.count(UPLOADS)).isEqualTo(1);
    }

    @Test
    void a_blob_is_put_in_many_pieces() throws IOException {
        var received = new ByteArrayOutputStream();
        var piece = new AtomicInteger();
        server.on(UPLOADS, (request, answer) -> answer.send(202, "", "Location: " + UPLOADS + "session"));
        server.on(UPLOADS + "session", (request, answer) -> {
            if (request.method().equals("PATCH")) {
                int start = received.size();
                received.write(request.body());
                assertThat(request.header("Content-Range")).isEqualTo(start + "-" + (received.size() - 1));
                answer.send(202, "", "Location: " + UPLOADS + "session?piece=" + piece.incrementAndGet());
            } else {
                answer.send(201, "");
            }
        });
        registry.anonymous().upload(registry.repository(), LAYER, CONTENT, 1000);
        assertThat(received.toByteArray()).isEqualTo(RegistryFixture.LAYER);
        assertThat(server.requests().getLast().method()).isEqualTo("PUT");
        assertThat(server.requests().getLast().query()).startsWith("piece=4&digest=");
    }

    @Test
    void an_upload_that_breaks_begins_anew() throws IOException {
        var asked = new AtomicInteger();
        server.on(UPLOADS, (request, answer) -> answer.send(202, "", "Location: " + UPLOADS + "session" + asked.get()));
        server.on(UPLOADS + "session0", (request, answer) -> asked.incrementAndGet());
        server.on(UPLOADS + "session1", (request, answer) -> {
            asked.incrementAndGet();
            answer.send(503, "");
        });
        server.on(UPLOADS + "session2", (request, answer) -> answer.send(201, ""));
        registry.anonymous().upload(registry.repository(), LAYER, CONTENT);
        assertThat(server.requests()).hasSize(6);
        assertThat(registry.pauses).hasSize(2);
    }

    @Test
    void an_upload_that_the_registry_keeps_under_another_digest_is_an_error() {
        server.on(UPLOADS, (request, answer) -> answer.send(202, "", "Location: " + UPLOADS + "session"));
        server.on(
                UPLOADS + "session",
                (request, answer) -> answer.send(201, "", "Docker-Content-Digest: " + Digest.ofContent(new byte[0])));
        assertFails(
                Problem.WRONG_CONTENT,
                "under another digest",
                () -> registry.anonymous().upload(registry.repository(), LAYER, CONTENT));
    }

    @Test
    void an_upload_without_a_place_to_go_is_an_error() {
        server.on(UPLOADS, (request, answer) -> answer.send(202, ""));
        assertFails(
                Problem.WRONG_ANSWER,
                "sends uploads to an address that cannot be read",
                () -> registry.anonymous().upload(registry.repository(), LAYER, CONTENT));
    }

    @Test
    void a_file_that_became_shorter_is_an_error() {
        server.on(UPLOADS, (request, answer) -> answer.send(202, "", "Location: " + UPLOADS + "session"));
        server.on(UPLOADS + "session", (request, answer) -> answer.send(201, ""));
        assertFails(
                Problem.BROKEN,
                "broke",
                () -> registry.anonymous()
                        .upload(registry.repository(), LAYER, () -> new ByteArrayInputStream(new byte[10])));
    }

    @Test
    void a_blob_of_another_repository_is_taken_over_or_must_be_sent() throws IOException {
        var base = new Repository(server.host(), "team/base");
        server.on(UPLOADS, (request, answer) -> answer.send(201, ""));
        assertThat(registry.anonymous().mount(registry.repository(), LAYER, base))
                .isTrue();
        assertThat(server.requests().getFirst().query())
                .isEqualTo("mount=" + LAYER.digest().toString().replace(":", "%3A") + "&from=team%2Fbase");
        server.on(UPLOADS, (request, answer) -> answer.send(202, "", "Location: /x"));
        assertThat(registry.anonymous().mount(registry.repository(), LAYER, base))
                .isFalse();
    }

    @Test
    void a_manifest_is_put_under_its_tag_or_its_digest() throws IOException {
        server.on("*", (request, answer) -> answer.send(201, ""));
        server.on(RegistryFixture.MANIFEST, (request, answer) -> answer.send(201, ""));
        Digest digest = Digest.ofContent(RegistryFixture.MANIFEST_BYTES);
        byte[] bytes = RegistryFixture.MANIFEST_BYTES;
        RegistryClient client = registry.anonymous();
        assertThat(client.putManifest(registry.reference(), MediaType.OCI_MANIFEST, bytes))
                .isEqualTo(registry.at(digest));
        assertThat(server.requests().getLast().target()).isEqualTo(RegistryFixture.MANIFEST);
        assertThat(server.requests().getLast().body()).isEqualTo(bytes);
        assertThat(server.requests().getLast().header("Content-Type")).isEqualTo(MediaType.OCI_MANIFEST);
        var untagged = new Reference(registry.repository(), Optional.empty(), Optional.of(digest));
        client.putManifest(untagged, MediaType.OCI_MANIFEST, bytes);
        assertThat(server.requests().getLast().target()).isEqualTo("/v2/team/app/manifests/" + digest);
        assertFails(
                Problem.WRONG_CONTENT,
                "its digest is " + digest,
                () -> client.putManifest(registry.at(LAYER.digest()), MediaType.OCI_MANIFEST, bytes));
    }

    @Test
    void a_busy_registry_gets_the_manifest_again() throws IOException {
        var asked = new AtomicInteger();
        server.on(
                RegistryFixture.MANIFEST,
                (request, answer) -> answer.send(asked.getAndIncrement() == 0 ? 429 : 201, ""));
        registry.anonymous().putManifest(registry.reference(), MediaType.OCI_MANIFEST, RegistryFixture.MANIFEST_BYTES);
        assertThat(registry.pauses).hasSize(1);
    }

    @Test
    void a_mirror_is_asked_first_and_the_registry_where_it_fails() throws IOException {
        TestServer mirror = registry.another();
        var rule = new RegistryRules.Rule(
                server.host(),
                new RegistryRules.Location("", true),
                false,
                List.of(new RegistryRules.Location(mirror.host() + "/copies", true)));
        RegistryClient client = registry.client(Logins.none(), new RegistryRules(List.of(rule), Set.of()));
        assertThat(registry.blob(client)).isEqualTo(RegistryFixture.LAYER);
        String copy = RegistryFixture.BLOB.replace("/v2/", "/v2/copies/");
        assertThat(mirror.requests()).extracting(TestServer.Request::target).containsExactly(copy);
        assertThat(server.requests()).hasSize(1);

        mirror.on(copy, (request, answer) -> answer.send(200, RegistryFixture.LAYER));
        assertThat(registry.blob(client)).isEqualTo(RegistryFixture.LAYER);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void the_login_for_the_registry_is_not_shown_to_a_mirror() throws IOException {
        TestServer mirror = registry.another();
        mirror.on("*", (request, answer) -> answer.send(401, "", "WWW-Authenticate: Basic realm=\"r\""));
        var rule = new RegistryRules.Rule(
                server.host(),
                new RegistryRules.Location("", true),
                false,
                List.of(new RegistryRules.Location(mirror.host(), true)));
        RegistryClient client =
                registry.client(Logins.only(server.host(), Canary.LOGIN), new RegistryRules(List.of(rule), Set.of()));
        assertThat(registry.blob(client)).isEqualTo(RegistryFixture.LAYER);
        assertThat(mirror.requests()).isNotEmpty();
        Canary.assertUnseenBy(mirror);
    }

    @Test
    void a_registry_that_the_site_blocks_is_not_asked() {
        var rule = new RegistryRules.Rule(server.host(), new RegistryRules.Location("", true), true, List.of());
        RegistryClient client = registry.client(Logins.none(), new RegistryRules(List.of(rule), Set.of()));
        assertFails(Problem.REFUSED, "this site blocks", () -> client.manifest(registry.reference()));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void many_threads_share_a_client() throws Exception {
        RegistryClient client = registry.known();
        server.on(
                RegistryFixture.BLOB,
                (request, answer) -> answer.send(
                        request.header("Authorization").isEmpty() ? 401 : 200,
                        request.header("Authorization").isEmpty() ? new byte[0] : RegistryFixture.LAYER,
                        "WWW-Authenticate: Bearer realm=\"http://" + server.host() + "/token\""));
        server.on("/token", (request, answer) -> answer.send(200, "{\"token\":\"" + Canary.TOKEN + "\"}"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var blobs = new ArrayList<Future<byte[]>>();
            for (int i = 0; i < 20; i++) {
                blobs.add(threads.submit(() -> registry.blob(client)));
            }
            for (var blob : blobs) {
                assertThat(blob.get()).isEqualTo(RegistryFixture.LAYER);
            }
        }
        assertThat(server.count("/token")).isEqualTo(1);
    }

    @Test
    void a_client_that_is_interrupted_stops() throws Exception {
        server.on(RegistryFixture.MANIFEST, (request, answer) -> answer.pause(5000));
        var failure = new CompletableFuture<IOException>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                registry.anonymous().manifest(registry.reference());
            } catch (IOException e) {
                failure.complete(e);
            }
        });
        while (server.requests().isEmpty()) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
    }
}
