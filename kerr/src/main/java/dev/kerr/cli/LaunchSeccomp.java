package dev.kerr.cli;

import dev.kerr.bytes.FormatException;
import dev.kerr.config.Directories;
import dev.kerr.container.Host;
import dev.kerr.container.Rights;
import dev.kerr.container.Security.SyscallFilter;
import dev.kerr.linux.Capability;
import dev.kerr.linux.Inputs;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import dev.kerr.seccomp.Abi;
import dev.kerr.seccomp.Circumstances;
import dev.kerr.seccomp.CompiledProfile;
import dev.kerr.seccomp.Compiler;
import dev.kerr.seccomp.Profile;
import dev.kerr.seccomp.SyscallTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Profiles of system calls for launches: our own, which is compiled already unless the site has changed it, and files
/// of the user's.
final class LaunchSeccomp {
    private static final int LARGEST_FILE = 1 << 20;
    private static final String RELEASE = "/proc/sys/kernel/osrelease";

    /// What root has in a container of Docker's, and what our profile takes root to have here, unless more is asked
    /// for: a contained payload that is root may have all capabilities, and yet is not to mount or load modules.
    private static final long OF_ROOT = Capability.AUDIT_WRITE.mask()
            | Capability.CHOWN.mask()
            | Capability.DAC_OVERRIDE.mask()
            | Capability.FOWNER.mask()
            | Capability.FSETID.mask()
            | Capability.KILL.mask()
            | Capability.MKNOD.mask()
            | Capability.NET_BIND_SERVICE.mask()
            | Capability.NET_RAW.mask()
            | Capability.SETFCAP.mask()
            | Capability.SETGID.mask()
            | Capability.SETPCAP.mask()
            | Capability.SETUID.mask()
            | Capability.SYS_CHROOT.mask();

    /// What an ordinary user is taken to have: what root of a user namespace can do, which such a user may become at
    /// any
    /// time, and measuring, of which the kernel's own settings decide.
    private static final long OF_USER = Capability.SYS_ADMIN.mask()
            | Capability.SYS_CHROOT.mask()
            | Capability.SYS_PTRACE.mask()
            | Capability.PERFMON.mask();

    private final Host host;
    private final Directories directories;
    private final Inputs inputs;
    private final Log log;

    LaunchSeccomp(Host host, Directories directories, Inputs inputs, Log log) {
        this.host = host;
        this.directories = directories;
        this.inputs = inputs;
        this.log = log;
    }

    /// Our own profile.
    ///
    /// @param isRoot whether the payload is the host's root
    /// @param keepsAll whether it is to keep all of root's rights
    SyscallFilter ours(boolean isRoot, boolean keepsAll, Rights rights) throws UserException, IOException {
        Path file = directories.seccompProfile();
        byte[] document = read(file, "seccomp:unconfined does without");
        boolean isUsual = !isRoot || rights.added() == 0 && rights.dropped() == 0 && !keepsAll;
        if (isUsual) {
            var compiled = new CompiledProfile(directories.compiledSeccomp());
            Optional<String> program = isRoot ? compiled.ofRoot(document) : compiled.ofUser(document);
            if (program.isPresent()) {
                return new SyscallFilter(program.get(), false);
            }
        }
        long of = keepsAll ? Capability.ALL : OF_ROOT;
        return compile(document, file.toString(), isRoot ? (of | rights.added()) & ~rights.dropped() : OF_USER);
    }

    /// A file of the user's.
    ///
    /// @param isRoot whether the payload has root's capabilities, where it runs
    SyscallFilter ofFile(String name, boolean isRoot, Rights rights) throws UserException, IOException {
        Path file = Path.of(host.workingDirectory()).resolve(name);
        byte[] document = read(file, "name a file: --security seccomp:FILE");
        long own = host.credentials().mayMount() ? host.credentials().capabilities() : Capability.ALL;
        long first = isRoot ? rights.root().orElse(own) : 0;
        return compile(document, name, (first | rights.added()) & ~rights.dropped());
    }

    private byte[] read(Path file, String remedy) throws UserException {
        inputs.content(file);
        try {
            if (!Files.isRegularFile(file)) {
                throw new UserException(
                        "cannot read the seccomp profile " + file + ": no such file, or no regular one", remedy);
            }
            if (Files.size(file) > LARGEST_FILE) {
                throw new UserException("the seccomp profile " + file + " has more than 1 MiB");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException absent) {
            throw new UserException("cannot read the seccomp profile " + file + ": no such file", remedy);
        } catch (IOException unreadable) {
            throw new UserException("cannot read the seccomp profile " + file + ": permission denied", remedy);
        }
    }

    private SyscallFilter compile(byte[] document, String name, long capabilities) throws UserException, IOException {
        String architecture = host.architecture().goName();
        var machine = Abi.ofMachine(architecture);
        if (machine.isEmpty()) {
            throw new UserException(
                    "system calls of " + architecture + " are not known: seccomp:unconfined alone works");
        }
        String kernel = new String(Files.readAllBytes(Path.of(RELEASE)), StandardCharsets.US_ASCII).strip();
        var circumstances = new Circumstances(machine.get(), Capability.names(capabilities), kernel);
        try {
            var table = SyscallTable.load();
            var profile = Profile.read(document, circumstances, table);
            if (!profile.unknown().isEmpty()) {
                List<String> unknown = profile.unknown();
                log.verbose("the seccomp profile " + name + " names system calls that are not known: "
                        + String.join(", ", unknown));
            }
            return new SyscallFilter(Compiler.compile(profile.filter(), table).text(), profile.isLogged());
        } catch (FormatException wrong) {
            throw new UserException(
                    "cannot use the seccomp profile " + name + ": " + wrong.getMessage(),
                    "it is JSON as the OCI's runtime specification or Docker have it");
        }
    }

    /// With which our profile is compiled when Kerr is built.
    static CompiledProfile.Capabilities capabilities() {
        return new CompiledProfile.Capabilities(Capability.names(OF_ROOT), Capability.names(OF_USER));
    }
}
