package dev.kerr.cli;

import dev.kerr.log.UserException;
import dev.kerr.seccomp.Abi;
import dev.kerr.seccomp.CompiledProfile;
import dev.kerr.sif.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Compiles the profile of contained launches when Kerr is built.
public final class SeccompPrograms {
    private SeccompPrograms() {}

    /// Writes the programs for this machine, if its system calls are known.
    ///
    /// @param arguments the profile, and the directory that its programs go to
    public static void main(String[] arguments) throws IOException, UserException {
        var machine = Abi.ofMachine(
                Architecture.ofJavaName(System.getProperty("os.arch", "")).goName());
        if (machine.isPresent()) {
            new CompiledProfile(Path.of(arguments[1]))
                    .write(Files.readAllBytes(Path.of(arguments[0])), machine.get(), LaunchSeccomp.capabilities());
        }
    }
}
