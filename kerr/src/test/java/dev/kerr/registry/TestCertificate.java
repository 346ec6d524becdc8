package dev.kerr.registry;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate that is its own authority, made by `keytool`.
///
/// @param certificate as PEM, in a file
/// @param key as PEM, in a file
/// @param context for a server that has it
record TestCertificate(Path certificate, Path key, SSLContext context) {
    private static final char[] PASSWORD = "password".toCharArray();

    /// @param subject whom it is for: `ip:127.0.0.1`
    /// @param more options of `keytool -genkeypair`
    static TestCertificate make(Path directory, String name, String subject, String... more) throws Exception {
        Path file = directory.resolve(name + ".p12");
        var options = new ArrayList<>(List.of("-alias", "a", "-dname", "CN=" + name, "-ext", "san=" + subject));
        options.addAll(List.of(more));
        keytool(file, options);
        KeyStore store = load(file);
        Path certificate = directory.resolve(name + ".crt");
        Path key = directory.resolve(name + ".key");
        write(certificate, "CERTIFICATE", store.getCertificate("a").getEncoded());
        write(key, "PRIVATE KEY", store.getKey("a", PASSWORD).getEncoded());
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return new TestCertificate(certificate, key, context);
    }

    /// Makes an authority that signs for `make(directory, name, subject, "-signer", "authority")`.
    ///
    /// @return its certificate as PEM, in a file
    static Path makeAuthority(Path directory, String name) throws Exception {
        Path file = directory.resolve(name + ".p12");
        keytool(file, List.of("-alias", "authority", "-dname", "CN=authority", "-ext", "bc:c"));
        Path certificate = directory.resolve(name + "-authority.crt");
        write(certificate, "CERTIFICATE", load(file).getCertificate("authority").getEncoded());
        return certificate;
    }

    private static void keytool(Path file, List<String> options) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(options);
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException(output);
        }
    }

    private static KeyStore load(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static void write(Path file, String kind, byte[] content) throws Exception {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }
}
