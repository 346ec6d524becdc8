package dev.kerr.gpu;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a launch must bind, set and make for its graphics processors.
///
/// @param files files, directories and sockets of the host
/// @param libraries bound read-only in a directory of their own
/// @param devices device nodes, of which a container with the host's `/dev` has those with the same path already
/// @param symlinks links to make in the container
/// @param environment variables of the container
/// @param libraryPath directories of the container to add to `LD_LIBRARY_PATH`, in front of what is there
/// @param warnings what the user should know, one line each
public record GpuMounts(
        List<File> files,
        List<Library> libraries,
        List<Device> devices,
        List<Symlink> symlinks,
        Map<String, String> environment,
        List<String> libraryPath,
        List<String> warnings) {
    /// Where libraries of this machine's width are in the container.
    public static final String LIBRARIES = "/.singularity.d/libs";

    /// Where those of 32 bits are.
    public static final String LIBRARIES_32 = "/.singularity.d/libs32";

    /// Of no processor.
    public static final GpuMounts NONE =
            new GpuMounts(List.of(), List.of(), List.of(), List.of(), Map.of(), List.of(), List.of());

    public GpuMounts {
        files = List.copyOf(files);
        libraries = List.copyOf(libraries);
        devices = List.copyOf(devices);
        symlinks = List.copyOf(symlinks);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        libraryPath = List.copyOf(libraryPath);
        warnings = List.copyOf(warnings);
    }

    /// A file, directory or socket of the host that the container has too.
    ///
    /// @param hostPath without symbolic links where it came from a list
    /// @param required whether nothing may run without it
    public record File(String hostPath, String containerPath, boolean readOnly, boolean required) {
        public File {
            Objects.requireNonNull(hostPath);
            Objects.requireNonNull(containerPath);
        }
    }

    /// A library of the host.
    ///
    /// @param hostPath without symbolic links
    /// @param name the name that programs load it by
    /// @param wide whether it has 64 bits
    public record Library(String hostPath, String name, boolean wide) {
        public Library {
            Objects.requireNonNull(hostPath);
            Objects.requireNonNull(name);
        }

        /// Where it is in the container.
        public String containerPath() {
            return (wide ? LIBRARIES : LIBRARIES_32) + "/" + name;
        }
    }

    /// A device node.
    public record Device(String hostPath, String containerPath) {
        public Device {
            Objects.requireNonNull(hostPath);
            Objects.requireNonNull(containerPath);
        }
    }

    /// A symbolic link of the container.
    ///
    /// @param path absolute
    /// @param target as it is written into the link
    public record Symlink(String path, String target) {
        public Symlink {
            Objects.requireNonNull(path);
            Objects.requireNonNull(target);
        }
    }
}
