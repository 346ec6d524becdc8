package dev.kerr.integrity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicSubkeyPacket;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/// Somebody who signs, with a key made for the occasion: what its certificate and its signatures say is up to the test.
final class Signer {
    static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
    static final Instant SIGNED = Instant.parse("2026-02-01T00:00:00Z");
    static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    static final String USER = "A Signer <signer@example.org>";

    private final BcPGPKeyPair pair;

    Signer() throws PGPException {
        this(MADE);
    }

    Signer(Instant made) throws PGPException {
        var generator = new Ed25519KeyPairGenerator();
        generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        this.pair =
                new BcPGPKeyPair(4, PublicKeyAlgorithmTags.EDDSA_LEGACY, generator.generateKeyPair(), Date.from(made));
    }

    Signer(int algorithm, AsymmetricCipherKeyPair keys) throws PGPException {
        this.pair = new BcPGPKeyPair(4, algorithm, keys, Date.from(MADE));
    }

    PGPPublicKey key() {
        return pair.getPublicKey();
    }

    Fingerprint fingerprint() {
        return new Fingerprint(HexFormat.of().withUpperCase().formatHex(key().getFingerprint()));
    }

    /// What a signature says of itself, but for when it was made and by whom.
    interface Saying extends Consumer<PGPSignatureSubpacketGenerator> {
        Saying NOTHING = _ -> {};
        Saying FOR_SIGNING = says -> says.setKeyFlags(true, KeyFlags.SIGN_DATA | KeyFlags.CERTIFY_OTHER);
        Saying FOR_CERTIFYING = says -> says.setKeyFlags(true, KeyFlags.CERTIFY_OTHER);
    }

    /// A signature of this key that is yet to be given what it is of.
    PGPSignatureGenerator begin(int type, Instant made, Saying saying) throws PGPException {
        return begin(type, HashAlgorithmTags.SHA256, made, saying);
    }

    PGPSignatureGenerator begin(int type, int hash, Instant made, Saying saying) throws PGPException {
        var generator = new PGPSignatureGenerator(new BcPGPContentSignerBuilder(key().getAlgorithm(), hash), key(), 4);
        generator.init(type, pair.getPrivateKey());
        var says = new PGPSignatureSubpacketGenerator();
        says.setSignatureCreationTime(true, Date.from(made));
        says.setIssuerKeyID(false, key().getKeyID());
        saying.accept(says);
        generator.setHashedSubpackets(says.generate());
        return generator;
    }

    PGPSignature ofUser(Instant made, Saying saying) throws PGPException {
        return begin(PGPSignature.POSITIVE_CERTIFICATION, made, saying).generateCertification(USER, key());
    }

    PGPSignature ofKey(int type) throws PGPException {
        return begin(type, SIGNED, Saying.NOTHING).generateCertification(key());
    }

    PGPSignature ofSubkey(int type, Signer subkey, Saying saying) throws PGPException {
        return begin(type, MADE, saying).generateCertification(key(), subkey.key());
    }

    /// By a subkey, that it belongs to this key.
    PGPSignature back(Signer subkey) throws PGPException {
        return subkey.begin(PGPSignature.PRIMARYKEY_BINDING, MADE, Saying.NOTHING)
                .generateCertification(key(), subkey.key());
    }

    /// What binds a subkey for signing.
    PGPSignature binding(Signer subkey) throws PGPException {
        PGPSignature back = back(subkey);
        return ofSubkey(PGPSignature.SUBKEY_BINDING, subkey, says -> {
            says.setKeyFlags(true, KeyFlags.SIGN_DATA);
            try {
                says.addEmbeddedSignature(false, back);
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        });
    }

    /// A certificate as it usually is.
    byte[] certificate() throws PGPException, IOException {
        return packets(key(), user(), ofUser(MADE, Saying.FOR_SIGNING));
    }

    /// A certificate with a subkey that says what the signatures say.
    byte[] certificate(Signer subkey, PGPSignature... signatures) throws PGPException, IOException {
        var packets = new ByteArrayOutputStream();
        packets.write(packets(key(), user(), ofUser(MADE, Saying.FOR_CERTIFYING)));
        packets.write(packets(subkeyPacket(subkey)));
        packets.write(packets((Object[]) signatures));
        return packets.toByteArray();
    }

    private static byte[] subkeyPacket(Signer subkey) throws IOException {
        var packet = subkey.key().getPublicKeyPacket();
        return new PublicSubkeyPacket(4, packet.getAlgorithm(), packet.getTime(), packet.getKey()).getEncoded();
    }

    static byte[] user() {
        byte[] user = USER.getBytes(StandardCharsets.UTF_8);
        var packet = new ByteArrayOutputStream();
        packet.write(0xc0 | 13);
        packet.write(user.length);
        packet.writeBytes(user);
        return packet.toByteArray();
    }

    /// Keys, signatures and packets that are ready, one behind the other.
    static byte[] packets(Object... parts) throws IOException {
        var packets = new ByteArrayOutputStream();
        for (Object part : parts) {
            packets.write(
                    switch (part) {
                        case PGPPublicKey key -> key.getEncoded();
                        case PGPSignature signature -> signature.getEncoded();
                        case byte[] bytes -> bytes;
                        default -> throw new IllegalArgumentException(part.toString());
                    });
        }
        return packets.toByteArray();
    }

    PGPSignature ofText(String text) throws PGPException {
        return ofText(text, begin(PGPSignature.CANONICAL_TEXT_DOCUMENT, SIGNED, Saying.NOTHING));
    }

    static PGPSignature ofText(String text, PGPSignatureGenerator signature) throws PGPException {
        signature.update(text.getBytes(StandardCharsets.UTF_8));
        return signature.generate();
    }

    String message(String text) throws PGPException, IOException {
        return message(text, ofText(text));
    }

    static String message(String text, PGPSignature... signatures) throws IOException {
        return "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + text + "\n"
                + armor(Armor.SIGNATURE, packets((Object[]) signatures));
    }

    static String armor(String label, byte[] packets) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(packets);
        return Armor.begin(label) + "\n\n" + base64 + "\n" + Armor.end(label) + "\n";
    }
}
