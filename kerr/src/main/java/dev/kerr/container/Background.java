package dev.kerr.container;

import java.util.List;
import java.util.Objects;

/// That a launch stays in the background, under a name: an instance.
///
/// @param directories of the host that are made if they are not there, each below one that is before it
/// @param files where it is recorded, and where its output goes
/// @param said what whoever starts it is told when it has started; empty for nothing
/// @param first what its first process is
/// @param recorder makes the record
public record Background(
        String name, List<String> directories, Files files, String said, First first, Recorder recorder) {
    /// The program of [First#BOOT].
    static final String BOOT_PROGRAM = "/sbin/init";

    public Background {
        Objects.requireNonNull(name);
        directories = List.copyOf(directories);
        Objects.requireNonNull(files);
        Objects.requireNonNull(said);
        Objects.requireNonNull(first);
        Objects.requireNonNull(recorder);
    }

    /// The first of its processes.
    public enum First {
        /// An init of ours, which stays when the program has ended well.
        INIT,
        /// The program.
        PROGRAM,
        /// `/sbin/init` of the image.
        BOOT
    }

    /// Makes the texts of a record.
    @FunctionalInterface
    public interface Recorder {
        Text record(Inside inside);
    }

    /// What stands before and behind what the C program writes.
    public record Text(String before, String after) {}

    /// What was decided while planning, and is so for all processes of the instance.
    ///
    /// @param limited whether it has control groups of its own
    /// @param entry what gives a process the rights that it has
    public record Inside(String image, String home, String binds, boolean limited, List<Op> entry) {
        public Inside {
            entry = List.copyOf(entry);
        }
    }

    /// Paths of the host.
    ///
    /// @param records the directory of the record
    /// @param out for standard output, appended to
    /// @param error for standard error, appended to
    /// @param pid for the number of its first process; empty for none
    public record Files(String records, String out, String error, String pid) {
        public Files {
            Objects.requireNonNull(records);
            Objects.requireNonNull(out);
            Objects.requireNonNull(error);
            Objects.requireNonNull(pid);
        }
    }

    /// What the table of processes shows of whoever waits for it.
    String title(String user) {
        return "Kerr instance: " + user + " [" + name + "]";
    }

    /// What it shows of the first process; empty if that is the program.
    String firstTitle() {
        return first == First.INIT ? "kerr-init" : "";
    }
}
