package dev.kerr.integrity;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/// Any bytes are a signed message, a keyring and a certificate, or are refused with a reason.
class IntegrityFuzzTest {
    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");
    private static final String SEEDS = "IntegrityFuzzTestInputs/whatever_is_a_message_is_read_or_refused/apptainers";

    @FuzzTest(maxDuration = "5m")
    void whatever_is_a_message_is_read_or_refused(byte[] input) {
        try {
            ClearSigned message = ClearSigned.parse(input);
            for (PgpPacket packet : PgpPacket.split(message.signatures())) {
                PgpSignature signature = PgpSignature.decode(packet.encoded(message.signatures()));
                require(!signature.flaw(NOW).orElse("none").isBlank());
                require(signature.embedded().size() < input.length);
            }
            SignedMetadata.parse(message.text());
        } catch (FormatException expected) {
            require(!expected.problem().isBlank());
        } catch (IntegrityException expected) {
            require(!expected.reason().isBlank());
        }
    }

    @FuzzTest(maxDuration = "5m")
    void whatever_is_a_certificate_is_read_or_refused(byte[] input) throws IOException {
        try {
            List<PgpPacket> packets = PgpPacket.split(input);
            if (packets.isEmpty()
                    || packets.getFirst().body() == packets.getFirst().end()) {
                return;
            }
            Fingerprint fingerprint = Keyring.fingerprint(packets.getFirst(), input);
            require(Keyring.certificates(input, fingerprint).size() <= packets.size());
            ClearSigned message = apptainers();
            Certificate.of(fingerprint, List.of(input))
                    .check(PgpSignature.decode(message.signatures()), message.text(), NOW);
        } catch (FormatException expected) {
            require(!expected.problem().isBlank());
        } catch (IntegrityException expected) {
            require(!expected.reason().isBlank());
        }
    }

    private static ClearSigned apptainers() throws IOException {
        try (InputStream message = IntegrityFuzzTest.class.getResourceAsStream(SEEDS)) {
            return ClearSigned.parse(Objects.requireNonNull(message).readAllBytes());
        }
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new AssertionError();
        }
    }
}
