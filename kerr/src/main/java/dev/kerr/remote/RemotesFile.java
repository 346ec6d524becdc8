package dev.kerr.remote;

import dev.kerr.bytes.FormatException;
import dev.kerr.linux.WholeFile;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// The files of remotes: the user's, which only its owner may read, and the site's.
///
/// @param user written to; read if it is there
/// @param inherited the first of these that is there is read if the user's is not: those of other programs
/// @param site for all users
public record RemotesFile(Path user, List<Path> inherited, Path site) {
    private static final int LONGEST = 1 << 20;

    public RemotesFile {
        Objects.requireNonNull(user);
        inherited = List.copyOf(inherited);
        Objects.requireNonNull(site);
    }

    /// The user's remotes and the site's.
    ///
    /// @throws UserException if a file cannot be read, or is not what it must be
    public Remotes all() throws UserException {
        return users().over(sites());
    }

    /// What the user's file says.
    public Remotes users() throws UserException {
        if (Files.exists(user)) {
            return read(user);
        }
        for (Path path : inherited) {
            if (Files.isReadable(path)) {
                return read(path);
            }
        }
        return Remotes.none();
    }

    /// What the site's file says, or what is built in if there is none.
    public Remotes sites() throws UserException {
        return Files.exists(site) ? read(site) : Remotes.BUILT_IN;
    }

    public void writeUsers(Remotes remotes) throws UserException {
        try {
            WholeFile.writePrivate(user, bytes(remotes));
        } catch (IOException failed) {
            throw new UserException("cannot write " + user + ": " + Reason.of(failed));
        }
    }

    public void writeSites(Remotes remotes) throws UserException {
        try {
            WholeFile.writePublic(site, bytes(remotes));
        } catch (IOException failed) {
            throw new UserException(
                    "cannot write " + site + ": " + Reason.of(failed), "who administers the installation may");
        }
    }

    private static byte[] bytes(Remotes remotes) {
        return RemotesText.of(remotes).getBytes(StandardCharsets.UTF_8);
    }

    private static Remotes read(Path path) throws UserException {
        try (var in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(LONGEST + 1);
            if (content.length > LONGEST) {
                throw new UserException("cannot read the remotes in " + path + ": it is too long");
            }
            return RemotesText.parse(content);
        } catch (NoSuchFileException removed) {
            return Remotes.none();
        } catch (FormatException malformed) {
            throw new UserException(
                    "cannot read the remotes in " + path + ": " + malformed.getMessage(),
                    "mend the file, or move it away");
        } catch (IOException unreadable) {
            throw new UserException("cannot read the remotes in " + path + ": " + Reason.of(unreadable));
        }
    }
}
