package dev.kerr.integrity;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.bc.BcPGPPublicKeyRing;

/// A public key and all that it says of itself: whose it is, how long it counts, which subkeys it has, that it is
/// revoked. What others say of it does not count: who asks for a fingerprint knows whose it is.
///
/// **Source:** RFC 4880, sections 5.2.3.3 and 11.1.
final class Certificate {
    private static final int LEAST_RSA_BITS = 2048;
    private static final int MOST_SIGNATURES = 20_000;

    private static final Set<Integer> ALGORITHMS = Set.of(
            PublicKeyAlgorithmTags.RSA_GENERAL,
            PublicKeyAlgorithmTags.ECDSA,
            PublicKeyAlgorithmTags.EDDSA_LEGACY,
            PublicKeyAlgorithmTags.Ed25519,
            PublicKeyAlgorithmTags.Ed448);

    private final Fingerprint fingerprint;
    private final List<PGPPublicKeyRing> states;
    private final PGPPublicKey primary;

    private Certificate(Fingerprint fingerprint, List<PGPPublicKeyRing> states) {
        this.fingerprint = fingerprint;
        this.states = List.copyOf(states);
        this.primary = states.getFirst().getPublicKey();
    }

    /// @param copies one at least; several are several states of the same certificate
    /// @throws IntegrityException if one cannot be read, or is of another key
    static Certificate of(Fingerprint fingerprint, List<byte[]> copies) throws IntegrityException {
        var states = new ArrayList<PGPPublicKeyRing>();
        int signatures = 0;
        for (byte[] copy : copies) {
            PGPPublicKeyRing state = decode(fingerprint, copy);
            for (PGPPublicKey key : state) {
                for (Iterator<PGPSignature> each = key.getSignatures(); each.hasNext(); each.next()) {
                    signatures++;
                }
            }
            if (signatures > MOST_SIGNATURES) {
                throw new IntegrityException(
                        "the public key " + fingerprint + " has more than " + MOST_SIGNATURES + " signatures");
            }
            states.add(state);
        }
        return new Certificate(fingerprint, states);
    }

    private static PGPPublicKeyRing decode(Fingerprint fingerprint, byte[] copy) throws IntegrityException {
        try {
            PGPPublicKeyRing ring = new BcPGPPublicKeyRing(copy);
            if (ring.getPublicKey().getVersion() == 4
                    && hex(ring.getPublicKey()).equals(fingerprint.hex())) {
                return ring;
            }
        } catch (IOException | RuntimeException e) { // the library throws any of them at bad input
            throw new IntegrityException(
                    "the public key " + fingerprint + " cannot be read", "export it anew from where it was made");
        }
        throw new IntegrityException("what was found as the public key " + fingerprint + " is another");
    }

    private static String hex(PGPPublicKey key) {
        return HexFormat.of().withUpperCase().formatHex(key.getFingerprint());
    }

    /// Refuses a signature of a text, unless this key or a subkey made it that may do so now.
    ///
    /// @throws IntegrityException with what is wrong with the signature or the key
    void check(PgpSignature signature, byte[] text, Instant now) throws IntegrityException {
        if (signature.type() != PGPSignature.CANONICAL_TEXT_DOCUMENT) {
            throw new IntegrityException("it is no signature of a text");
        }
        Optional<String> flaw = signature.flaw(now);
        if (flaw.isPresent()) {
            throw new IntegrityException(flaw.get());
        }
        PGPPublicKey maker = maker(signature, text);
        requireStrength(maker);
        if (signature.made().isBefore(maker.getCreationTime().toInstant())) {
            throw new IntegrityException("it is older than its key");
        }
        boolean isPrimary = hex(maker).equals(fingerprint.hex());
        requireValid(isPrimary, now);
        if (!isPrimary) {
            requireBound(maker, now);
        }
    }

    private PGPPublicKey maker(PgpSignature signature, byte[] text) throws IntegrityException {
        boolean isNamed = false;
        for (PGPPublicKeyRing state : states) {
            for (PGPPublicKey key : state) {
                if (key.getKeyID() == signature.issuer()) {
                    isNamed = true;
                    if (signature.signs(text, key)) {
                        return key;
                    }
                }
            }
        }
        throw new IntegrityException(
                isNamed
                        ? "it does not match its text"
                        : String.format(
                                "it is made by the key %016X, which is none of %s", signature.issuer(), fingerprint));
    }

    private void requireStrength(PGPPublicKey key) throws IntegrityException {
        boolean isRsa = key.getAlgorithm() == PublicKeyAlgorithmTags.RSA_GENERAL;
        if (!ALGORITHMS.contains(key.getAlgorithm()) || isRsa && key.getBitStrength() < LEAST_RSA_BITS) {
            throw new IntegrityException("its key " + hex(key) + " is of a kind that is too weak");
        }
    }

    private void requireValid(boolean isSigner, Instant now) throws IntegrityException {
        for (PgpSignature each : signatures(primary, PGPSignature.KEY_REVOCATION)) {
            if (each.isOf(primary)) {
                throw new IntegrityException("the key " + fingerprint + " is revoked");
            }
        }
        List<PgpSignature> own = own(now);
        if (own.isEmpty()) {
            throw new IntegrityException(
                    "the key " + fingerprint + " has no valid signature of its own",
                    "key servers leave out users that have not confirmed their address: ask its owner for it");
        }
        for (PgpSignature each : own) {
            requireAcceptable(each, "the key " + fingerprint, now);
            requireLasting(each, primary, "the key " + fingerprint, now);
            if (isSigner && (each.keyFlags().orElse(KeyFlags.SIGN_DATA) & KeyFlags.SIGN_DATA) == 0) {
                throw new IntegrityException("the key " + fingerprint + " is not for signing");
            }
        }
    }

    private static void requireAcceptable(PgpSignature statement, String key, Instant now) throws IntegrityException {
        Optional<String> flaw = statement.flaw(now);
        if (flaw.isPresent()) {
            throw new IntegrityException(key + " has a signature of its own that does not count: " + flaw.get());
        }
    }

    private static void requireLasting(PgpSignature statement, PGPPublicKey key, String name, Instant now)
            throws IntegrityException {
        Optional<Instant> end = statement.keyEnd(key);
        if (end.isPresent() && !now.isBefore(end.get())) {
            throw new IntegrityException(
                    name + " has expired on " + PgpSignature.day(end.get()),
                    "if its owner has prolonged it, fetch it again");
        }
    }

    /// What the primary key says of itself last: about itself alone, and with a user that is not revoked.
    private List<PgpSignature> own(Instant now) throws IntegrityException {
        var own = new ArrayList<PgpSignature>();
        var direct = new ArrayList<PgpSignature>();
        for (PgpSignature each : signatures(primary, PGPSignature.DIRECT_KEY)) {
            if (each.isOf(primary)) {
                direct.add(each);
            }
        }
        latest(direct, now).ifPresent(own::add);
        var users = new ArrayList<PgpSignature>();
        for (PGPPublicKeyRing state : states) {
            for (Iterator<byte[]> user = state.getPublicKey().getRawUserIDs(); user.hasNext(); ) {
                ofUser(user.next(), now).ifPresent(users::add);
            }
        }
        latest(users, now).ifPresent(own::add);
        return own;
    }

    private Optional<PgpSignature> ofUser(byte[] user, Instant now) throws IntegrityException {
        var certifications = new ArrayList<PgpSignature>();
        var revocations = new ArrayList<PgpSignature>();
        for (PGPPublicKeyRing state : states) {
            for (Iterator<PGPSignature> some = state.getPublicKey().getSignaturesForID(user);
                    some != null && some.hasNext(); ) {
                PGPSignature next = some.next();
                if (!isByPrimary(next)) {
                    continue;
                }
                var each = PgpSignature.of(next);
                if (each.certifies(user, primary)) {
                    (each.type() == PGPSignature.CERTIFICATION_REVOCATION ? revocations : certifications).add(each);
                }
            }
        }
        Optional<PgpSignature> last = latest(certifications, now);
        for (PgpSignature each : revocations) {
            if (last.isPresent() && !each.made().isBefore(last.get().made())) {
                return Optional.empty();
            }
        }
        return last;
    }

    private void requireBound(PGPPublicKey subkey, Instant now) throws IntegrityException {
        String name = "the subkey " + hex(subkey) + " of " + fingerprint;
        for (PgpSignature each : signatures(subkey, PGPSignature.SUBKEY_REVOCATION)) {
            if (each.binds(primary, primary, subkey)) {
                throw new IntegrityException(name + " is revoked");
            }
        }
        var bindings = new ArrayList<PgpSignature>();
        for (PgpSignature each : signatures(subkey, PGPSignature.SUBKEY_BINDING)) {
            if (each.binds(primary, primary, subkey)) {
                bindings.add(each);
            }
        }
        PgpSignature binding = latest(bindings, now)
                .orElseThrow(() -> new IntegrityException(name + " is not bound to it by a valid signature"));
        requireAcceptable(binding, name, now);
        requireLasting(binding, subkey, name, now);
        if ((binding.keyFlags().orElse(0) & KeyFlags.SIGN_DATA) == 0) {
            throw new IntegrityException(name + " is not for signing");
        }
        for (PgpSignature back : binding.embedded()) {
            if (back.type() == PGPSignature.PRIMARYKEY_BINDING
                    && back.flaw(now).isEmpty()
                    && back.binds(subkey, primary, subkey)) {
                return;
            }
        }
        throw new IntegrityException(name + " has not signed that it belongs to it");
    }

    /// A key as all states have it.
    private List<PGPPublicKey> same(PGPPublicKey key) {
        return states.stream()
                .map(state -> state.getPublicKey(key.getFingerprint()))
                .filter(Objects::nonNull)
                .toList();
    }

    /// Signatures of a type at a key that say they are by the primary key.
    private List<PgpSignature> signatures(PGPPublicKey key, int type) throws IntegrityException {
        var signatures = new ArrayList<PgpSignature>();
        for (PGPPublicKey state : same(key)) {
            for (Iterator<PGPSignature> some = state.getSignaturesOfType(type); some.hasNext(); ) {
                PGPSignature each = some.next();
                if (isByPrimary(each)) {
                    signatures.add(PgpSignature.of(each));
                }
            }
        }
        return signatures;
    }

    /// Whether it says that it is by the primary key, or does not say by whom.
    private boolean isByPrimary(PGPSignature signature) {
        return signature.getVersion() == 4 && (signature.getKeyID() == primary.getKeyID() || signature.getKeyID() == 0);
    }

    /// Which of some statements counts: the last. One that is to come is none yet.
    private static Optional<PgpSignature> latest(List<PgpSignature> statements, Instant now) {
        return statements.stream().filter(each -> !each.isToCome(now)).max(Comparator.comparing(PgpSignature::made));
    }
}
