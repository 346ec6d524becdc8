package dev.kerr.integrity;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Files of public keys, one behind the other, as packets of OpenPGP or as armour.
///
/// @param files that need not be there
public record Keyring(List<Path> files) implements KeySource {
    private static final int MOST_BYTES = 64 << 20;

    public Keyring {
        files = List.copyOf(files);
    }

    /// How a key that is not known becomes known.
    public static String hint(Fingerprint fingerprint) {
        return "mkdir -p ~/.kerr/keys && gpg --export " + fingerprint + " >>~/.kerr/keys/pgp-public";
    }

    @Override
    public List<byte[]> certificates(Fingerprint fingerprint) throws UserException {
        var found = new ArrayList<byte[]>();
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MOST_BYTES + 1);
                if (bytes.length > MOST_BYTES) {
                    throw new UserException("the keyring " + file + " is larger than " + MOST_BYTES + " bytes");
                }
                found.addAll(certificates(bytes, fingerprint));
            } catch (NoSuchFileException absent) {
                // a user need not have keys
            } catch (FormatException e) {
                throw new UserException(
                        "the keyring " + file + " is damaged: " + e.problem(), "import its keys again, or remove it");
            } catch (IOException e) {
                throw new UserException("cannot read the keyring " + file + ": " + Reason.of(e));
            }
        }
        return found;
    }

    /// The certificates of one key among those of a keyring, or of what a key server answers.
    ///
    /// @throws FormatException if it is none
    public static List<byte[]> certificates(byte[] keyring, Fingerprint fingerprint) throws FormatException {
        var found = new ArrayList<byte[]>();
        boolean isBinary = keyring.length > 0 && keyring[0] < 0;
        List<byte[]> blocks = isBinary ? List.of(keyring) : Armor.blocks(Armor.lines(keyring), Armor.PUBLIC_KEYS);
        if (blocks.isEmpty() && !new String(keyring, StandardCharsets.ISO_8859_1).isBlank()) {
            throw new FormatException("there are no public keys", 0);
        }
        for (byte[] block : blocks) {
            List<PgpPacket> packets = PgpPacket.split(block);
            for (int i = 0; i < packets.size(); i++) {
                if (isKey(packets.get(i), block, fingerprint)) {
                    int end = i + 1;
                    while (end < packets.size() && !beginsKey(packets.get(end))) {
                        end++;
                    }
                    found.add(Arrays.copyOfRange(
                            block, packets.get(i).start(), packets.get(end - 1).end()));
                }
            }
        }
        return found;
    }

    private static boolean beginsKey(PgpPacket packet) {
        return packet.tag() == PgpPacket.PUBLIC_KEY || packet.tag() == PgpPacket.SECRET_KEY;
    }

    private static boolean isKey(PgpPacket packet, byte[] packets, Fingerprint fingerprint) {
        return packet.tag() == PgpPacket.PUBLIC_KEY
                && packet.end() > packet.body()
                && packets[packet.body()] == 4
                && fingerprint(packet, packets).equals(fingerprint);
    }

    /// What names a key of version 4; nothing else rests on this hash.
    static Fingerprint fingerprint(PgpPacket packet, byte[] packets) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(packet.fingerprinted(packets));
            return new Fingerprint(HexFormat.of().withUpperCase().formatHex(hash));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-1", impossible);
        }
    }
}
