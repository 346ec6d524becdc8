package dev.kerr.runtime;

import dev.kerr.bytes.FormatException;
import dev.kerr.container.Op;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonWriter;
import dev.kerr.linux.Capability;
import dev.kerr.log.UserException;
import dev.kerr.seccomp.Abi;
import dev.kerr.seccomp.Circumstances;
import dev.kerr.seccomp.Compiler;
import dev.kerr.seccomp.Profile;
import dev.kerr.seccomp.SyscallTable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Compiles the `seccomp` of a `config.json`.
public final class SeccompFilters {
    private SeccompFilters() {}

    /// The filters of a process; none if nothing is asked for.
    ///
    /// @param profile the member `linux.seccomp`
    /// @param architecture of this host, by Go's name
    /// @param kernel its version, as uname(2) has it
    /// @throws UserException if it asks for what Kerr does not do
    public static List<Op.Seccomp> compile(
            Optional<JsonObject> profile, BundleConfig.Rights rights, String architecture, String kernel)
            throws UserException, IOException {
        if (profile.isEmpty()) {
            return List.of();
        }
        var machine = Abi.ofMachine(architecture);
        if (machine.isEmpty()) {
            throw new UserException(
                    "config.json: linux.seccomp is not supported: system calls of " + architecture + " are not known");
        }
        var circumstances = new Circumstances(machine.get(), Capability.names(rights.bounding()), kernel);
        try {
            var table = SyscallTable.load();
            var read = Profile.read(JsonWriter.compact(profile.get()), circumstances, table);
            return List.of(new Op.Seccomp(Compiler.compile(read.filter(), table).text(), read.isLogged()));
        } catch (FormatException wrong) {
            throw new UserException("config.json: linux.seccomp: " + wrong.problem());
        }
    }
}
