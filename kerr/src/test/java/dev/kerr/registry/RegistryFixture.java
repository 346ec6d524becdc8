package dev.kerr.registry;

import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Reference;
import dev.kerr.oci.Repository;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/// A registry on this machine with one image in it, and clients of it.
final class RegistryFixture implements AutoCloseable {
    static final String MANIFEST = "/v2/team/app/manifests/1";
    static final byte[] LAYER = "a layer, or what stands for one".repeat(100).getBytes(StandardCharsets.UTF_8);
    static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
    static final Descriptor LAYER_DESCRIPTOR = Descriptor.of("application/vnd.oci.image.layer.v1.tar", LAYER);
    static final String BLOB = "/v2/team/app/blobs/" + LAYER_DESCRIPTOR.digest();
    static final byte[] MANIFEST_BYTES =
            new Manifest(Descriptor.of(MediaType.OCI_CONFIG, CONFIG), List.of(LAYER_DESCRIPTOR)).encode();

    private static final Timeouts PATIENT =
            new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20));
    private static final Timeouts IMPATIENT =
            new Timeouts(Duration.ofSeconds(20), Duration.ofMillis(250), Duration.ofMillis(500));

    final TestServer server;
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    /// From now on clients ask so for large blobs.
    Parts parts = Parts.USUAL;

    private Timeouts timeouts = PATIENT;
    private final List<TestServer> servers = new ArrayList<>();
    private final List<RegistryClient> clients = new ArrayList<>();

    RegistryFixture() throws IOException {
        server = TestServer.start();
        servers.add(server);
        server.on(MANIFEST, (request, answer) -> sendManifest(answer));
        server.on(BLOB, (request, answer) -> answer.send(200, LAYER));
    }

    static void sendManifest(TestServer.Answer answer) throws IOException {
        answer.send(200, MANIFEST_BYTES, "Content-Type: " + MediaType.OCI_MANIFEST);
    }

    Repository repository() {
        return new Repository(server.host(), "team/app");
    }

    Reference reference() {
        return new Reference(repository(), Optional.of("1"), Optional.empty());
    }

    Reference at(Digest digest) {
        return reference().at(digest);
    }

    /// From now on clients wait 250 ms for a byte, and 500 for a document.
    void losePatience() {
        timeouts = IMPATIENT;
    }

    RegistryClient anonymous() {
        return client(Logins.none());
    }

    /// A client that has a login for the registry.
    RegistryClient known() {
        return client(Logins.only(server.host(), Canary.LOGIN));
    }

    RegistryClient client(Logins logins) {
        return client(logins, RegistryRules.NONE.withPlain(server.host()));
    }

    RegistryClient client(Logins logins, RegistryRules rules) {
        return client(
                new RegistrySettings(logins, rules, network(Proxies.none(), new Trust(Optional.empty(), List.of()))));
    }

    RegistryClient client(RegistrySettings settings) {
        var client = new RegistryClient(settings);
        clients.add(client);
        return client;
    }

    RegistrySettings.Network network(Proxies proxies, Trust trust) {
        return new RegistrySettings.Network(
                proxies, trust, timeouts, new Retries(3, Duration.ofSeconds(1), new Random(1), pauses::add), parts);
    }

    /// Another server, closed with this.
    TestServer another() throws IOException {
        TestServer another = TestServer.start();
        servers.add(another);
        return another;
    }

    byte[] blob(RegistryClient client) throws IOException {
        var sink = new ByteArrayOutputStream();
        client.copy(repository(), LAYER_DESCRIPTOR, sink);
        return sink.toByteArray();
    }

    @Override
    public void close() throws IOException {
        clients.forEach(RegistryClient::close);
        for (TestServer each : servers) {
            each.close();
        }
    }
}
