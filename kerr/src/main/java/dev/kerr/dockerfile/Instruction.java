package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/// One instruction of a stage. Texts that are subject to expansion still have their variables, quotes and escapes,
/// until
/// {@link StageScope#enter} takes them.
public sealed interface Instruction {
    /// Number of the instruction's first line, from 1.
    int line();

    /// Runs a command on the stage's files.
    record Run(Command command, List<Mount> mounts, Network network, int line) implements Instruction {
        public Run {
            requireNonNull(command);
            mounts = List.copyOf(mounts);
            requireNonNull(network);
        }
    }

    /// Takes files from the context, a stage or an image.
    ///
    /// @param parents whether directories above a source are made below the destination
    record Copy(Transfer transfer, Origin from, boolean parents, int line) implements Instruction {
        public Copy {
            requireNonNull(transfer);
            requireNonNull(from);
        }
    }

    /// Takes files from the context, or from a URL; unpacks archives of the context.
    ///
    /// @param checksum digest of what a URL gives; empty if it is not checked
    /// @param keepsGitDirectory whether `.git` of a repository stays
    record Add(Transfer transfer, String checksum, boolean keepsGitDirectory, Unpacking unpacking, int line)
            implements Instruction {
        public Add {
            requireNonNull(transfer);
            requireNonNull(checksum);
            requireNonNull(unpacking);
        }
    }

    /// Sets variables of the image.
    record Env(List<Variable> variables, int line) implements Instruction {
        public Env {
            variables = List.copyOf(variables);
        }
    }

    /// Declares build arguments.
    record Arg(List<Argument> arguments, int line) implements Instruction {
        public Arg {
            arguments = List.copyOf(arguments);
        }
    }

    /// Sets labels of the image.
    record Label(List<Variable> labels, int line) implements Instruction {
        public Label {
            labels = List.copyOf(labels);
        }
    }

    /// Changes the working directory, making it if it is not there.
    ///
    /// @param path as it is written; a relative one is below the directory before, and an empty one is that directory
    record Workdir(String path, int line) implements Instruction {
        public Workdir {
            requireNonNull(path);
        }
    }

    /// @param user `user`, `uid`, `user:group`, …; empty for root
    record User(String user, int line) implements Instruction {
        public User {
            requireNonNull(user);
        }
    }

    /// Sets what the shell form of later instructions is run with.
    record Shell(List<String> words, int line) implements Instruction {
        public Shell {
            words = List.copyOf(words);
        }
    }

    record Entrypoint(Command command, int line) implements Instruction {
        public Entrypoint {
            requireNonNull(command);
        }
    }

    record Cmd(Command command, int line) implements Instruction {
        public Cmd {
            requireNonNull(command);
        }
    }

    /// @param ports as written; once expanded, each is `number/protocol`
    record Expose(List<String> ports, int line) implements Instruction {
        public Expose {
            ports = List.copyOf(ports);
        }
    }

    record Volume(List<String> paths, int line) implements Instruction {
        public Volume {
            paths = List.copyOf(paths);
        }
    }

    /// @param signal name or number, not checked
    record StopSignal(String signal, int line) implements Instruction {
        public StopSignal {
            requireNonNull(signal);
        }
    }

    record Healthcheck(Health health, int line) implements Instruction {
        public Healthcheck {
            requireNonNull(health);
        }
    }

    /// The image's author, as BuildKit has it. Deprecated in favour of the label `org.opencontainers.image.authors`.
    record Maintainer(String author, int line) implements Instruction {
        public Maintainer {
            requireNonNull(author);
        }
    }

    /// A name and its value: a variable or a label.
    record Variable(String name, String value) {
        public Variable {
            requireNonNull(name);
            requireNonNull(value);
        }
    }

    /// A build argument.
    ///
    /// @param value its default, or once it is entered its value; empty if it has none
    record Argument(String name, Optional<String> value) {
        public Argument {
            requireNonNull(name);
            requireNonNull(value);
        }
    }

    /// What is copied to where, and as whose.
    ///
    /// @param paths patterns of paths, or URLs
    /// @param documents here-documents that become files
    /// @param destination a directory if it ends with `/`
    /// @param ownership `user:group` and permissions
    /// @param link whether the files are independent of those below them
    /// @param excludes patterns of paths that are left out
    record Transfer(
            List<String> paths,
            List<Heredoc> documents,
            String destination,
            Ownership ownership,
            boolean link,
            List<String> excludes) {
        public Transfer {
            paths = List.copyOf(paths);
            documents = List.copyOf(documents);
            requireNonNull(destination);
            requireNonNull(ownership);
            excludes = List.copyOf(excludes);
        }
    }

    /// @param chown `user`, `user:group` or numbers; empty for root
    /// @param chmod octal or symbolic; empty for the source's own
    record Ownership(String chown, String chmod) {
        public Ownership {
            requireNonNull(chown);
            requireNonNull(chmod);
        }
    }

    /// What becomes of archives.
    enum Unpacking {
        /// Those of the context are unpacked, those from a URL are not.
        BY_ORIGIN,
        ALWAYS,
        NEVER
    }

    /// The network of a command.
    enum Network {
        DEFAULT,
        NONE,
        HOST
    }
}
