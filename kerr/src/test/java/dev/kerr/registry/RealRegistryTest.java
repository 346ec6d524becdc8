package dev.kerr.registry;

import static dev.kerr.registry.Canary.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Index;
import dev.kerr.oci.Layer;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Platform;
import dev.kerr.oci.Reference;
import dev.kerr.oci.Repository;
import dev.kerr.registry.RegistryException.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is put into a registry that others wrote, and got from it: without login and TLS, and with them.
final class RealRegistryTest {
    private static final byte[] CONFIG = ("{\"os\":\"linux\",\"architecture\":\"amd64\","
                    + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}")
            .getBytes(StandardCharsets.UTF_8);

    /// The hash of Canary's password, by bcrypt as `htpasswd -B` has it.
    private static final String HTPASSWD = "canary-user:$2y$04$FAAnIm16CaIUo6g9zoYSF.80YIVkJL1ZeK1/NkM3SePoibnJ2Olee\n";

    @TempDir
    private Path directory;

    private final byte[] layer = new byte[3 << 20];
    private Descriptor layerDescriptor = Descriptor.of(MediaType.SIF_LAYER, layer);
    private final List<RegistryClient> clients = new ArrayList<>();

    @BeforeEach
    void start() {
        assumeTrue(RealRegistry.program().isPresent(), "docker-registry is not installed");
        new Random(1).nextBytes(layer);
        layerDescriptor = Descriptor.of("application/vnd.oci.image.layer.v1.tar", layer);
    }

    @AfterEach
    void stop() {
        clients.forEach(RegistryClient::close);
    }

    private RegistryClient client(Logins logins, RegistryRules rules, Trust trust) {
        var retries = new Retries(3, Duration.ofMillis(10), new Random(1), duration -> {});
        var network =
                new RegistrySettings.Network(Proxies.none(), trust, Timeouts.USUAL, retries, new Parts(3, 500_000));
        var client = new RegistryClient(new RegistrySettings(logins, rules, network));
        clients.add(client);
        return client;
    }

    private RegistryClient plain(RealRegistry registry, Logins logins) {
        return client(logins, RegistryRules.NONE.withPlain(registry.host()), new Trust(Optional.empty(), List.of()));
    }

    private static Repository repository(RealRegistry registry, String path) {
        return new Repository(registry.host(), path);
    }

    private static Reference tag(Repository repository, String tag) {
        return new Reference(repository, Optional.of(tag), Optional.empty());
    }

    private BlobContent content(byte[] bytes) {
        return () -> new ByteArrayInputStream(bytes);
    }

    private Reference push(RegistryClient client, Reference reference) throws IOException {
        Descriptor config = Descriptor.of(MediaType.OCI_CONFIG, CONFIG);
        client.upload(reference.repository(), config, content(CONFIG));
        client.upload(reference.repository(), layerDescriptor, content(layer), 1 << 20);
        byte[] manifest = new Manifest(config, List.of(layerDescriptor)).encode();
        return client.putManifest(reference, MediaType.OCI_MANIFEST, manifest);
    }

    private void assertPulled(RegistryClient client, Reference reference) throws IOException {
        ImageManifest image = client.image(reference, Platform.linux("amd64", ""));
        assertThat(image.manifest().imageLayers().getFirst().format()).isEqualTo(Layer.Format.TAR);
        var sink = new ByteArrayOutputStream();
        client.copy(reference.repository(), image.manifest().layers().getFirst(), sink);
        assertThat(sink.toByteArray()).isEqualTo(layer);
    }

    @Test
    void an_image_is_put_found_listed_and_got() throws Exception {
        try (RealRegistry registry = RealRegistry.start(directory, "")) {
            RegistryClient client = plain(registry, Logins.none());
            Reference one = tag(repository(registry, "team/app"), "1");
            client.check(registry.host());
            assertThat(client.find(one)).isEmpty();
            assertThat(client.has(one.repository(), layerDescriptor.digest())).isFalse();

            Reference stored = push(client, one);
            assertThat(client.has(one.repository(), layerDescriptor.digest())).isTrue();
            assertThat(client.find(one)).map(Descriptor::digest).isEqualTo(stored.digest());
            assertThat(client.tags(one.repository())).containsExactly("1");
            assertPulled(client, one);
            assertPulled(client, stored);
            assertThat(client.referrers(one.repository(), stored.digest().orElseThrow())
                            .manifests())
                    .isEmpty();
        }
    }

    @Test
    void blobs_are_taken_over_and_an_index_leads_to_the_image() throws Exception {
        try (RealRegistry registry = RealRegistry.start(directory, "")) {
            RegistryClient client = plain(registry, Logins.none());
            Reference base = tag(repository(registry, "team/base"), "1");
            Reference app = tag(repository(registry, "team/app"), "2");
            push(client, base);
            Descriptor config = Descriptor.of(MediaType.OCI_CONFIG, CONFIG);
            assertThat(client.mount(app.repository(), layerDescriptor, base.repository()))
                    .isTrue();
            assertThat(client.mount(app.repository(), config, base.repository()))
                    .isTrue();
            assertThat(client.mount(app.repository(), Descriptor.of("x", new byte[1]), base.repository()))
                    .isFalse();

            byte[] manifest = new Manifest(config, List.of(layerDescriptor)).encode();
            Digest digest = Digest.ofContent(manifest);
            client.putManifest(
                    new Reference(app.repository(), Optional.empty(), Optional.of(digest)),
                    MediaType.OCI_MANIFEST,
                    manifest);
            var entry = new Descriptor(
                    MediaType.OCI_MANIFEST,
                    digest,
                    manifest.length,
                    "",
                    Optional.of(Platform.linux("amd64", "")),
                    Collections.emptySortedMap());
            client.putManifest(app, MediaType.OCI_INDEX, new Index(List.of(entry)).encode());
            assertPulled(client, app);
            assertFails(
                    Problem.UNKNOWN,
                    "there is no image for linux/arm64/v8, but for linux/amd64",
                    () -> client.image(app, Platform.linux("arm64", "")));
        }
    }

    @Test
    void what_is_not_there_is_said_in_words() throws Exception {
        try (RealRegistry registry = RealRegistry.start(directory, "")) {
            RegistryClient client = plain(registry, Logins.none());
            Repository nowhere = repository(registry, "no/where");
            assertFails(
                    Problem.UNKNOWN,
                    "the repository has no such tag or digest",
                    () -> client.manifest(tag(nowhere, "1")));
            assertFails(
                    Problem.UNKNOWN, "the repository has no such blob", () -> client.blob(nowhere, layerDescriptor));
            assertFails(Problem.UNKNOWN, registry.host() + " has no repository no/where", () -> client.tags(nowhere));
            byte[] manifest = new Manifest(layerDescriptor, List.of()).encode();
            assertFails(
                    Problem.REFUSED,
                    "MANIFEST_BLOB_UNKNOWN",
                    () -> client.putManifest(tag(nowhere, "1"), MediaType.OCI_MANIFEST, manifest));
            assertFails(
                    Problem.REFUSED,
                    "answers with status 400",
                    () -> client.upload(
                            nowhere, new Descriptor("x", Digest.ofContent(new byte[1]), layer.length), content(layer)));
        }
    }

    @Test
    void a_registry_with_logins_lets_in_who_has_one() throws Exception {
        Path passwords = Files.writeString(directory.resolve("htpasswd"), HTPASSWD);
        String more = "}\nauth: {htpasswd: {realm: r, path: " + passwords + "}";
        try (RealRegistry registry = RealRegistry.start(directory, more)) {
            Reference one = tag(repository(registry, "team/app"), "1");
            RegistryClient known = plain(registry, Logins.only(registry.host(), Canary.LOGIN));
            known.check(registry.host());
            push(known, one);
            assertPulled(known, one);

            RegistryClient stranger = plain(registry, Logins.none());
            assertFails(Problem.LOGIN, "wants a login", () -> stranger.manifest(one));
            assertFails(Problem.LOGIN, "wants a login", () -> stranger.check(registry.host()));
            RegistryClient other =
                    plain(registry, Logins.only(registry.host(), new Login.Password("canary-user", "wrong")));
            assertFails(Problem.LOGIN, "does not accept the login", () -> other.check(registry.host()));
        }
    }

    @Test
    void a_registry_with_tls_is_believed_by_its_authority() throws Exception {
        TestCertificate certificate = TestCertificate.make(directory, "registry", "ip:127.0.0.1");
        String more = ", tls: {certificate: " + certificate.certificate() + ", key: " + certificate.key() + "}";
        try (RealRegistry registry = RealRegistry.start(directory, more)) {
            Reference one = tag(repository(registry, "team/app"), "1");
            Path own = Files.createDirectories(directory.resolve("certs.d").resolve(registry.host()));
            Files.copy(certificate.certificate(), own.resolve("ca.crt"));
            var trust = new Trust(Optional.empty(), List.of(directory.resolve("certs.d")));
            RegistryClient client = client(Logins.none(), RegistryRules.NONE, trust);
            push(client, one);
            assertPulled(client, one);

            RegistryClient stranger = client(Logins.none(), RegistryRules.NONE, new Trust(Optional.empty(), List.of()));
            assertFails(Problem.UNTRUSTED, "of no authority that is trusted here", () -> stranger.manifest(one));
            assertFails(
                    Problem.REFUSED,
                    "answers with status 400",
                    () -> plain(registry, Logins.none()).manifest(one));
        }
    }
}
