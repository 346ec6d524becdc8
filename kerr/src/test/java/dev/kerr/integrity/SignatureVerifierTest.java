package dev.kerr.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.sif.Architecture;
import dev.kerr.sif.DataType;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Extra;
import dev.kerr.sif.FsType;
import dev.kerr.sif.HashType;
import dev.kerr.sif.Link;
import dev.kerr.sif.NewObject;
import dev.kerr.sif.NewSif;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.PartitionType;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifEditor;
import dev.kerr.sif.SifWriter;
import dev.kerr.sif.Stamp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPSignature;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureVerifierTest {
    private static final Fingerprint APPTAINERS = new Fingerprint("FDAA816F89A67B1AB1038EC7283DD6590E8D58C6");
    private static final Instant AFTER_APPTAINER = Instant.parse("2026-12-01T00:00:00Z");

    @TempDir
    Path directory;

    private Path image = Path.of("");
    private final Map<Fingerprint, List<byte[]>> keys = new HashMap<>();

    @BeforeEach
    void makeImage() throws IOException {
        image = directory.resolve("image.sif");
        var squashfs = new Extra.Partition(FsType.SQUASHFS, PartitionType.PRIMARY_SYSTEM, Architecture.AMD64);
        SifWriter.create(
                image,
                NewSif.runnable(
                        Stamp.reproducible(Signer.MADE),
                        List.of(
                                NewObject.definitionFile("bootstrap: scratch\n".getBytes(StandardCharsets.UTF_8)),
                                NewObject.genericJson("x.json", "{}".getBytes(StandardCharsets.UTF_8)),
                                NewObject.partition(squashfs, new ObjectContent.Bytes(new byte[10_000])))));
    }

    private void verify(Signer... signers) throws Exception {
        verify(List.of(signers).stream().map(Signer::fingerprint).toList(), Signer.NOW);
    }

    private List<String> verify(List<Fingerprint> signers, Instant now) throws Exception {
        try (FileChannel channel = FileChannel.open(image)) {
            return SignatureVerifier.verify(channel, signers, key -> keys.getOrDefault(key, List.of()), now);
        }
    }

    private void assertRefused(String reason, Signer... signers) {
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> verify(signers))
                .satisfies(refused -> assertThat(refused.reason()).contains(reason));
    }

    /// Somebody whose key is known.
    private Signer signer() throws Exception {
        var signer = new Signer();
        keys.put(signer.fingerprint(), List.of(signer.certificate()));
        return signer;
    }

    private Signer signed() throws Exception {
        Signer signer = signer();
        sign(signer, signer.message(metadata(1, "sha256")));
        return signer;
    }

    private void sign(Signer signer, String message) throws Exception {
        sign(signer.fingerprint().hex(), 1, message);
    }

    private void sign(String fingerprint, long group, String message) throws Exception {
        try (var editor = SifEditor.open(image, Clock.fixed(Signer.SIGNED, ZoneOffset.UTC))) {
            editor.add(new NewObject(
                    DataType.SIGNATURE,
                    "",
                    fingerprint.isEmpty() ? new Extra.None() : new Extra.Signature(HashType.SHA256, fingerprint),
                    new ObjectContent.Bytes(message.getBytes(StandardCharsets.UTF_8)),
                    0,
                    new Link.ToGroup(group)));
        }
    }

    private void add(long group) throws Exception {
        try (var editor = SifEditor.open(image, Clock.fixed(Signer.SIGNED, ZoneOffset.UTC))) {
            editor.add(new NewObject(
                    DataType.GENERIC,
                    "more",
                    new Extra.None(),
                    new ObjectContent.Bytes(new byte[] {1}),
                    group,
                    new Link.None()));
        }
    }

    private void delete(int id) throws Exception {
        try (var editor = SifEditor.open(image, Clock.fixed(Signer.SIGNED, ZoneOffset.UTC))) {
            editor.delete(id, Set.of());
        }
    }

    /// What a peer would sign of the image as it is.
    private String metadata(long group, String hash) throws Exception {
        try (FileChannel channel = FileChannel.open(image)) {
            Sif sif = Sif.open(channel);
            List<Descriptor> objects = sif.descriptors().stream()
                    .filter(each -> each.group().orElse(0) == group)
                    .toList();
            var texts = new ArrayList<String>();
            for (Descriptor each : objects) {
                long id = each.id() - (long) objects.getFirst().id();
                byte[] content = new byte[(int) each.size()];
                new ByteRegion(channel, each.offset(), each.size()).read(0, content, content.length, "content");
                texts.add("{\"relativeId\":" + id + ",\"descriptorDigest\":\"" + digest(hash, each.signed(id))
                        + "\",\"objectDigest\":\"" + digest(hash, content) + "\"}");
            }
            return "{\"version\":1,\"header\":{\"digest\":\""
                    + digest(hash, sif.header().signed()) + "\"},\"objects\":[" + String.join(",", texts) + "]}";
        }
    }

    private static String digest(String hash, byte[] content) throws Exception {
        String name = hash.replace("sha", "SHA-").replace('_', '/');
        return hash + ":"
                + HexFormat.of().formatHex(MessageDigest.getInstance(name).digest(content));
    }

    private void flip(long at) throws IOException {
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1));
            channel.write(one.flip(), at);
        }
    }

    private static long slot(int id) {
        return 4096 + (id - 1L) * Descriptor.SIZE;
    }

    private void useApptainers() throws Exception {
        image = directory.resolve("apptainers.sif");
        try (var sif = SignatureVerifierTest.class.getResourceAsStream("/images/signed.sif");
                var key = SignatureVerifierTest.class.getResourceAsStream("/images/signed.pub.pgp")) {
            Files.write(image, sif.readAllBytes());
            keys.put(APPTAINERS, Keyring.certificates(key.readAllBytes(), APPTAINERS));
        }
    }

    @Test
    void what_apptainer_has_signed_is_verified() throws Exception {
        useApptainers();
        assertThat(keys.get(APPTAINERS)).hasSize(1);
        assertThat(verify(List.of(APPTAINERS), AFTER_APPTAINER))
                .singleElement()
                .asString()
                .contains("sha256:69d4b6227");
    }

    @Test
    void every_covered_byte_of_apptainers_image_counts() throws Exception {
        useApptainers();
        List<Long> places = List.of(5L, 50L, slot(1), slot(2) + 45, slot(3) + 60, slot(3) + 80, 32_200L, 40_000L);
        for (long place : places) {
            flip(place);
            assertThatExceptionOfType(IntegrityException.class)
                    .as("byte %d", place)
                    .isThrownBy(() -> verify(List.of(APPTAINERS), AFTER_APPTAINER));
            flip(place);
        }
        verify(List.of(APPTAINERS), AFTER_APPTAINER);
    }

    @Test
    void an_image_without_signatures_is_refused() throws Exception {
        assertRefused("it has no signatures", signer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha224", "sha256", "sha384", "sha512", "sha512_224", "sha512_256"})
    void digests_may_be_of_any_hash_of_sha_2(String hash) throws Exception {
        Signer signer = signer();
        sign(signer, signer.message(metadata(1, hash)));
        verify(signer);
    }

    @Test
    void digests_of_another_hash_are_refused() throws Exception {
        Signer signer = signer();
        sign(signer, signer.message(metadata(1, "sha1")));
        assertRefused("a digest is of no SHA-2 hash", signer);
    }

    @Test
    void another_key_than_the_signers_is_named_with_those_that_have_signed() throws Exception {
        Signer signer = signed();
        var other = new Signer();
        assertRefused("it is not signed by " + other.fingerprint() + ", but by " + signer.fingerprint(), other);
    }

    @Test
    void all_keys_must_have_signed() throws Exception {
        Signer one = signed();
        Signer other = signer();
        assertRefused("it is not signed by " + other.fingerprint(), one, other);
        sign(other, other.message(metadata(1, "sha512")));
        verify(one, other);
        verify(one);
    }

    @Test
    void a_key_that_is_not_known_says_how_it_becomes_known() throws Exception {
        Signer signer = signed();
        keys.clear();
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> verify(signer))
                .satisfies(refused -> {
                    assertThat(refused.reason()).isEqualTo("the public key " + signer.fingerprint() + " is not known");
                    assertThat(refused.hint()).contains("gpg --export " + signer.fingerprint());
                });
    }

    @Test
    void a_signature_that_names_another_key_than_its_own_is_refused() throws Exception {
        Signer signer = new Signer();
        Signer other = signer();
        sign(other, signer.message(metadata(1, "sha256")));
        assertRefused("which is none of " + other.fingerprint(), other);
    }

    @Test
    void a_certificate_of_another_key_is_refused() throws Exception {
        Signer signer = signed();
        keys.put(signer.fingerprint(), List.of(new Signer().certificate()));
        assertRefused("what was found as the public key " + signer.fingerprint() + " is another", signer);
    }

    @ParameterizedTest
    @CsvSource({
        "3, the header has changed since",
        "50, the header has changed since",
        "4096, the descriptor of object 1 has changed since",
        "4141, the descriptor of object 1 has changed since",
        "4760, the descriptor of object 2 has changed since",
        "32180, object 1 has changed since",
        "36900, object 3 has changed since"
    })
    void a_byte_that_was_flipped_is_found(long at, String reason) throws Exception {
        Signer signer = signed();
        flip(at);
        assertRefused(reason, signer);
    }

    @Test
    void an_object_that_was_added_later_is_refused() throws Exception {
        Signer signer = signed();
        add(1);
        assertRefused("it is not of object 5", signer);
    }

    @Test
    void an_object_that_was_removed_later_is_missed() throws Exception {
        Signer signer = signed();
        delete(2);
        assertRefused("an object that it is of is missing", signer);
    }

    @Test
    void an_object_in_no_group_is_refused() throws Exception {
        Signer signer = signed();
        add(0);
        assertRefused("object 5 is in no group", signer);
    }

    @Test
    void each_group_must_be_signed() throws Exception {
        add(2);
        Signer signer = signed();
        assertRefused("its group 2 is not signed by " + signer.fingerprint(), signer);
        sign(signer.fingerprint().hex(), 2, signer.message(metadata(2, "sha256")));
        verify(signer);
    }

    @Test
    void a_signature_of_some_objects_of_a_group_does_not_count() throws Exception {
        Signer signer = signer();
        String all = metadata(1, "sha256");
        sign(signer, signer.message(all.substring(0, all.lastIndexOf(",{\"relativeId\"")) + "]}"));
        assertRefused("it is not of object 3", signer);
    }

    @Test
    void signatures_of_one_object_and_of_other_kinds_of_keys_do_not_count() throws Exception {
        sign("", 1, "{\"payloadType\":\"application/vnd.sylabs.sif-metadata+json\"}");
        assertRefused("its signatures are not by PGP keys", signer());
    }

    @Test
    void what_is_no_pgp_signature_but_names_a_pgp_key_does_not_count() throws Exception {
        Signer signer = signer();
        sign(signer, "{\"payloadType\":\"application/vnd.sylabs.sif-metadata+json\"}");
        assertRefused("it is not by a PGP key", signer);
    }

    @Test
    void the_old_form_does_not_count() throws Exception {
        Signer signer = signer();
        sign(signer, signer.message("SIFHASH:\n" + "0".repeat(96)));
        assertRefused("it is of the old form", signer);
    }

    @Test
    void one_signature_that_counts_is_enough() throws Exception {
        Signer signer = signer();
        sign(signer, signer.message("{}"));
        sign(signer, signer.message(metadata(1, "sha256")));
        verify(signer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"version\":2}", "{\"version\":1}", "[]", "x", "", "{\"version\":1,\"version\":1}"})
    void what_is_signed_must_be_understood(String text) throws Exception {
        Signer signer = signer();
        sign(signer, signer.message(text));
        assertRefused("what it has signed is malformed", signer);
    }

    @Test
    void an_object_that_is_signed_twice_is_refused() throws Exception {
        Signer signer = signer();
        String all = metadata(1, "sha256");
        String last = all.substring(all.lastIndexOf(",{\"relativeId\""), all.length() - 2);
        sign(signer, signer.message(all.replace(last, last + last)));
        assertRefused("an object is there twice", signer);
    }

    @Test
    void a_message_beyond_measure_is_not_read() throws Exception {
        Signer signer = signer();
        sign(signer, signer.message(metadata(1, "sha256") + " ".repeat(5 << 20)));
        assertRefused("it is longer than 4194304 bytes", signer);
    }

    @Test
    void signatures_beyond_number_are_not_tried() throws Exception {
        Signer signer = signed();
        image = directory.resolve("many.sif");
        var signature = new NewObject(
                DataType.SIGNATURE,
                "",
                new Extra.Signature(HashType.SHA256, signer.fingerprint().hex()),
                new ObjectContent.Bytes(new byte[] {1}),
                0,
                new Link.ToGroup(1));
        SifWriter.create(
                image, new NewSif("", Stamp.reproducible(Signer.MADE), 300, Collections.nCopies(300, signature)));
        assertRefused("more than 256 signatures", signer);
    }

    @Test
    void a_message_may_have_several_signatures() throws Exception {
        Signer one = signer();
        Signer other = signer();
        String text = metadata(1, "sha256");
        sign(other, Signer.message(text, one.ofText(text), other.ofText(text)));
        verify(other);
    }

    @ParameterizedTest
    @CsvSource({"MD5, 1", "SHA-1, 2", "RIPEMD-160, 3"})
    void a_signature_with_a_weak_hash_does_not_count(String name, int hash) throws Exception {
        Signer signer = signer();
        String text = metadata(1, "sha256");
        var begun = signer.begin(PGPSignature.CANONICAL_TEXT_DOCUMENT, hash, Signer.SIGNED, Signer.Saying.NOTHING);
        sign(signer, Signer.message(text, Signer.ofText(text, begun)));
        assertRefused("its hash is " + name + ", which is not accepted", signer);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                HashAlgorithmTags.SHA224,
                HashAlgorithmTags.SHA256,
                HashAlgorithmTags.SHA384,
                HashAlgorithmTags.SHA512
            })
    void a_signature_with_a_hash_of_sha_2_counts(int hash) throws Exception {
        Signer signer = signer();
        String text = metadata(1, "sha256");
        var begun = signer.begin(PGPSignature.CANONICAL_TEXT_DOCUMENT, hash, Signer.SIGNED, Signer.Saying.NOTHING);
        sign(signer, Signer.message(text, Signer.ofText(text, begun)));
        verify(signer);
    }
}
