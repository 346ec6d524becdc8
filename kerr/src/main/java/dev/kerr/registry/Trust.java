package dev.kerr.registry;

import dev.kerr.config.Variables;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Whose certificates are believed: those of the authorities of the host, and for one registry also those in its
/// directory `HOST[:PORT]/*.crt`.
///
/// **Source:** Go `crypto/x509/root_linux.go` (where distributions keep them, and `SSL_CERT_FILE`);
/// containers-certs.d(5).
///
/// @param roots the file with the authorities of the host; empty for those that came with Java
/// @param directories in which registries have directories
public record Trust(Optional<Path> roots, List<Path> directories) {
    private static final List<Path> BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"), // Debian
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"), // Fedora, RHEL 6
            Path.of("/etc/ssl/ca-bundle.pem"), // SUSE
            Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem")); // RHEL 7

    private static final List<Path> DIRECTORIES =
            List.of(Path.of("/etc/containers/certs.d"), Path.of("/etc/docker/certs.d"));

    public Trust {
        Objects.requireNonNull(roots);
        directories = List.copyOf(directories);
    }

    /// What this host has.
    ///
    /// @param home the user's home directory
    public static Trust of(Variables variables, Path home) {
        Optional<Path> named = variables.value("SSL_CERT_FILE").map(Path::of);
        var directories = new ArrayList<>(List.of(home.resolve(".config/containers/certs.d")));
        directories.addAll(DIRECTORIES);
        return new Trust(
                named.or(() -> BUNDLES.stream().filter(Files::isReadable).findFirst()), directories);
    }

    /// Whether a registry has a directory of its own.
    ///
    /// @param host with the port if one is named
    boolean isSpecial(String host) {
        return directories.stream().anyMatch(directory -> Files.isDirectory(directory.resolve(host)));
    }

    /// What connections to `host` are made with.
    ///
    /// @throws UserException if a certificate cannot be read
    SSLContext context(String host) throws UserException {
        try {
            if (roots.isEmpty() && !isSpecial(host)) {
                return SSLContext.getDefault();
            }
            var certificates = new ArrayList<Certificate>();
            if (roots.isPresent()) {
                certificates.addAll(read(roots.get()));
            } else {
                certificates.addAll(thoseOfJava());
            }
            for (Path directory : directories) {
                certificates.addAll(readAll(directory.resolve(host)));
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(certificates), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("Java has TLS and key stores in memory", e);
        }
    }

    /// What connections without TLS are made with.
    static SSLContext inNobody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Java has TLS", e);
        }
    }

    private static TrustManager[] managers(Collection<? extends Certificate> certificates)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null);
        int number = 0;
        for (Certificate certificate : certificates) {
            store.setCertificateEntry(Integer.toString(number++), certificate);
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static List<Certificate> thoseOfJava() throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        var certificates = new ArrayList<Certificate>();
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                certificates.addAll(List.of(x509.getAcceptedIssuers()));
            }
        }
        return certificates;
    }

    private static List<Certificate> readAll(Path directory) throws UserException {
        var certificates = new ArrayList<Certificate>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.crt")) {
                for (Path file : files) {
                    certificates.addAll(read(file));
                }
            } catch (IOException e) {
                throw unreadable(directory, Reason.of(e));
            }
        }
        return certificates;
    }

    private static Collection<? extends Certificate> read(Path file) throws UserException {
        try {
            List<Certificate> certificates = CertificateFile.read(file);
            if (certificates.isEmpty()) {
                throw unreadable(file, "there are none");
            }
            return certificates;
        } catch (CertificateException e) {
            throw unreadable(file, "it is damaged");
        } catch (IOException e) {
            throw unreadable(file, Reason.of(e));
        }
    }

    private static UserException unreadable(Path path, String reason) {
        return new UserException("cannot read the certificates in " + path + ": " + reason);
    }
}
