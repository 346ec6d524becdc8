package dev.kerr.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.integrity.Signer.Saying;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.junit.jupiter.api.Test;

class CertificateTest {
    private static final String TEXT = "a text";
    private static final long DAY = Duration.ofDays(1).toSeconds();

    private static void check(Signer primary, PGPSignature signature, byte[]... copies) throws Exception {
        Certificate.of(primary.fingerprint(), List.of(copies))
                .check(PgpSignature.decode(signature.getEncoded()), TEXT.getBytes(StandardCharsets.UTF_8), Signer.NOW);
    }

    private static void assertRefused(String reason, Signer primary, PGPSignature signature, byte[]... copies) {
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> check(primary, signature, copies))
                .satisfies(refused -> assertThat(refused.reason()).contains(reason));
    }

    private static PGPSignature ofText(Signer signer, Saying saying) throws Exception {
        return Signer.ofText(TEXT, signer.begin(PGPSignature.CANONICAL_TEXT_DOCUMENT, Signer.SIGNED, saying));
    }

    @Test
    void a_signature_of_the_primary_key_counts() throws Exception {
        var signer = new Signer();
        check(signer, signer.ofText(TEXT), signer.certificate());
    }

    @Test
    void a_signature_of_another_text_does_not_count() throws Exception {
        var signer = new Signer();
        assertRefused("it does not match its text", signer, signer.ofText("another"), signer.certificate());
    }

    @Test
    void a_signature_of_bytes_is_none_of_a_text() throws Exception {
        var signer = new Signer();
        var begun = signer.begin(PGPSignature.BINARY_DOCUMENT, Signer.SIGNED, Saying.NOTHING);
        assertRefused("it is no signature of a text", signer, Signer.ofText(TEXT, begun), signer.certificate());
    }

    @Test
    void a_key_that_has_expired_is_refused() throws Exception {
        var signer = new Signer();
        byte[] key = Signer.packets(
                signer.key(),
                Signer.user(),
                signer.ofUser(Signer.MADE, says -> says.setKeyExpirationTime(true, 40 * DAY)));
        assertRefused("has expired on 2026-02-10", signer, signer.ofText(TEXT), key);
    }

    @Test
    void a_key_whose_time_was_prolonged_counts_even_if_one_keyring_does_not_know_it() throws Exception {
        var signer = new Signer();
        byte[] old = Signer.packets(
                signer.key(),
                Signer.user(),
                signer.ofUser(Signer.MADE, says -> says.setKeyExpirationTime(true, 40 * DAY)));
        byte[] prolonged = Signer.packets(
                signer.key(),
                Signer.user(),
                signer.ofUser(Signer.SIGNED, says -> says.setKeyExpirationTime(true, 400 * DAY)));
        check(signer, signer.ofText(TEXT), old, prolonged);
        check(signer, signer.ofText(TEXT), prolonged, old);
    }

    @Test
    void a_key_that_is_revoked_in_any_keyring_is_refused() throws Exception {
        var signer = new Signer();
        byte[] revoked = Signer.packets(
                signer.key(),
                signer.ofKey(PGPSignature.KEY_REVOCATION),
                Signer.user(),
                signer.ofUser(Signer.MADE, Saying.FOR_SIGNING));
        assertRefused("is revoked", signer, signer.ofText(TEXT), revoked);
        assertRefused("is revoked", signer, signer.ofText(TEXT), signer.certificate(), revoked);
    }

    @Test
    void a_revocation_by_somebody_else_does_not_count() throws Exception {
        var signer = new Signer();
        var other = new Signer();
        PGPSignature foreign = other.begin(
                        PGPSignature.KEY_REVOCATION,
                        Signer.SIGNED,
                        says -> says.setIssuerKeyID(false, signer.key().getKeyID()))
                .generateCertification(signer.key());
        byte[] key =
                Signer.packets(signer.key(), foreign, Signer.user(), signer.ofUser(Signer.MADE, Saying.FOR_SIGNING));
        check(signer, signer.ofText(TEXT), key);
    }

    @Test
    void a_key_without_a_signature_of_its_own_is_refused() throws Exception {
        var signer = new Signer();
        assertRefused("no valid signature of its own", signer, signer.ofText(TEXT), Signer.packets(signer.key()));
        PGPSignature byAnother = new Signer()
                .begin(PGPSignature.POSITIVE_CERTIFICATION, Signer.MADE, Saying.FOR_SIGNING)
                .generateCertification(Signer.USER, signer.key());
        byte[] key = Signer.packets(signer.key(), Signer.user(), byAnother);
        assertRefused("no valid signature of its own", signer, signer.ofText(TEXT), key);
    }

    @Test
    void a_key_whose_only_user_is_revoked_is_refused() throws Exception {
        var signer = new Signer();
        PGPSignature revocation = signer.begin(PGPSignature.CERTIFICATION_REVOCATION, Signer.SIGNED, Saying.NOTHING)
                .generateCertification(Signer.USER, signer.key());
        byte[] key =
                Signer.packets(signer.key(), Signer.user(), signer.ofUser(Signer.MADE, Saying.FOR_SIGNING), revocation);
        assertRefused("no valid signature of its own", signer, signer.ofText(TEXT), key);
    }

    @Test
    void a_key_without_users_counts_by_what_it_says_of_itself() throws Exception {
        var signer = new Signer();
        check(signer, signer.ofText(TEXT), Signer.packets(signer.key(), signer.ofKey(PGPSignature.DIRECT_KEY)));
    }

    @Test
    void a_key_that_vouches_for_itself_with_a_weak_hash_is_refused() throws Exception {
        var signer = new Signer();
        PGPSignature weak = signer.begin(
                        PGPSignature.POSITIVE_CERTIFICATION, HashAlgorithmTags.SHA1, Signer.MADE, Saying.FOR_SIGNING)
                .generateCertification(Signer.USER, signer.key());
        byte[] key = Signer.packets(signer.key(), Signer.user(), weak);
        assertRefused("its hash is SHA-1", signer, signer.ofText(TEXT), key);
    }

    @Test
    void a_key_that_is_not_for_signing_is_refused() throws Exception {
        var signer = new Signer();
        byte[] key = Signer.packets(signer.key(), Signer.user(), signer.ofUser(Signer.MADE, Saying.FOR_CERTIFYING));
        assertRefused("is not for signing", signer, signer.ofText(TEXT), key);
    }

    @Test
    void a_short_rsa_key_is_refused() throws Exception {
        var generator = new RSAKeyPairGenerator();
        generator.init(new RSAKeyGenerationParameters(BigInteger.valueOf(65_537), new SecureRandom(), 1024, 80));
        var signer = new Signer(PublicKeyAlgorithmTags.RSA_GENERAL, generator.generateKeyPair());
        assertRefused("is of a kind that is too weak", signer, signer.ofText(TEXT), signer.certificate());
    }

    @Test
    void a_signature_that_has_expired_is_refused() throws Exception {
        var signer = new Signer();
        PGPSignature signature = ofText(signer, says -> says.setSignatureExpirationTime(true, DAY));
        assertRefused("it has expired on 2026-02-02", signer, signature, signer.certificate());
    }

    @Test
    void a_signature_that_is_to_come_is_refused() throws Exception {
        var signer = new Signer();
        PGPSignature signature = Signer.ofText(
                TEXT, signer.begin(PGPSignature.CANONICAL_TEXT_DOCUMENT, Signer.NOW.plusSeconds(DAY), Saying.NOTHING));
        assertRefused("it is made on 2026-03-02, which is to come", signer, signature, signer.certificate());
    }

    @Test
    void a_signature_older_than_its_key_is_refused() throws Exception {
        var signer = new Signer();
        PGPSignature signature = Signer.ofText(
                TEXT,
                signer.begin(PGPSignature.CANONICAL_TEXT_DOCUMENT, Signer.MADE.minusSeconds(DAY), Saying.NOTHING));
        assertRefused("it is older than its key", signer, signature, signer.certificate());
    }

    @Test
    void a_condition_that_is_not_understood_is_refused() throws Exception {
        var signer = new Signer();
        PGPSignature critical = ofText(signer, says -> says.addNotationData(true, true, "x@example.org", "y"));
        assertRefused("it has a condition that is not understood", signer, critical, signer.certificate());
        PGPSignature remark = ofText(signer, says -> says.addNotationData(false, true, "x@example.org", "y"));
        check(signer, remark, signer.certificate());
    }

    @Test
    void a_signature_of_a_subkey_counts_for_its_primary_key() throws Exception {
        var primary = new Signer();
        var subkey = new Signer();
        check(primary, subkey.ofText(TEXT), primary.certificate(subkey, primary.binding(subkey)));
    }

    @Test
    void a_subkey_that_did_not_sign_back_is_refused() throws Exception {
        var primary = new Signer();
        var subkey = new Signer();
        PGPSignature binding = primary.ofSubkey(
                PGPSignature.SUBKEY_BINDING, subkey, says -> says.setKeyFlags(true, KeyFlags.SIGN_DATA));
        byte[] key = primary.certificate(subkey, binding);
        assertRefused("has not signed that it belongs to it", primary, subkey.ofText(TEXT), key);
    }

    @Test
    void a_subkey_that_signed_back_for_another_key_is_refused() throws Exception {
        var primary = new Signer();
        var subkey = new Signer();
        PGPSignature elsewhere = new Signer().back(subkey);
        PGPSignature binding = primary.ofSubkey(PGPSignature.SUBKEY_BINDING, subkey, says -> {
            says.setKeyFlags(true, KeyFlags.SIGN_DATA);
            embed(says, elsewhere);
        });
        byte[] key = primary.certificate(subkey, binding);
        assertRefused("has not signed that it belongs to it", primary, subkey.ofText(TEXT), key);
    }

    private static void embed(PGPSignatureSubpacketGenerator says, PGPSignature signature) {
        try {
            says.addEmbeddedSignature(false, signature);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void a_subkey_that_another_key_binds_is_refused() throws Exception {
        var primary = new Signer();
        var subkey = new Signer();
        byte[] key = primary.certificate(subkey, new Signer().binding(subkey));
        assertRefused("is not bound to it by a valid signature", primary, subkey.ofText(TEXT), key);
        assertRefused(
                "is not bound to it by a valid signature", primary, subkey.ofText(TEXT), primary.certificate(subkey));
    }

    @Test
    void a_subkey_that_is_revoked_is_refused() throws Exception {
        var primary = new Signer();
        var subkey = new Signer();
        PGPSignature revocation = primary.ofSubkey(PGPSignature.SUBKEY_REVOCATION, subkey, Saying.NOTHING);
        byte[] key = primary.certificate(subkey, primary.binding(subkey), revocation);
        assertRefused(
                "the subkey " + subkey.fingerprint() + " of " + primary.fingerprint() + " is revoked",
                primary,
                subkey.ofText(TEXT),
                key);
        byte[] before = primary.certificate(subkey, primary.binding(subkey));
        assertRefused("is revoked", primary, subkey.ofText(TEXT), before, key);
    }

    @Test
    void a_subkey_for_encryption_is_refused() throws Exception {
        var primary = new Signer();
        var subkey = new Signer();
        PGPSignature back = primary.back(subkey);
        PGPSignature binding = primary.ofSubkey(PGPSignature.SUBKEY_BINDING, subkey, says -> {
            says.setKeyFlags(true, KeyFlags.ENCRYPT_COMMS);
            embed(says, back);
        });
        assertRefused("is not for signing", primary, subkey.ofText(TEXT), primary.certificate(subkey, binding));
    }

    @Test
    void a_subkey_that_has_expired_is_refused() throws Exception {
        var primary = new Signer();
        var subkey = new Signer();
        PGPSignature back = primary.back(subkey);
        PGPSignature binding = primary.ofSubkey(PGPSignature.SUBKEY_BINDING, subkey, says -> {
            says.setKeyFlags(true, KeyFlags.SIGN_DATA);
            says.setKeyExpirationTime(true, 40 * DAY);
            embed(says, back);
        });
        assertRefused("has expired on 2026-02-10", primary, subkey.ofText(TEXT), primary.certificate(subkey, binding));
    }

    @Test
    void a_subkey_of_a_revoked_key_is_refused() throws Exception {
        var primary = new Signer();
        var subkey = new Signer();
        byte[] revoked = Signer.packets(
                primary.key(),
                primary.ofKey(PGPSignature.KEY_REVOCATION),
                Signer.user(),
                primary.ofUser(Signer.MADE, Saying.FOR_SIGNING));
        byte[] key = primary.certificate(subkey, primary.binding(subkey));
        assertRefused("is revoked", primary, subkey.ofText(TEXT), key, revoked);
    }

    @Test
    void a_certificate_that_is_cut_short_is_refused() throws Exception {
        var signer = new Signer();
        byte[] key = signer.certificate();
        for (int length = 0; length < key.length; length++) {
            byte[] part = Arrays.copyOf(key, length);
            assertThatExceptionOfType(IntegrityException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> check(signer, signer.ofText(TEXT), part));
        }
    }
}
