package dev.kerr.seccomp;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonReader;
import java.util.List;
import java.util.Objects;

/// A profile of system calls, as it is meant for a machine and a payload.
///
/// @param isLogged whether the kernel logs what is not allowed
/// @param unknown names of calls that no system here has, and which therefore stay as other calls are
public record Profile(Filter filter, boolean isLogged, List<String> unknown) {
    public Profile {
        Objects.requireNonNull(filter);
        unknown = List.copyOf(unknown);
    }

    /// Reads a profile: `linux.seccomp` of the OCI's runtime specification, or the larger form that Docker and
    /// containers/common read, with maps of architectures and rules for some circumstances.
    ///
    /// Of several rules for a call, the first whose conditions are met counts. A name that is not known is passed over
    /// where the profile allows the call and others not; where it forbids the call, it is an error, for a restriction
    /// must not be lost by a slip of the pen. Members that are not known are errors for the same reason.
    ///
    /// **Source:** opencontainers/runtime-spec config-linux.md, "Seccomp"; Docker's `seccomp.Seccomp`; libseccomp for
    /// what architectures and the comparisons mean.
    ///
    /// @throws FormatException if it is no profile, restricts nothing, asks for what is not done here, or does not even
    ///     let a program start
    public static Profile read(byte[] document, Circumstances circumstances, SyscallTable table)
            throws FormatException {
        return new ProfileReader(JsonReader.readObject(document), circumstances, table).read();
    }
}
