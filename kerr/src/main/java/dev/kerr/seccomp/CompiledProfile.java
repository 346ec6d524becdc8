package dev.kerr.seccomp;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A profile that was compiled when Kerr was built: a directory with the profile as it was then, and its programs for
/// two kinds of payload. Reading one takes a launch a moment, compiling it a hundred times as long.
///
/// No rule of it may depend on the kernel's version, which is another on each host.
public final class CompiledProfile {
    private static final String PROFILE = "default.json";
    private static final String ROOT = "root";
    private static final String USER = "user";

    private final Path directory;

    /// @param directory with the files, or without
    public CompiledProfile(Path directory) {
        this.directory = directory;
    }

    /// What the two kinds of payload are taken to have.
    public record Capabilities(List<String> ofRoot, List<String> ofUser) {
        public Capabilities {
            ofRoot = List.copyOf(ofRoot);
            ofUser = List.copyOf(ofUser);
        }
    }

    /// The program for the host's root.
    ///
    /// @param profile as it is now
    /// @return empty if it was another when it was compiled
    public Optional<String> ofRoot(byte[] profile) throws IOException {
        return find(profile, ROOT);
    }

    /// The program for an ordinary user.
    ///
    /// @param profile as it is now
    /// @return empty if it was another when it was compiled
    public Optional<String> ofUser(byte[] profile) throws IOException {
        return find(profile, USER);
    }

    private Optional<String> find(byte[] profile, String kind) throws IOException {
        var compiledFrom = new File(directory.toFile(), PROFILE);
        if (!compiledFrom.isFile() || !Arrays.equals(Files.readAllBytes(compiledFrom.toPath()), profile)) {
            return Optional.empty();
        }
        byte[] program = Files.readAllBytes(directory.resolve(kind));
        return Optional.of(new String(program, StandardCharsets.ISO_8859_1));
    }

    /// Compiles a profile into the directory, which is made.
    ///
    /// @throws FormatException if it is no profile, or depends on the kernel's version
    public void write(byte[] profile, Abi machine, Capabilities capabilities) throws IOException, UserException {
        Files.createDirectories(directory);
        write(profile, machine, capabilities.ofRoot(), ROOT);
        write(profile, machine, capabilities.ofUser(), USER);
        Files.write(directory.resolve(PROFILE), profile);
    }

    private void write(byte[] profile, Abi machine, List<String> capabilities, String kind)
            throws IOException, UserException {
        var table = SyscallTable.load();
        var oldest = Profile.read(profile, new Circumstances(machine, capabilities, "1.0"), table);
        var newest = Profile.read(profile, new Circumstances(machine, capabilities, "9999.0"), table);
        if (!oldest.equals(newest)) {
            throw new FormatException("the profile depends on the kernel's version", 0);
        }
        String program = Compiler.compile(oldest.filter(), table).text();
        Files.write(directory.resolve(kind), program.getBytes(StandardCharsets.ISO_8859_1));
    }
}
