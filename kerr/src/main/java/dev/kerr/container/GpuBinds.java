package dev.kerr.container;

import dev.kerr.container.MountPoints.Mount;
import dev.kerr.container.MountPoints.Need;
import dev.kerr.gpu.GpuMounts;
import dev.kerr.log.UserException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a launch binds and sets for graphics processors.
final class GpuBinds {
    /// Appends [GpuMounts#LIBRARIES] to the library path in the images that have it.
    private static final String BASE = "/.singularity.d/env/99-base.sh";

    private final GpuMounts gpus;
    private final MountPoints points;

    GpuBinds(GpuMounts gpus, MountPoints points) {
        this.gpus = gpus;
        this.points = points;
    }

    /// Plans the mounts: libraries in a directory of their own, so that they hide none of the image's.
    void add() throws UserException {
        points.warnings().addAll(gpus.warnings());
        if (!gpus.libraries().isEmpty()) {
            libraries();
        }
        for (GpuMounts.File file : gpus.files()) {
            String flags = file.readOnly() ? "ro,nodev" : "nodev";
            Need need = file.required() ? Need.ASKED : Need.DEFAULT;
            points.add(new Mount(file.hostPath(), file.containerPath(), flags, need));
        }
        for (GpuMounts.Device device : gpus.devices()) {
            if (!points.showsHost(device.containerPath(), device.hostPath())) {
                points.add(new Mount(device.hostPath(), device.containerPath(), "noexec", Need.ASKED));
            }
        }
        for (GpuMounts.Symlink link : gpus.symlinks()) {
            points.addLink(link.path(), link.target());
        }
    }

    private void libraries() throws UserException {
        var session = points.session();
        for (String directory : List.of(GpuMounts.LIBRARIES, GpuMounts.LIBRARIES_32)) {
            String made = directory.substring(directory.lastIndexOf('/'));
            for (GpuMounts.Library library : gpus.libraries()) {
                if (library.containerPath().startsWith(directory + "/")) {
                    session.directory(made, 0755);
                    session.file(made + "/" + library.name(), 0644, "");
                }
            }
            if (session.node(made).isPresent()) {
                points.addSession(new Mount(made, directory, "ro,nodev", Need.DEFAULT));
            }
        }
        for (GpuMounts.Library library : gpus.libraries()) {
            points.add(new Mount(library.hostPath(), library.containerPath(), "ro,nodev", Need.DEFAULT));
        }
    }

    /// What the payload's environment has before the image's scripts are evaluated.
    Map<String, String> variables() {
        var variables = new LinkedHashMap<>(gpus.environment());
        var path = new StringBuilder(String.join(":", gpus.libraryPath()));
        if (points.isMounted(GpuMounts.LIBRARIES_32)) {
            append(path, GpuMounts.LIBRARIES_32);
        }
        boolean base = points.resolved(BASE).flatMap(file -> file.node()).isPresent();
        if (!base && points.isMounted(GpuMounts.LIBRARIES)) {
            append(path, GpuMounts.LIBRARIES);
        }
        if (!path.isEmpty()) {
            variables.put("LD_LIBRARY_PATH", path.toString());
        }
        return variables;
    }

    private static void append(StringBuilder path, String directory) {
        path.append(path.isEmpty() ? "" : ":").append(directory);
    }
}
