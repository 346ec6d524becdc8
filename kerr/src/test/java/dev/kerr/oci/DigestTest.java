package dev.kerr.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// Digests: known values, spellings, verification.
final class DigestTest {
    private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);

    /// **Source:** FIPS 180-4, the examples for "abc".
    private static final String SHA256_OF_ABC =
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private static final String SHA512_OF_ABC =
            "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

    @Test
    void known_values_verify() {
        for (String text : List.of(SHA256_OF_ABC, SHA512_OF_ABC)) {
            Digest digest = Digest.parse(text).orElseThrow();
            assertThat(digest).hasToString(text);
            assertThat(digest.isOf(ABC)).isTrue();
            assertThat(digest.isOf(new byte[0])).isFalse();
        }
        assertThat(Digest.ofContent(ABC)).hasToString(SHA256_OF_ABC);
    }

    @Test
    void other_spellings_are_no_digests() {
        for (String text : List.of(
                "",
                "sha256",
                "sha256:",
                "sha256:ba7816bf",
                SHA256_OF_ABC.toUpperCase(Locale.ROOT),
                SHA256_OF_ABC + "0",
                SHA256_OF_ABC + "\n",
                " " + SHA256_OF_ABC,
                SHA256_OF_ABC.replace("sha256", "sha384"),
                SHA512_OF_ABC.replace("sha512", "sha256"),
                "sha256:../../../../../../../../../../../../../../../../../../../etc/passwd")) {
            assertThat(Digest.parse(text)).as(text).isEmpty();
        }
    }
}
