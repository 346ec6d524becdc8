package dev.kerr.cli;

import dev.kerr.container.RawText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The caller's words and variables as bytes: the JVM replaces what is no UTF-8 in them.
///
/// **Source:** proc_pid_environ(5), proc_pid_cmdline(5).
///
/// @param process the directory of this process below `/proc`
record CallerBytes(Path process) {
    static final CallerBytes OURS = new CallerBytes(Path.of("/proc/self"));

    /// The value of a variable.
    ///
    /// @param decoded as the JVM has it
    String variable(String name, String decoded) {
        if (RawText.mayHaveLost(decoded)) {
            for (byte[] entry : entries("environ")) {
                String text = RawText.decode(entry);
                if (text.startsWith(name + "=")) {
                    return text.substring(name.length() + 1);
                }
            }
        }
        return decoded;
    }

    /// A word of the command line, or the value of an option in one word with its name.
    ///
    /// @param decoded as the JVM has it
    String word(String decoded) {
        if (RawText.mayHaveLost(decoded)) {
            for (byte[] entry : entries("cmdline")) {
                String text = new String(entry, StandardCharsets.UTF_8);
                String raw = RawText.decode(entry);
                if (text.equals(decoded)) {
                    return raw;
                }
                if (text.startsWith("--") && text.endsWith("=" + decoded)) {
                    return raw.substring(raw.indexOf('=') + 1);
                }
            }
        }
        return decoded;
    }

    private List<byte[]> entries(String file) {
        var entries = new ArrayList<byte[]>();
        try {
            byte[] block = Files.readAllBytes(process.resolve(file));
            int from = 0;
            for (int i = 0; i < block.length; i++) {
                if (block[i] == 0) {
                    entries.add(Arrays.copyOfRange(block, from, i));
                    from = i + 1;
                }
            }
        } catch (IOException hidden) {
            return List.of();
        }
        return entries;
    }
}
