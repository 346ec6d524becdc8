package dev.kerr.cgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Where a launch that is limited goes. Each directory's name is completed by the number of the process that makes it.
public sealed interface Placement {
    /// Nothing is limited.
    Placement NONE = new Direct(Optional.empty(), List.of());

    /// Groups to be made.
    ///
    /// @param leaf what to leave the present group for, first
    /// @param directories one a hierarchy
    record Direct(Optional<Leaf> leaf, List<Directory> directories) implements Placement {
        public Direct {
            Objects.requireNonNull(leaf);
            directories = List.copyOf(directories);
        }

        /// As a plan has it: the leaf and its controllers, or two empty words; then each directory, with its files and
        /// what is written to them behind it.
        public List<String> words() {
            var words = new ArrayList<String>();
            words.add(leaf.isEmpty() ? "" : leaf.get().prefix());
            words.add(leaf.isEmpty() ? "" : String.join(" ", leaf.get().controllers()));
            for (Directory directory : directories) {
                words.add(directory.prefix());
                for (Setting setting : directory.settings()) {
                    words.add(setting.file());
                    words.add(setting.value());
                }
            }
            return words;
        }
    }

    /// Systemd is to make a group first, in which the launch is then placed.
    ///
    /// @param ofUser whether the user's own systemd is asked, else the host's
    /// @param slice the unit that the group is to be in
    record Scope(boolean ofUser, String slice) implements Placement {
        public Scope {
            Objects.requireNonNull(slice);
        }
    }

    /// A group for what of a launch is not limited: one of version 2 that has controllers for the groups in it may hold
    /// no process itself.
    ///
    /// @param prefix absolute path on the host, to which the number is added
    /// @param controllers to be enabled in the group above once it is empty
    record Leaf(String prefix, List<String> controllers) {
        public Leaf {
            Objects.requireNonNull(prefix);
            controllers = List.copyOf(controllers);
        }
    }

    /// A group for the payload.
    ///
    /// @param prefix absolute path on the host, to which the number is added
    /// @param settings in the order in which they are written
    record Directory(String prefix, List<Setting> settings) {
        public Directory {
            Objects.requireNonNull(prefix);
            settings = List.copyOf(settings);
        }
    }
}
