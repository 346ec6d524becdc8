package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// What `RUN --mount` shows to one command.
///
/// Targets are as written; a relative one is below the working directory.
public sealed interface Mount {
    /// Files of the context, a stage or an image.
    ///
    /// @param source path in `from`; empty for all of it
    /// @param writable whether the command may write; what it writes is lost
    record Bind(Origin from, String source, String target, boolean writable) implements Mount {
        public Bind {
            requireNonNull(from);
            requireNonNull(source);
            requireNonNull(target);
        }
    }

    /// A directory that is kept for later builds.
    ///
    /// @param from what it begins with
    /// @param source path in `from`; empty for all of it
    /// @param id which directory it is; the target if the file does not say
    /// @param attributes of the directory if it has to be made
    record Cache(
            Origin from,
            String source,
            String target,
            String id,
            Sharing sharing,
            boolean writable,
            Attributes attributes)
            implements Mount {
        public Cache {
            requireNonNull(from);
            requireNonNull(source);
            requireNonNull(target);
            requireNonNull(id);
            requireNonNull(sharing);
            requireNonNull(attributes);
        }
    }

    /// A file system in memory.
    ///
    /// @param sizeBytes its limit; 0 for none
    record Tmpfs(String target, long sizeBytes, boolean writable) implements Mount {
        public Tmpfs {
            requireNonNull(target);
        }
    }

    /// A secret that the build was given, as a file, a variable or both.
    ///
    /// @param target path of the file; empty for none
    /// @param variable name of the variable; empty for none
    /// @param required whether the build fails without the secret
    record Secret(String id, String target, String variable, boolean required, Attributes attributes) implements Mount {
        public Secret {
            requireNonNull(id);
            requireNonNull(target);
            requireNonNull(variable);
            requireNonNull(attributes);
        }
    }

    /// Not known before the stage's variables are: {@link StageScope#enter} makes it one of the others.
    ///
    /// @param text as it is written behind `--mount=`
    /// @param from where files come from, which has no variables: one origin at most
    record Unexpanded(String text, List<Origin> from) implements Mount {
        public Unexpanded {
            requireNonNull(text);
            from = List.copyOf(from);
        }
    }

    /// Who may use a cache at the same time.
    enum Sharing {
        /// Everybody.
        SHARED,
        /// Nobody: a second build has a directory of its own.
        PRIVATE,
        /// One after the other.
        LOCKED
    }

    /// Permissions and owner.
    ///
    /// @param mode permission bits
    record Attributes(int mode, long uid, long gid) {}
}
