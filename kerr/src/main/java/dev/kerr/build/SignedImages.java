package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.bytes.FormatException;
import dev.kerr.image.Images;
import dev.kerr.integrity.Fingerprint;
import dev.kerr.integrity.IntegrityException;
import dev.kerr.integrity.KeySource;
import dev.kerr.integrity.SignatureVerifier;
import dev.kerr.log.Log;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Images that a definition wants to be signed.
final class SignedImages {
    private final BuildDirectory directory;
    private final KeySource keys;
    private final Log log;

    SignedImages(BuildDirectory directory, KeySource keys, Log log) {
        this.directory = requireNonNull(directory);
        this.keys = requireNonNull(keys);
        this.log = requireNonNull(log);
    }

    /// Verifies a SIF file before anything else is read of it.
    ///
    /// What is no SIF has no signatures: nobody can have meant more than to say whose it is.
    ///
    /// @param spelling of the file, for messages
    /// @param fingerprints of the keys that must have signed it, 40 hexadecimal digits each
    /// @throws UserException if they have not, or it cannot be opened
    FoundImage open(Path file, String spelling, List<String> fingerprints) throws IOException, UserException {
        if (!Files.isRegularFile(file) || !Images.isSifFile(file)) {
            FoundImage image = FoundImage.open(file, spelling);
            log.warning(spelling + " is no SIF file, so it has no signatures and its fingerprints are not checked");
            return image;
        }
        log.info("Checking the signatures of " + spelling);
        Path own = copy(file, spelling);
        String signed = signed(own, spelling, fingerprints);
        return new FoundImage(BaseImage.open(own, spelling), Optional.of(signed));
    }

    /// A copy that nobody else can change between the check and the last read. Where the file system can, it shares the
    /// blocks.
    private Path copy(Path file, String spelling) throws IOException, UserException {
        Path copy = directory.newPath("signed");
        try {
            return Files.copy(file, copy);
        } catch (IOException e) {
            throw new UserException("cannot copy " + spelling + " to check it: " + Reason.of(e));
        }
    }

    /// What the keys have signed; by the real time, whatever time the image is to have.
    private String signed(Path file, String spelling, List<String> fingerprints) throws IOException, UserException {
        List<Fingerprint> signers = fingerprints.stream().map(Fingerprint::of).toList();
        try (FileChannel channel = FileChannel.open(file)) {
            return SignatureVerifier.verify(channel, signers, keys, Instant.now())
                    .toString();
        } catch (FormatException e) {
            throw new UserException("image " + spelling + " is damaged: " + e.getMessage(), "copy or build it again");
        } catch (UserException e) { // a key
            throw new UserException("cannot build from " + spelling + ": " + e.message(), e.hint());
        } catch (IntegrityException e) {
            throw new UserException("cannot build from " + spelling + ": " + e.reason(), e.hint());
        }
    }
}
