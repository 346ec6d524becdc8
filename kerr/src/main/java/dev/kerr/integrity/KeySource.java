package dev.kerr.integrity;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.List;

/// Where public keys of signers are.
public interface KeySource {
    /// What is known of a key: its certificates, the packets of one each. Several are several states of one, and what
    /// any of them says counts. Empty if the key is not known.
    ///
    /// Whoever asks makes sure that they are of this key.
    ///
    /// @throws UserException if it cannot be looked for, or only some of it read
    List<byte[]> certificates(Fingerprint fingerprint) throws IOException, UserException;
}
