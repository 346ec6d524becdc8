package dev.kerr.registry;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.linux.WholeFile;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;

/// Reads and writes files of logins. One is written whole or not at all, and only its owner may read it.
final class AuthFileStore {
    private static final int LONGEST = 1 << 20;

    private AuthFileStore() {}

    /// The content; that of a file which is not there is an empty object.
    static JsonObject read(Path path) throws UserException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(LONGEST + 1);
            if (content.length > LONGEST) {
                throw new UserException(
                        "cannot read the logins in " + path + ": it has more than " + LONGEST + " bytes");
            }
            return content.length == 0 ? new JsonObject(new LinkedHashMap<>()) : JsonReader.readObject(content);
        } catch (NoSuchFileException e) {
            return new JsonObject(new LinkedHashMap<>());
        } catch (FormatException e) {
            throw damaged(path, e);
        } catch (IOException e) {
            throw new UserException("cannot read the logins in " + path + ": " + Reason.of(e));
        }
    }

    /// That the content is not what it must be; the content itself is a secret.
    static UserException damaged(Path path, FormatException fault) {
        return new UserException(
                "cannot read the logins in " + path + ": " + fault.getMessage(), "mend the file, or move it away");
    }

    /// @throws UserException if it cannot be written; then it is as it was
    static void write(Path path, JsonObject content) throws UserException {
        try {
            WholeFile.writePrivate(path, JsonWriter.indented(content));
        } catch (IOException e) {
            throw new UserException("cannot keep the login in " + path + ": " + Reason.of(e));
        }
    }
}
