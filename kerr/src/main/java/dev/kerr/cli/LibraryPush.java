package dev.kerr.cli;

import dev.kerr.log.UserException;
import dev.kerr.registry.RegistryException;
import dev.kerr.registry.WebClient;
import dev.kerr.remote.Library;
import dev.kerr.remote.LibraryReference;
import dev.kerr.remote.LibraryUpload;
import dev.kerr.sif.DataType;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Extra;
import dev.kerr.sif.Selector;
import dev.kerr.sif.Sif;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// `push` to a library.
final class LibraryPush {
    private final Session session;
    private final Invocation invocation;

    LibraryPush(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    /// @throws UserException if the image is unsigned and may not be, or the library takes none
    void push(Path file, LibraryReference reference) throws UserException, IOException {
        String architecture;
        try (var channel = FileChannel.open(file)) {
            Sif sif = Sif.open(channel);
            requireSignature(file, sif);
            architecture = architecture(file, sif);
        }
        try (WebClient web = new RegistryAccess(session, invocation).web()) {
            Library library = new RemoteAccess(session, invocation).libraryToPushTo(web, reference);
            var upload = new LibraryUpload(library, reference);
            session.log().info("Pushing " + file + " to " + reference + " at " + library.address());
            upload.send(file, architecture, invocation.value("description").orElse("No description"));
            session.log().info("Push complete: " + reference);
        } catch (RegistryException refused) {
            throw RegistryAccess.failure(refused);
        }
    }

    private void requireSignature(Path file, Sif sif) throws UserException {
        boolean isSigned = !sif.select(new Selector.OfType(DataType.SIGNATURE)).isEmpty();
        if (!isSigned && !invocation.flag("allow-unsigned")) {
            throw new UserException("image " + file + " is not signed", "push it all the same with --allow-unsigned");
        }
    }

    private static String architecture(Path file, Sif sif) throws UserException {
        return sif.primaryPartition()
                .flatMap(Descriptor::partition)
                .map(Extra.Partition::architecture)
                .map(architecture -> architecture.goName())
                .orElseThrow(() -> new UserException("image " + file + " has no primary partition"));
    }
}
