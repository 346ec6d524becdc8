package dev.kerr.gpu;

import dev.kerr.linux.Inputs;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Finds what a launch must bind for the host's graphics processors: a function of the host's files that changes
/// nothing, and
/// starts no program but the one that `--nvccli` asks for.
public final class Gpus {
    /// Where descriptions of devices are looked for unless the user says otherwise; later ones win.
    public static final List<Path> CDI_DIRECTORIES = List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi"));

    private static final String PERSISTENCED = "/var/run/nvidia-persistenced/socket";

    private Gpus() {}

    /// What `request` asks for of `host`. What the host lacks of a driver makes warnings, not errors; a device that the
    /// user named, and that there is not, is an error.
    ///
    /// @throws UserException if a device is not there or its description cannot be obeyed, or a list is bad
    /// @throws IOException if the host's root cannot be read
    public static GpuMounts find(GpuRequest request, GpuHost host) throws UserException, IOException {
        var tree = new HostTree(host.root(), host.inputs());
        var findings = new Findings();
        if (request.nvidia()) {
            if (request.rocm()) {
                findings.warning("--rocm is left out, because --nv is there too");
            }
            nvidia(request, host, tree, findings);
        } else if (request.rocm()) {
            new DriverFiles("rocm", request.compat32(), host, tree, findings).find();
            rocmDevices(tree, findings);
        } else if (request.compat32()) {
            findings.warning("--compat32 means nothing without --nv or --rocm");
        }
        if (!request.cdiDevices().isEmpty()) {
            new CdiDevices(tree, findings).find(request);
        }
        return findings.mounts();
    }

    /// The names of the devices that CDI files in some directories describe.
    ///
    /// @throws IOException if the host's root cannot be read
    public static List<String> cdiDevices(Path root, List<Path> directories) throws IOException {
        return new CdiDevices(new HostTree(root, new Inputs()), new Findings()).names(directories);
    }

    private static void nvidia(GpuRequest request, GpuHost host, HostTree tree, Findings findings)
            throws UserException, IOException {
        if (request.nvccli()) {
            new ContainerCli(request, host, tree, findings).find();
            return;
        }
        new DriverFiles("nv", request.compat32(), host, tree, findings).find();
        if (tree.file(PERSISTENCED).exists()) {
            findings.file(new GpuMounts.File(PERSISTENCED, PERSISTENCED, true, false));
        }
        new NvidiaDevices(tree, findings).find(request);
    }

    private static void rocmDevices(HostTree tree, Findings findings) {
        if (tree.file("/dev/kfd").exists()) {
            findings.device("/dev/kfd", "/dev/kfd");
        }
        for (String name : tree.names("/dev/dri")) {
            String path = "/dev/dri/" + name;
            if (!tree.file(path).isDirectory()) {
                findings.device(path, path);
            }
        }
    }
}
