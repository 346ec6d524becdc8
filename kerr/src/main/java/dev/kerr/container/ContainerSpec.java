package dev.kerr.container;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A launch as it is meant: every implication of the options applied, nothing left open.
public record ContainerSpec(
        Payload payload, Identity identity, Writable writable, HostView hostView, EnvironmentRules environment) {
    public ContainerSpec {
        Objects.requireNonNull(payload);
        Objects.requireNonNull(identity);
        Objects.requireNonNull(writable);
        Objects.requireNonNull(hostView);
        Objects.requireNonNull(environment);
    }

    /// What of the image is started.
    public enum Action {
        EXEC,
        RUN,
        SHELL,
        TEST,
        /// A program with exactly the given arguments and environment, no shell between: a step of a build.
        STEP
    }

    /// Who the payload is.
    public enum Identity {
        /// The caller.
        CALLER,
        /// Root of a user namespace with the caller's range of sub-ids; root itself where root calls.
        FAKEROOT
    }

    /// What may be written of the root file system.
    public enum Writable {
        NO,
        /// All, and it is gone afterwards.
        TMPFS,
        /// All, and it stays: a sandbox only.
        YES
    }

    /// The program.
    ///
    /// @param callerFrom index of the command's first word in the arguments that the C program was started with; 0 for
    ///     none
    /// @param command the whole command of a [Action#STEP], else empty
    /// @param app the name of a SCIF application; empty for the whole image
    /// @param shell the program of a [Action#SHELL]; empty for the usual one
    public record Payload(Action action, int callerFrom, List<String> command, String app, String shell) {
        public Payload {
            Objects.requireNonNull(action);
            command = List.copyOf(command);
            Objects.requireNonNull(app);
            Objects.requireNonNull(shell);
        }

        public Payload(Action action, int callerFrom, List<String> command) {
            this(action, callerFrom, command, "", "");
        }
    }

    /// What the container sees of the host.
    ///
    /// @param binds what the user asked for, in order
    /// @param home another home than the account's, if that was asked for
    /// @param contained whether the host's devices, home and temporary directories stay outside
    /// @param leftOut what is not mounted by default: `proc`, `sys`, `dev`, `devpts`, `home`, `tmp`, `hostfs`, `cwd`,
    ///     `bind-paths`, or the target of a configured bind
    /// @param scratch empty directories to be made, as paths in the container
    /// @param workDirectory where the host keeps what a contained payload writes into them; without it they are gone
    ///     at the end
    /// @param directory where the payload starts, if that was asked for
    public record HostView(
            List<Bind> binds,
            Optional<Home> home,
            boolean contained,
            List<String> leftOut,
            List<String> scratch,
            Optional<String> workDirectory,
            Optional<String> directory) {
        public HostView {
            binds = List.copyOf(binds);
            Objects.requireNonNull(home);
            leftOut = List.copyOf(leftOut);
            scratch = List.copyOf(scratch);
            Objects.requireNonNull(workDirectory);
            Objects.requireNonNull(directory);
        }

        /// The default view, less what is left out.
        public static HostView without(List<String> leftOut) {
            return new HostView(
                    List.of(), Optional.empty(), false, leftOut, List.of(), Optional.empty(), Optional.empty());
        }

        boolean leavesOut(String name) {
            return leftOut.contains(name);
        }
    }

    /// A home directory.
    ///
    /// @param source absolute path on the host
    /// @param target absolute path in the container
    public record Home(String source, String target) {
        public Home {
            Objects.requireNonNull(source);
            Objects.requireNonNull(target);
        }
    }

    /// How the payload's environment comes about.
    ///
    /// @param clean whether the caller's variables stay outside
    /// @param leftOut names of the caller's variables that stay outside
    /// @param exported variables that the user exported for containers
    /// @param files texts that the container's shell evaluates: they go before `exported`, the last one counts
    /// @param set variables that go before all others
    /// @param evaluated whether a shell evaluates the values of `exported` and `set`, inside double quotes
    /// @param usualUmask whether the umask is 0022, whatever the caller's is
    public record EnvironmentRules(
            boolean clean,
            List<String> leftOut,
            Map<String, String> exported,
            List<EnvironmentFile> files,
            Map<String, String> set,
            boolean evaluated,
            boolean usualUmask) {
        public EnvironmentRules {
            leftOut = List.copyOf(leftOut);
            Objects.requireNonNull(exported);
            files = List.copyOf(files);
            Objects.requireNonNull(set);
        }

        /// Variables, and nothing else out of the ordinary.
        public EnvironmentRules(boolean clean, Map<String, String> set) {
            this(clean, List.of(), Map.of(), List.of(), set, true, false);
        }
    }

    /// A file of shell assignments.
    ///
    /// @param name for messages
    public record EnvironmentFile(String name, String text) {
        public EnvironmentFile {
            Objects.requireNonNull(name);
            Objects.requireNonNull(text);
        }
    }
}
