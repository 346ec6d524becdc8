package dev.kerr.registry;

import static dev.kerr.registry.Canary.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.config.Variables;
import dev.kerr.log.UserException;
import dev.kerr.oci.Reference;
import dev.kerr.oci.Repository;
import dev.kerr.registry.RegistryException.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whose certificates are believed, and that nothing secret goes where they are not.
final class TlsTest {
    @TempDir
    private static Path certificates;

    private static TestCertificate good;
    private static TestCertificate old;
    private static Path authority;
    private static TestCertificate foreign;

    @TempDir
    private Path directory;

    private RegistryFixture fixture;

    @BeforeAll
    static void makeCertificates() throws Exception {
        good = TestCertificate.make(certificates, "good", "ip:127.0.0.1");
        authority = TestCertificate.makeAuthority(certificates, "old");
        old = TestCertificate.make(
                certificates, "old", "ip:127.0.0.1", "-signer", "authority", "-startdate", "-3d", "-validity", "1");
        foreign = TestCertificate.make(certificates, "foreign", "dns:registry.example");
    }

    @BeforeEach
    void start() throws IOException {
        fixture = new RegistryFixture();
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    private static TestServer start(TestCertificate certificate) throws IOException {
        TestServer server = TestServer.start(certificate.context().getServerSocketFactory());
        server.on(RegistryFixture.MANIFEST, (request, answer) -> RegistryFixture.sendManifest(answer));
        return server;
    }

    private RegistryClient client(TestServer server, Trust trust) {
        return fixture.client(new RegistrySettings(
                Logins.only(server.host(), Canary.LOGIN), RegistryRules.NONE, fixture.network(Proxies.none(), trust)));
    }

    private static Reference reference(TestServer server) {
        return new Reference(new Repository(server.host(), "team/app"), Optional.of("1"), Optional.empty());
    }

    private static Trust trusting(TestCertificate certificate) {
        return new Trust(Optional.of(certificate.certificate()), List.of());
    }

    private void assertUntrusted(TestCertificate certificate, Trust trust, String message) throws IOException {
        try (TestServer server = start(certificate)) {
            assertFails(Problem.UNTRUSTED, message, () -> client(server, trust).manifest(reference(server)));
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void an_authority_of_the_host_s_is_believed() throws IOException {
        try (TestServer server = start(good)) {
            client(server, trusting(good)).manifest(reference(server));
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void an_authority_of_one_registry_is_believed_there_and_nowhere_else() throws IOException {
        try (TestServer server = start(good);
                TestServer other = start(good)) {
            Path own = Files.createDirectory(directory.resolve(server.host()));
            Files.copy(good.certificate(), own.resolve("ca.crt"));
            var trust = new Trust(Optional.empty(), List.of(directory));
            client(server, trust).manifest(reference(server));
            assertFails(
                    Problem.UNTRUSTED,
                    "of no authority that is trusted here",
                    () -> client(other, trust).manifest(reference(other)));
        }
    }

    @Test
    void a_certificate_of_no_authority_is_refused_with_a_remedy() throws IOException {
        try (TestServer server = start(good)) {
            RegistryException failure = assertFails(
                    Problem.UNTRUSTED,
                    "the certificate of " + server.host() + " is of no authority that is trusted here",
                    () -> client(server, trusting(foreign)).manifest(reference(server)));
            assertThat(failure.hint())
                    .isEqualTo("put its authority's into /etc/containers/certs.d/" + server.host() + "/ca.crt");
        }
    }

    @Test
    void a_certificate_for_another_host_is_refused() throws IOException {
        assertUntrusted(foreign, trusting(foreign), "is for another host");
    }

    @Test
    void a_certificate_that_ran_out_is_refused() throws IOException {
        assertUntrusted(old, new Trust(Optional.of(authority), List.of()), "is not valid now");
    }

    @Test
    void a_redirect_to_an_address_without_tls_is_refused() throws IOException {
        try (TestServer server = start(good)) {
            server.on(
                    RegistryFixture.MANIFEST,
                    (request, answer) -> answer.send(
                            302, "", "Location: http://" + fixture.server.host() + RegistryFixture.MANIFEST));
            assertFails(
                    Problem.UNTRUSTED,
                    "the registry redirects to an address without TLS, http://" + fixture.server.host(),
                    () -> client(server, trusting(good)).manifest(reference(server)));
            assertThat(fixture.server.requests()).isEmpty();
        }
    }

    @Test
    void an_upload_to_an_address_without_tls_is_refused() throws IOException {
        try (TestServer server = start(good)) {
            server.on(
                    "/v2/team/app/blobs/uploads/",
                    (request, answer) ->
                            answer.send(202, "", "Location: http://" + server.host() + "/v2/team/app/blobs/uploads/x"));
            assertFails(
                    Problem.UNTRUSTED,
                    "the registry sends uploads to an address without TLS",
                    () -> client(server, trusting(good))
                            .upload(
                                    reference(server).repository(),
                                    RegistryFixture.LAYER_DESCRIPTOR,
                                    () -> new ByteArrayInputStream(RegistryFixture.LAYER)));
        }
    }

    @Test
    void a_token_server_without_tls_gets_nothing_from_a_registry_with_it() throws IOException {
        try (TestServer server = start(good)) {
            server.on(
                    RegistryFixture.MANIFEST,
                    (request, answer) -> answer.send(
                            401, "", "WWW-Authenticate: Bearer realm=\"http://" + fixture.server.host() + "/token\""));
            assertFails(
                    Problem.UNTRUSTED,
                    "names a token server without TLS",
                    () -> client(server, trusting(good)).manifest(reference(server)));
            assertThat(fixture.server.requests()).isEmpty();
        }
    }

    @Test
    void certificates_that_cannot_be_read_are_an_error_with_their_file() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty.crt"));
        Path damaged = Files.writeString(
                directory.resolve("damaged.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        for (Path file : List.of(empty, damaged, directory.resolve("missing.crt"))) {
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> new Trust(Optional.of(file), List.of()).context("h"))
                    .withMessageStartingWith("cannot read the certificates in " + file + ": ");
        }
    }

    @Test
    void a_variable_names_the_authorities_of_the_host() {
        var variables = new Variables(Map.of("SSL_CERT_FILE", "/some/where.pem"));
        assertThat(Trust.of(variables, Path.of("/home/u")).roots()).hasValue(Path.of("/some/where.pem"));
        assertThat(Trust.of(variables, Path.of("/home/u")).directories())
                .containsExactly(
                        Path.of("/home/u/.config/containers/certs.d"),
                        Path.of("/etc/containers/certs.d"),
                        Path.of("/etc/docker/certs.d"));
    }
}
