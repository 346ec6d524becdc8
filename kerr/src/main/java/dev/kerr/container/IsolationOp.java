package dev.kerr.container;

import dev.kerr.network.NetworkHelper;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// The steps of a launch plan that keep a payload apart from the host, and those of instances.
public sealed interface IsolationOp extends Op {
    /// Have a program outside connect the network namespace that the launch is to be in.
    record ConnectNetwork(NetworkHelper helper) implements IsolationOp {
        @Override
        public OpCode code() {
            return OpCode.NETWORK_HELPER;
        }

        @Override
        public List<String> arguments() {
            var arguments = new ArrayList<String>();
            arguments.add(helper.manner().word());
            arguments.add(Integer.toString(helper.requests().size()));
            for (var request : helper.requests()) {
                arguments.add(request.purpose());
                arguments.add(request.text());
            }
            arguments.addAll(helper.command());
            return arguments;
        }
    }

    /// Enter a network namespace that is there.
    record JoinNetwork(String hostPath) implements IsolationOp {
        @Override
        public OpCode code() {
            return OpCode.JOIN_NETWORK;
        }

        @Override
        public List<String> arguments() {
            return List.of(hostPath);
        }
    }

    /// Make control groups for the payload.
    record Cgroups(List<String> arguments) implements IsolationOp {
        public Cgroups {
            arguments = List.copyOf(arguments);
        }

        @Override
        public OpCode code() {
            return OpCode.CGROUP;
        }
    }

    /// Enter control groups that are there, by their `cgroup.procs`.
    record JoinCgroups(List<String> arguments) implements IsolationOp {
        public JoinCgroups {
            arguments = List.copyOf(arguments);
        }

        @Override
        public OpCode code() {
            return OpCode.CGROUP_JOIN;
        }
    }

    /// Enter a PID namespace, which the rest of the plan and the payload are in.
    record ProcessNamespace(FirstProcess first) implements IsolationOp {
        @Override
        public OpCode code() {
            return OpCode.PROCESS_NAMESPACE;
        }

        @Override
        public List<String> arguments() {
            return List.of(first.word);
        }
    }

    /// Who is process 1 of a PID namespace.
    enum FirstProcess {
        /// An init of ours.
        INIT("init"),
        /// The payload.
        PAYLOAD("bare"),
        /// An init of ours; and the C program that waits for it dies with whoever started that.
        INIT_OF_STEP("bound");

        private final String word;

        FirstProcess(String word) {
            this.word = word;
        }
    }

    /// Enter new namespaces of other kinds.
    record Namespaces(List<Isolation.Namespace> kinds) implements IsolationOp {
        public Namespaces {
            kinds = List.copyOf(kinds);
        }

        @Override
        public OpCode code() {
            return OpCode.NAMESPACES;
        }

        @Override
        public List<String> arguments() {
            var words = new ArrayList<String>();
            for (Isolation.Namespace kind : kinds) {
                words.add(kind.word());
            }
            return words;
        }
    }

    /// Set the host name of the container's own UTS namespace.
    record Hostname(String name) implements IsolationOp {
        @Override
        public OpCode code() {
            return OpCode.HOSTNAME;
        }

        @Override
        public List<String> arguments() {
            return List.of(name);
        }
    }

    /// Hide what is there of these paths behind an empty file or directory of the session.
    record Mask(String emptyFile, String emptyDirectory, List<String> containerPaths) implements IsolationOp {
        public Mask {
            containerPaths = List.copyOf(containerPaths);
        }

        @Override
        public OpCode code() {
            return OpCode.MASK;
        }

        @Override
        public List<String> arguments() {
            var words = new ArrayList<>(List.of(emptyFile, emptyDirectory));
            words.addAll(containerPaths);
            return words;
        }
    }

    /// Let nobody write to what is there of these paths.
    record ReadOnly(List<String> containerPaths) implements IsolationOp {
        public ReadOnly {
            containerPaths = List.copyOf(containerPaths);
        }

        @Override
        public OpCode code() {
            return OpCode.READ_ONLY;
        }

        @Override
        public List<String> arguments() {
            return containerPaths;
        }
    }

    /// Go on in the background, as an instance.
    ///
    /// @param title in the table of processes
    record Detach(Background background, String title) implements IsolationOp {
        @Override
        public OpCode code() {
            return OpCode.DETACH;
        }

        @Override
        public List<String> arguments() {
            var files = background.files();
            return List.of(
                    background.name(),
                    files.records(),
                    files.out(),
                    files.error(),
                    files.pid(),
                    title,
                    background.said());
        }
    }

    /// Write the record of an instance, and start its program as a child.
    ///
    /// @param before the text before what the C program writes
    /// @param after the text behind it
    /// @param title in the table of processes; empty if the program is to have no parent
    record RecordInstance(String before, String after, String title) implements IsolationOp {
        @Override
        public OpCode code() {
            return OpCode.RECORD;
        }

        @Override
        public List<String> arguments() {
            return List.of(before, after, title);
        }
    }

    /// Enter an instance.
    record Join(String name, Joined.FirstProcess process) implements IsolationOp {
        @Override
        public OpCode code() {
            return OpCode.JOIN;
        }

        @Override
        public List<String> arguments() {
            var arguments = new ArrayList<>(List.of(
                    name, Long.toString(process.pid()), Long.toUnsignedString(process.startTime()), process.bootId()));
            for (var namespace : new TreeMap<>(process.namespaces()).entrySet()) {
                arguments.add(namespace.getKey() + "=" + Long.toUnsignedString(namespace.getValue()));
            }
            return arguments;
        }
    }
}
