package dev.kerr.linux;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What of the host's files was looked at for a plan: as long as all of it is as it was, the plan would be the same.
///
/// **Source:** `starter/stored.h`, which defines the bytes.
public final class Inputs {
    private final Map<String, Character> seen = new LinkedHashMap<>();
    private boolean areAll = true;

    /// How a file was looked at: the first letter of its record.
    private enum Look {
        /// Whether it is there and what it is; links not followed.
        NODE('n'),
        /// Which file it is; links followed.
        PLACE('p'),
        /// What is in it; links followed.
        CONTENT('c');

        private final char letter;

        Look(char letter) {
            this.letter = letter;
        }
    }

    /// Says what was found at a path, links not followed.
    ///
    /// @param what `-` for nothing, `d` for a directory, `f` a regular file, `l` a link, `o` another
    public void node(String path, char what) {
        see(Look.NODE, path, what);
    }

    /// Says that it matters what is in a file, or that there is none. Before it is read.
    public void content(Path file) {
        File absolute = file.toAbsolutePath().toFile();
        see(Look.CONTENT, absolute.getPath(), absolute.isFile() ? 'f' : absolute.exists() ? 'o' : '-');
    }

    /// Says that it matters which file a path leads to.
    public void place(Path file) {
        see(Look.PLACE, file.toString(), file.toFile().exists() ? 'o' : '-');
    }

    /// Says that more was looked at than is known here.
    public void missSome() {
        areAll = false;
    }

    /// Whether nothing else was looked at.
    public boolean areAll() {
        return areAll;
    }

    /// The records: a letter how, a letter what was seen (`-` nothing, `d`, `f`, `l`, `o`), and a path that ends with a
    /// NUL byte.
    public byte[] encode() {
        var bytes = new ByteArrayOutputStream(4 << 10);
        for (var entry : seen.entrySet()) {
            bytes.write(entry.getKey().charAt(0));
            bytes.write(entry.getValue());
            bytes.writeBytes(entry.getKey().substring(1).getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
        }
        return bytes.toByteArray();
    }

    private void see(Look look, String path, char what) {
        Character before = seen.putIfAbsent(look.letter + path, what);
        if (before != null && before != what) {
            areAll = false; // it has changed meanwhile
        }
    }
}
