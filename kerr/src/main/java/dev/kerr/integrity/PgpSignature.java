package dev.kerr.integrity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/// A signature packet of OpenPGP. Of what it says of itself counts what it covers. Not for several threads at once.
///
/// **Source:** RFC 4880, section 5.2.
final class PgpSignature {
    private static final int VERSION = 4;

    /// How far the clock of who signs may be ahead of ours.
    private static final Duration SKEW = Duration.ofHours(1);

    private static final Set<Integer> HASHES = Set.of(
            HashAlgorithmTags.SHA224, HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512);

    private static final Map<Integer, String> HASH_NAMES = Map.of(
            HashAlgorithmTags.MD5, "MD5", HashAlgorithmTags.SHA1, "SHA-1", HashAlgorithmTags.RIPEMD160, "RIPEMD-160");

    /// What a signature may say that whoever reads it must understand: this is taken into account, or can only say
    /// more.
    private static final Set<Integer> UNDERSTOOD = Set.of(
            SignatureSubpacketTags.CREATION_TIME,
            SignatureSubpacketTags.EXPIRE_TIME,
            SignatureSubpacketTags.EXPORTABLE,
            SignatureSubpacketTags.REVOCABLE,
            SignatureSubpacketTags.KEY_EXPIRE_TIME,
            SignatureSubpacketTags.PREFERRED_SYM_ALGS,
            SignatureSubpacketTags.REVOCATION_KEY,
            SignatureSubpacketTags.ISSUER_KEY_ID,
            SignatureSubpacketTags.PREFERRED_HASH_ALGS,
            SignatureSubpacketTags.PREFERRED_COMP_ALGS,
            SignatureSubpacketTags.KEY_SERVER_PREFS,
            SignatureSubpacketTags.PREFERRED_KEY_SERV,
            SignatureSubpacketTags.PRIMARY_USER_ID,
            SignatureSubpacketTags.POLICY_URL,
            SignatureSubpacketTags.KEY_FLAGS,
            SignatureSubpacketTags.SIGNER_USER_ID,
            SignatureSubpacketTags.REVOCATION_REASON,
            SignatureSubpacketTags.FEATURES,
            SignatureSubpacketTags.EMBEDDED_SIGNATURE,
            SignatureSubpacketTags.ISSUER_FINGERPRINT);

    private final PGPSignature packet;
    private final Set<Integer> conditions;
    private final Instant made;
    private final long lastsSeconds;
    private final long keyLastsSeconds;
    private final OptionalInt keyFlags;

    private PgpSignature(PGPSignature packet) {
        PGPSignatureSubpacketVector covered = packet.getHashedSubPackets();
        Date creation = covered.getSignatureCreationTime();
        this.packet = packet;
        this.conditions = Arrays.stream(covered.getCriticalTags()).boxed().collect(Collectors.toUnmodifiableSet());
        this.made = creation == null ? Instant.EPOCH : creation.toInstant();
        this.lastsSeconds = covered.getSignatureExpirationTime();
        this.keyLastsSeconds = covered.getKeyExpirationTime();
        this.keyFlags = covered.hasSubpacket(SignatureSubpacketTags.KEY_FLAGS)
                ? OptionalInt.of(covered.getKeyFlags())
                : OptionalInt.empty();
    }

    /// @throws IntegrityException if it is malformed, or of another version
    static PgpSignature of(PGPSignature packet) throws IntegrityException {
        if (packet.getVersion() != VERSION) {
            throw new IntegrityException("it is of OpenPGP's version " + packet.getVersion() + ", not " + VERSION);
        }
        try {
            return new PgpSignature(packet);
        } catch (RuntimeException e) { // the library throws any at bad input
            throw new IntegrityException("it is no signature of OpenPGP that can be read");
        }
    }

    /// @param packet header and all
    /// @throws IntegrityException if it is none, or of another version
    static PgpSignature decode(byte[] packet) throws IntegrityException {
        try {
            return of(new PGPSignature(new BCPGInputStream(new ByteArrayInputStream(packet))));
        } catch (IOException | PGPException | RuntimeException e) { // as above
            throw new IntegrityException("it is no signature of OpenPGP that can be read");
        }
    }

    int type() {
        return packet.getSignatureType();
    }

    /// The key that it says it is made by: the last eight bytes of a fingerprint.
    long issuer() {
        return packet.getKeyID();
    }

    /// When it was made; 1970 if it does not say so.
    Instant made() {
        return made;
    }

    /// Whether it is of a time that no clock can show yet.
    boolean isToCome(Instant now) {
        return made.isAfter(now.plus(SKEW));
    }

    /// Why it counts for nothing, however right it may be; empty if it counts.
    Optional<String> flaw(Instant now) {
        if (!HASHES.contains(packet.getHashAlgorithm())) {
            String hash = HASH_NAMES.getOrDefault(packet.getHashAlgorithm(), "number " + packet.getHashAlgorithm());
            return Optional.of("its hash is " + hash + ", which is not accepted");
        }
        if (!UNDERSTOOD.containsAll(conditions)) {
            return Optional.of("it has a condition that is not understood");
        }
        if (made.equals(Instant.EPOCH)) {
            return Optional.of("it does not say when it was made");
        }
        if (isToCome(now)) {
            return Optional.of("it is made on " + day(made) + ", which is to come");
        }
        Instant end = made.plusSeconds(lastsSeconds);
        return lastsSeconds != 0 && !now.isBefore(end)
                ? Optional.of("it has expired on " + day(end))
                : Optional.empty();
    }

    /// When a key of which it speaks ends; empty for never.
    Optional<Instant> keyEnd(PGPPublicKey key) {
        return keyLastsSeconds == 0
                ? Optional.empty()
                : Optional.of(key.getCreationTime().toInstant().plusSeconds(keyLastsSeconds));
    }

    /// What a key of which it speaks may be used for; empty if it does not say so.
    OptionalInt keyFlags() {
        return keyFlags;
    }

    /// Signatures that it carries, covered or not: they stand for themselves.
    List<PgpSignature> embedded() throws IntegrityException {
        var embedded = new ArrayList<PgpSignature>();
        for (PGPSignatureSubpacketVector some : List.of(packet.getHashedSubPackets(), packet.getUnhashedSubPackets())) {
            try {
                PGPSignatureList signatures = some.getEmbeddedSignatures();
                for (PGPSignature each : signatures) {
                    embedded.add(of(each));
                }
            } catch (PGPException | RuntimeException e) { // as above
                throw new IntegrityException("it carries a signature that cannot be read");
            }
        }
        return embedded;
    }

    /// Whether a key has signed a text.
    boolean signs(byte[] text, PGPPublicKey key) {
        return holds(key, () -> {
            packet.update(text);
            return packet.verify();
        });
    }

    /// Whether a key says that a user is its own, or no longer.
    boolean certifies(byte[] user, PGPPublicKey key) {
        return holds(key, () -> packet.verifyCertification(user, key));
    }

    /// Whether a key says something of itself.
    boolean isOf(PGPPublicKey key) {
        return holds(key, () -> packet.verifyCertification(key));
    }

    /// Whether one of two keys says something of both.
    ///
    /// @param maker the primary key or the subkey
    boolean binds(PGPPublicKey maker, PGPPublicKey primary, PGPPublicKey subkey) {
        return holds(maker, () -> packet.verifyCertification(primary, subkey));
    }

    private interface Check {
        boolean holds() throws PGPException;
    }

    private boolean holds(PGPPublicKey key, Check check) {
        try {
            packet.init(new BcPGPContentVerifierBuilderProvider(), key);
            return check.holds();
        } catch (PGPException | RuntimeException e) { // keys and numbers that cannot be are found out only here
            return false;
        }
    }

    static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }
}
