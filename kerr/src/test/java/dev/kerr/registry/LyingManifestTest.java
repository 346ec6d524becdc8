package dev.kerr.registry;

import static dev.kerr.registry.Canary.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Index;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Platform;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Registries whose manifests are not what they should be.
final class LyingManifestTest {
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
        registry.server.on(RegistryFixture.MANIFEST, behaviour);
    }

    private RegistryException manifestFails(Problem problem, String message) {
        return assertFails(problem, message, () -> registry.anonymous().manifest(registry.reference()));
    }

    private void answersText(String body, String... headers) {
        answers((request, answer) -> answer.send(200, body, headers));
    }

    private static Digest other() {
        return Digest.ofContent(new byte[0]);
    }

    @Test
    void another_manifest_than_the_digest_says_is_found() {
        String path = "/v2/team/app/manifests/" + other();
        registry.server.on(path, (request, answer) -> RegistryFixture.sendManifest(answer));
        assertFails(
                Problem.WRONG_CONTENT,
                "its digest is not " + other(),
                () -> registry.anonymous().manifest(registry.at(other())));
        assertThat(registry.server.count(path))
                .as("a lie is not asked for twice")
                .isEqualTo(1);
    }

    @Test
    void another_digest_in_the_header_than_the_bytes_have_is_found() {
        answers((request, answer) ->
                answer.send(200, RegistryFixture.MANIFEST_BYTES, "Docker-Content-Digest: " + other()));
        manifestFails(Problem.WRONG_CONTENT, "its digest is not " + other());
    }

    @Test
    void a_digest_in_the_header_that_is_none_says_nothing() throws IOException {
        answers((request, answer) ->
                answer.send(200, RegistryFixture.MANIFEST_BYTES, "Docker-Content-Digest: sha256:../../etc/passwd"));
        assertThat(registry.anonymous()
                        .manifest(registry.reference())
                        .reference()
                        .digest())
                .hasValue(Digest.ofContent(RegistryFixture.MANIFEST_BYTES));
    }

    @Test
    void a_huge_manifest_is_not_read_to_its_end() {
        answers((request, answer) -> {
            answer.head(200, List.of(), "Content-Length: 1099511627776");
            byte[] blanks = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 1000; i++) {
                answer.out().write(blanks);
            }
        });
        manifestFails(Problem.WRONG_ANSWER, "more than 4194304 bytes");
    }

    @Test
    void a_manifest_without_end_is_not_read_for_ever() {
        answers((request, answer) -> {
            answer.head(200, List.of(), "Transfer-Encoding: chunked");
            String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
            for (int i = 0; i < 1000; i++) {
                answer.raw(chunk);
            }
        });
        manifestFails(Problem.WRONG_ANSWER, "more than 4194304 bytes");
    }

    @Test
    void an_empty_manifest_is_refused() {
        answersText("");
        manifestFails(Problem.WRONG_ANSWER, "there is no JSON");
    }

    @Test
    void a_page_in_place_of_a_manifest_is_refused() {
        answersText("<html>captive portal</html>", "Content-Type: text/html");
        manifestFails(Problem.WRONG_ANSWER, "malformed JSON");
    }

    @Test
    void an_index_that_calls_itself_a_manifest_is_refused() {
        answers((request, answer) ->
                answer.send(200, new Index(List.of()).encode(), "Content-Type: " + MediaType.OCI_MANIFEST));
        manifestFails(Problem.WRONG_ANSWER, "its carrier that it is " + MediaType.OCI_MANIFEST);
    }

    @Test
    void a_manifest_that_is_an_index_too_is_refused() {
        String both = new String(RegistryFixture.MANIFEST_BYTES, StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"manifests\":[],");
        answersText(both);
        manifestFails(Problem.WRONG_ANSWER, "an index and a manifest at once");
    }

    @Test
    void a_manifest_of_schema_1_is_refused_with_a_remedy() {
        answersText(
                "{\"schemaVersion\":1,\"fsLayers\":[]}",
                "Content-Type: application/vnd.docker.distribution.manifest.v1+prettyjws");
        manifestFails(Problem.WRONG_ANSWER, "its maker must push it again");
    }

    @Test
    void a_member_that_appears_twice_is_refused() {
        answersText("{\"schemaVersion\":2,\"schemaVersion\":2}");
        manifestFails(Problem.WRONG_ANSWER, "appears twice");
    }

    @Test
    void what_is_too_long_is_not_repeated() {
        String word = "x".repeat(10_000);
        answersText("{\"schemaVersion\":2,\"config\":{},\"mediaType\":\"" + word + "\"}");
        manifestFails(Problem.WRONG_ANSWER, "no media type");
        answersText("{\"schemaVersion\":2,\"config\":{\"digest\":\"" + other() + "\",\"size\":1,\"mediaType\":\"" + word
                + "\"}}");
        manifestFails(Problem.WRONG_ANSWER, "no media type");
        answersText("{\"" + word + "\":1,\"" + word + "\":2}");
        manifestFails(Problem.WRONG_ANSWER, "appears twice");
        answersText("{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"" + word + "\":1}}");
        manifestFails(Problem.WRONG_ANSWER, "a member of \"annotations\" is no text");
    }

    @Test
    void a_deep_manifest_is_refused() {
        answersText("{\"a\":" + "[".repeat(100_000));
        manifestFails(Problem.WRONG_ANSWER, "nested too deep");
    }

    @Test
    void a_packed_manifest_is_refused() {
        answersText("\u001f\u008b", "Content-Encoding: gzip");
        manifestFails(Problem.WRONG_ANSWER, "is packed, which was not asked for");
    }

    @Test
    void a_manifest_that_drips_is_given_up() {
        registry.losePatience();
        answers((request, answer) -> {
            answer.head(200, List.of(), "Content-Length: 100000");
            for (int i = 0; i < 100; i++) {
                answer.raw(" ");
                answer.pause(20);
            }
        });
        manifestFails(Problem.BROKEN, "took more than 500 ms");
    }

    @Test
    void an_index_that_leads_on_and_on_is_given_up() {
        byte[] last = new Index(List.of()).encode();
        byte[][] documents = new byte[6][];
        for (int i = 0; i < documents.length; i++) {
            documents[i] =
                    i == 0 ? last : new Index(List.of(Descriptor.of(MediaType.OCI_INDEX, documents[i - 1]))).encode();
            byte[] document = documents[i];
            registry.server.on(
                    "/v2/team/app/manifests/" + Digest.ofContent(document),
                    (request, answer) -> answer.send(200, document, "Content-Type: " + MediaType.OCI_INDEX));
        }
        assertFails(
                Problem.WRONG_ANSWER,
                "its indexes lead on and on",
                () -> registry.anonymous()
                        .image(registry.at(Digest.ofContent(documents[5])), Platform.linux("amd64", "")));
    }

    @Test
    void a_manifest_of_another_size_than_the_index_says_is_found() {
        var entry = new Descriptor(
                MediaType.OCI_MANIFEST,
                Digest.ofContent(RegistryFixture.MANIFEST_BYTES),
                1,
                "",
                Optional.empty(),
                Collections.emptySortedMap());
        answers((request, answer) -> answer.send(200, new Index(List.of(entry)).encode()));
        registry.server.on(
                "/v2/team/app/manifests/" + entry.digest(), (request, answer) -> RegistryFixture.sendManifest(answer));
        assertFails(
                Problem.WRONG_CONTENT,
                "its size is not what the index says",
                () -> registry.anonymous().image(registry.reference(), Platform.linux("amd64", "")));
    }

    @Test
    void a_list_of_tags_that_never_ends_is_given_up() {
        registry.server.on(
                "/v2/team/app/tags/list",
                (request, answer) -> answer.send(
                        200,
                        "{\"tags\":[\"" + "a\",\"".repeat(30_000) + "b\"]}",
                        "Link: </v2/team/app/tags/list?last=b>; rel=\"next\""));
        assertFails(
                Problem.WRONG_ANSWER,
                "the list does not end",
                () -> registry.anonymous().tags(registry.repository()));
    }

    @Test
    void a_list_of_tags_that_goes_on_elsewhere_is_refused() throws IOException {
        TestServer other = registry.another();
        registry.server.on(
                "/v2/team/app/tags/list",
                (request, answer) ->
                        answer.send(200, "{\"tags\":[]}", "Link: <http://" + other.host() + "/x>; rel=\"next\""));
        assertFails(
                Problem.WRONG_ANSWER,
                "goes on elsewhere",
                () -> registry.anonymous().tags(registry.repository()));
        assertThat(other.requests()).isEmpty();
    }

    @Test
    void tags_that_are_none_are_refused() {
        for (String tag : List.of("\\u001b[2J", "../x", "a b", "")) {
            registry.server.on(
                    "/v2/team/app/tags/list", (request, answer) -> answer.send(200, "{\"tags\":[\"" + tag + "\"]}"));
            assertFails(
                    Problem.WRONG_ANSWER,
                    "what is no tag",
                    () -> registry.anonymous().tags(registry.repository()));
        }
    }

    @Test
    void a_head_without_size_or_with_another_digest_is_refused() {
        answers((request, answer) -> answer.head(200, List.of("Docker-Content-Digest: " + other())));
        assertFails(
                Problem.WRONG_ANSWER,
                "does not say what it has",
                () -> registry.anonymous().find(registry.reference()));
        answers((request, answer) ->
                answer.head(200, List.of("Docker-Content-Digest: " + other(), "Content-Length: -7")));
        assertFails(
                Problem.WRONG_ANSWER,
                "does not say what it has",
                () -> registry.anonymous().find(registry.reference()));
        Digest wanted = Digest.ofContent(new byte[1]);
        registry.server.on(
                "/v2/team/app/manifests/" + wanted,
                (request, answer) ->
                        answer.head(200, List.of("Docker-Content-Digest: " + other(), "Content-Length: 7")));
        assertFails(
                Problem.WRONG_CONTENT,
                "its digest is " + other(),
                () -> registry.anonymous().find(registry.at(wanted)));
    }
}
