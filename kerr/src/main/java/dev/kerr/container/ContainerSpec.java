package dev.kerr.container;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A launch as it is meant: every implication of the options applied, nothing left open.
public record ContainerSpec(
        Payload payload,
        Identity identity,
        Writable writable,
        HostView hostView,
        EnvironmentRules environment,
        Isolation isolation) {
    public ContainerSpec {
        Objects.requireNonNull(payload);
        Objects.requireNonNull(identity);
        Objects.requireNonNull(writable);
        Objects.requireNonNull(hostView);
        Objects.requireNonNull(environment);
        Objects.requireNonNull(isolation);
    }

    /// A launch that is not kept apart from the host.
    public ContainerSpec(
            Payload payload, Identity identity, Writable writable, HostView hostView, EnvironmentRules environment) {
        this(payload, identity, writable, hostView, environment, Isolation.NONE);
    }

    /// What of the image is started.
    public enum Action {
        EXEC,
        RUN,
        SHELL,
        TEST,
        /// The image's start script: of an instance.
        START,
        /// A program with exactly the given arguments and environment, no shell between: a step of a build.
        STEP
    }

    /// Who the payload is.
    public sealed interface Identity {
        /// The caller.
        Identity CALLER = new Caller();

        /// Root with the caller's ranges of sub-ids.
        Identity FAKEROOT = new Fakeroot(RootMapping.SUB_IDS);

        record Caller() implements Identity {}

        /// Root of a user namespace; root itself where root calls.
        record Fakeroot(RootMapping mapping) implements Identity {
            public Fakeroot {
                Objects.requireNonNull(mapping);
            }
        }

        /// A user of the image, whose id the caller has in a user namespace; the user itself where root calls.
        ///
        /// @param name `USER`, `UID`, `USER:GROUP`, as the configuration of an OCI image has it
        record OfImage(String name) implements Identity {
            public OfImage {
                Objects.requireNonNull(name);
            }
        }
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
    /// @param command the whole command of a [Action#STEP], else the words behind the image as far as they are text
    public record Payload(Action action, int callerFrom, List<String> command, Variant variant) {
        public Payload {
            Objects.requireNonNull(action);
            command = List.copyOf(command);
            Objects.requireNonNull(variant);
        }

        public Payload(Action action, int callerFrom, List<String> command) {
            this(action, callerFrom, command, Variant.USUAL);
        }
    }

    /// How an action is not the usual one.
    ///
    /// @param app the SCIF application that is meant; empty for the image itself
    /// @param shell the program that [Action#SHELL] starts; empty for the image's
    /// @param ownUmask whether the umask is 0022, whatever the caller's is
    public record Variant(Optional<String> app, Optional<String> shell, boolean ownUmask) {
        static final Variant USUAL = new Variant(Optional.empty(), Optional.empty(), false);

        public Variant {
            Objects.requireNonNull(app);
            Objects.requireNonNull(shell);
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
    /// @param caller which of the caller's variables come along
    /// @param set variables that go before the image's and the caller's
    /// @param files what the user's files set, over `set`; later ones count
    /// @param last what the user sets over the files
    /// @param literal whether the values of `set` and `last` are taken as they are; else a shell evaluates them inside
    ///     double quotes
    public record EnvironmentRules(
            CallersVariables caller,
            Map<String, String> set,
            List<EnvironmentFile> files,
            Map<String, String> last,
            boolean literal) {
        public EnvironmentRules {
            Objects.requireNonNull(caller);
            Objects.requireNonNull(set);
            files = List.copyOf(files);
            Objects.requireNonNull(last);
        }

        /// @param clean whether the caller's variables stay outside
        public EnvironmentRules(boolean clean, Map<String, String> set) {
            this(new CallersVariables(clean, List.of()), set, List.of(), Map.of(), false);
        }
    }

    /// Which of the caller's variables a payload sees.
    ///
    /// @param clean whether but a few stay outside
    /// @param leftOut names of others that do; one that ends in `*` stands for all that begin so
    public record CallersVariables(boolean clean, List<String> leftOut) {
        public CallersVariables {
            leftOut = List.copyOf(leftOut);
        }
    }

    /// A file of assignments, as the container's shell is to evaluate it.
    ///
    /// @param name as the user gave it
    /// @param text see [RawText]
    public record EnvironmentFile(String name, String text) {
        public EnvironmentFile {
            Objects.requireNonNull(name);
            Objects.requireNonNull(text);
        }
    }
}
