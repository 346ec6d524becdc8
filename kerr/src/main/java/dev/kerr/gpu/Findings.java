package dev.kerr.gpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was found so far. Of two things for one place in the container the later one stays, but of libraries the first.
final class Findings {
    private final Map<String, GpuMounts.File> files = new LinkedHashMap<>();
    private final Map<String, GpuMounts.Library> libraries = new LinkedHashMap<>();
    private final Map<String, GpuMounts.Device> devices = new LinkedHashMap<>();
    private final Map<String, GpuMounts.Symlink> symlinks = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Set<String> libraryPath = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();

    void file(GpuMounts.File file) {
        files.put(file.containerPath(), file);
    }

    void library(GpuMounts.Library library) {
        libraries.putIfAbsent(library.containerPath(), library);
    }

    void device(String hostPath, String containerPath) {
        devices.put(containerPath, new GpuMounts.Device(hostPath, containerPath));
    }

    void symlink(GpuMounts.Symlink link) {
        symlinks.put(link.path(), link);
    }

    void variable(String name, String value) {
        environment.put(name, value);
    }

    void libraryDirectory(String directory) {
        libraryPath.add(directory);
    }

    void warning(String line) {
        warnings.add(line);
    }

    GpuMounts mounts() {
        return new GpuMounts(
                List.copyOf(files.values()),
                List.copyOf(libraries.values()),
                List.copyOf(devices.values()),
                List.copyOf(symlinks.values()),
                environment,
                new ArrayList<>(libraryPath),
                new ArrayList<>(warnings));
    }
}
