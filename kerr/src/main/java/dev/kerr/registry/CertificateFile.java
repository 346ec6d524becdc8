package dev.kerr.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A file of certificates. A host has some 140 of authorities, which a JVM that has just started takes a quarter of a
/// second to understand: so all processors do it.
///
/// **Source:** RFC 7468, section 5; RFC 5280.
final class CertificateFile {
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private CertificateFile() {}

    /// The certificates, in the file's order; not in PEM, there is one.
    ///
    /// @throws CertificateException if one is damaged
    static List<Certificate> read(Path file) throws IOException, CertificateException {
        byte[] bytes = Files.readAllBytes(file);
        List<byte[]> texts = split(new String(bytes, StandardCharsets.ISO_8859_1));
        if (texts.isEmpty()) {
            return bytes.length == 0 ? List.of() : List.of(certificate(bytes));
        }
        var certificates = new ArrayList<Certificate>();
        for (Optional<Certificate> certificate :
                texts.parallelStream().map(CertificateFile::whole).toList()) {
            certificates.add(certificate.orElseThrow(() -> new CertificateException("damaged")));
        }
        return certificates;
    }

    private static List<byte[]> split(String text) {
        var texts = new ArrayList<byte[]>();
        for (int at = text.indexOf(BEGIN); at >= 0; ) {
            int end = text.indexOf(END, at);
            int next = end < 0 ? text.length() : end + END.length();
            texts.add(text.substring(at, next).getBytes(StandardCharsets.ISO_8859_1));
            at = text.indexOf(BEGIN, next);
        }
        return texts;
    }

    private static Optional<Certificate> whole(byte[] text) {
        try {
            return Optional.of(certificate(text));
        } catch (CertificateException damaged) {
            return Optional.empty();
        }
    }

    private static Certificate certificate(byte[] bytes) throws CertificateException {
        return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
    }
}
