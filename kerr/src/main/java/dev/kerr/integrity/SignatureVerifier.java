package dev.kerr.integrity;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import dev.kerr.sif.DataType;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Extra;
import dev.kerr.sif.Link;
import dev.kerr.sif.Sif;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Verifies that keys have signed all of a SIF file, and that it is as it was then.
///
/// Of the file, signatures cover the launch script, the version and the id in the header, and each object of a group:
/// its bytes and what [Descriptor#signed] says. An object that nobody has signed is refused. What other keys have
/// signed besides does not count, for it or against it.
///
/// **Source:** sylabs/sif `pkg/integrity/verify.go`.
public final class SignatureVerifier {
    private static final int MOST_SIGNATURES = 256;
    private static final int LONGEST_MESSAGE = 4 << 20;
    private static final String LEGACY = "SIFHASH:";

    private final FileChannel channel;
    private final Sif sif;
    private final Instant now;
    private final List<Descriptor> signatures;
    private final SortedMap<Long, List<Descriptor>> groups = new TreeMap<>();
    private final Map<Descriptor, List<ContentDigest>> known = new HashMap<>();

    private SignatureVerifier(FileChannel channel, Sif sif, Instant now) {
        this.channel = Objects.requireNonNull(channel);
        this.sif = Objects.requireNonNull(sif);
        this.now = Objects.requireNonNull(now);
        this.signatures = sif.descriptors().stream()
                .filter(descriptor -> descriptor.type() == DataType.SIGNATURE)
                .toList();
    }

    /// Verifies a file.
    ///
    /// @param channel the SIF file; stays the caller's
    /// @param signers all of whom must have signed all groups; at least one
    /// @param now by which signatures and keys count or have expired
    /// @return what they have signed: the same only for the same objects
    /// @throws FormatException if it is no SIF file, or damaged
    /// @throws IntegrityException if it is not what they have signed
    /// @throws UserException if a key cannot be looked for
    public static List<String> verify(FileChannel channel, List<Fingerprint> signers, KeySource keys, Instant now)
            throws IOException, UserException, IntegrityException {
        if (signers.isEmpty()) {
            throw new IllegalArgumentException("nobody is to have signed it");
        }
        var verifier = new SignatureVerifier(channel, Sif.open(channel), now);
        verifier.requireSignable();
        var signed = new ArrayList<String>();
        for (Fingerprint signer : new TreeSet<>(signers)) {
            signed.addAll(verifier.verify(signer, keys));
        }
        return signed;
    }

    private void requireSignable() throws IntegrityException {
        if (signatures.isEmpty()) {
            throw new IntegrityException("it has no signatures", "its maker signs it with 'apptainer sign'");
        }
        if (signatures.size() > MOST_SIGNATURES) {
            throw new IntegrityException("it has more than " + MOST_SIGNATURES + " signatures");
        }
        for (Descriptor each : sif.descriptors()) {
            if (each.group().isPresent()) {
                groups.computeIfAbsent(each.group().getAsLong(), _ -> new ArrayList<>())
                        .add(each);
            } else if (each.type() != DataType.SIGNATURE) {
                throw new IntegrityException(
                        "object " + each.id() + " is in no group, so that no signature can be of it");
            }
        }
        if (groups.isEmpty()) {
            throw new IntegrityException("it has nothing that can be signed");
        }
    }

    private List<String> verify(Fingerprint signer, KeySource keys)
            throws IOException, UserException, IntegrityException {
        for (long group : groups.keySet()) {
            requireSignature(signer, group);
        }
        List<byte[]> copies = keys.certificates(signer);
        if (copies.isEmpty()) {
            throw new IntegrityException("the public key " + signer + " is not known", Keyring.hint(signer));
        }
        Certificate certificate = Certificate.of(signer, copies);
        var signed = new ArrayList<String>();
        for (Map.Entry<Long, List<Descriptor>> group : groups.entrySet()) {
            byte[] text = verify(signer, certificate, group.getKey(), group.getValue());
            signed.add(new String(text, StandardCharsets.UTF_8));
        }
        return signed;
    }

    /// Says early, before a key is looked for, that there is nothing to look for one for.
    private void requireSignature(Fingerprint signer, long group) throws IntegrityException {
        if (!ofGroup(group, fingerprint -> fingerprint.equals(signer.hex())).isEmpty()) {
            return;
        }
        String what = groups.size() == 1 ? "it" : "its group " + group;
        var others = new TreeSet<String>();
        for (Descriptor each : ofGroup(group, fingerprint -> !fingerprint.isEmpty())) {
            others.add(fingerprint(each));
        }
        String besides = "";
        if (!others.isEmpty()) {
            besides = ", but by " + String.join(", ", others);
        } else if (!ofGroup(group, String::isEmpty).isEmpty()) {
            besides = ": its signatures are not by PGP keys, and those do not count here";
        }
        throw new IntegrityException(what + " is not signed by " + signer + besides);
    }

    /// What one signature of the group by this key has signed. One that counts is enough.
    private byte[] verify(Fingerprint signer, Certificate certificate, long group, List<Descriptor> objects)
            throws IOException, IntegrityException {
        var problems = new ArrayList<IntegrityException>();
        for (Descriptor each : ofGroup(group, fingerprint -> fingerprint.equals(signer.hex()))) {
            try {
                byte[] text = text(each, certificate);
                verify(metadata(text), objects);
                return text;
            } catch (IntegrityException e) {
                problems.add(new IntegrityException(
                        "its signature " + each.id() + " by " + signer + " does not count: " + e.reason(), e.hint()));
            }
        }
        throw problems.getFirst();
    }

    private List<Descriptor> ofGroup(long group, Predicate<String> fingerprint) {
        return signatures.stream()
                .filter(each -> each.link().equals(new Link.ToGroup(group)))
                .filter(each -> fingerprint.test(fingerprint(each)))
                .toList();
    }

    private static String fingerprint(Descriptor signature) {
        return signature.extra() instanceof Extra.Signature signed ? signed.fingerprint() : "";
    }

    /// The text of a signature object, which this key has signed.
    private byte[] text(Descriptor signature, Certificate certificate) throws IOException, IntegrityException {
        if (signature.size() > LONGEST_MESSAGE) {
            throw new IntegrityException("it is longer than " + LONGEST_MESSAGE + " bytes");
        }
        byte[] content = Sif.read(channel, signature, LONGEST_MESSAGE);
        if (content.length > 0 && content[0] == '{') {
            throw new IntegrityException("it is not by a PGP key, and such do not count here");
        }
        try {
            ClearSigned message = ClearSigned.parse(content);
            requireSigned(message, certificate);
            return message.text();
        } catch (FormatException e) {
            throw new IntegrityException(e.problem());
        }
    }

    /// A message may have several signatures: one by this key is enough.
    private void requireSigned(ClearSigned message, Certificate certificate)
            throws FormatException, IntegrityException {
        var problems = new ArrayList<IntegrityException>();
        for (PgpPacket packet : PgpPacket.split(message.signatures())) {
            try {
                PgpSignature signature = PgpSignature.decode(packet.encoded(message.signatures()));
                certificate.check(signature, message.text(), now);
                return;
            } catch (IntegrityException e) {
                problems.add(e);
            }
        }
        throw problems.isEmpty() ? new IntegrityException("there is none in it") : problems.getFirst();
    }

    private static SignedMetadata metadata(byte[] text) throws IntegrityException {
        if (new String(text, StandardCharsets.ISO_8859_1).startsWith(LEGACY)) {
            throw new IntegrityException(
                    "it is of the old form, which does not cover all of the image", "have the image signed anew");
        }
        try {
            return SignedMetadata.parse(text);
        } catch (FormatException e) {
            throw new IntegrityException("what it has signed is malformed: " + e.problem());
        }
    }

    private void verify(SignedMetadata metadata, List<Descriptor> objects) throws IOException, IntegrityException {
        if (!metadata.header().isOf(sif.header().signed())) {
            throw new IntegrityException("the header has changed since");
        }
        long first = objects.getFirst().id();
        var contents = new LinkedHashMap<Descriptor, ContentDigest>();
        for (Descriptor object : objects) {
            SignedMetadata.SignedObject signed = metadata.objects().get(object.id() - first);
            if (signed == null) {
                throw new IntegrityException("it is not of object " + object.id());
            }
            if (!signed.descriptor().isOf(object.signed(object.id() - first))) {
                throw new IntegrityException("the descriptor of object " + object.id() + " has changed since");
            }
            contents.put(object, signed.content());
        }
        if (metadata.objects().size() != objects.size()) {
            throw new IntegrityException("an object that it is of is missing");
        }
        for (Map.Entry<Descriptor, ContentDigest> each : contents.entrySet()) {
            if (!isOf(each.getValue(), each.getKey())) {
                throw new IntegrityException("object " + each.getKey().id() + " has changed since");
            }
        }
    }

    /// Reads each object once, though several have signed it.
    private boolean isOf(ContentDigest digest, Descriptor object) throws IOException {
        List<ContentDigest> right = known.computeIfAbsent(object, _ -> new ArrayList<>());
        if (right.contains(digest)) {
            return true;
        }
        boolean isRight = digest.isOf(new ByteRegion(channel, object.offset(), object.size()));
        if (isRight) {
            right.add(digest);
        }
        return isRight;
    }
}
