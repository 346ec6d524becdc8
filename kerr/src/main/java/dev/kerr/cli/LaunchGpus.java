package dev.kerr.cli;

import dev.kerr.config.Config;
import dev.kerr.container.Host;
import dev.kerr.container.ImageGlibc;
import dev.kerr.gpu.GlibcVersion;
import dev.kerr.gpu.GpuHost;
import dev.kerr.gpu.GpuMounts;
import dev.kerr.gpu.GpuRequest;
import dev.kerr.gpu.Gpus;
import dev.kerr.gpu.Machine;
import dev.kerr.image.FileTree;
import dev.kerr.linux.Inputs;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The graphics processors of a launch, from what was typed and what the site says.
final class LaunchGpus {
    private final Session session;
    private final Config config;
    private final Inputs inputs;

    /// @param inputs is told which files are looked at
    LaunchGpus(Session session, Config config, Inputs inputs) {
        this.session = session;
        this.config = config;
        this.inputs = inputs;
    }

    /// What a launch gets of a host in an image.
    GpuMounts find(Invocation invocation, FileTree image, Host host) throws UserException, IOException {
        var request = request(invocation);
        if (request.isEmpty()) {
            return GpuMounts.NONE;
        }
        boolean libraries = request.nvidia() || request.rocm();
        return find(request, host, libraries ? ImageGlibc.of(image) : Optional.empty());
    }

    /// What the scripts of a build get, for which the site says nothing.
    GpuMounts ofBuild(Invocation invocation, FileTree image, Host host) throws UserException, IOException {
        boolean nvccli = invocation.flag("nvccli");
        boolean nvidia = invocation.flag("nv") || nvccli;
        boolean rocm = invocation.flag("rocm");
        if (!nvidia && !rocm) {
            return GpuMounts.NONE;
        }
        boolean minimal = config.mounts().dev() == Config.Dev.MINIMAL;
        var request = new GpuRequest(nvidia, rocm, false, List.of(), List.of(), nvccli, variables(), minimal);
        return find(request, host, ImageGlibc.of(image));
    }

    /// What `--nv`, or else `--rocm`, would get of a host.
    GpuMounts ofHost(boolean nvidia, Host host) throws UserException, IOException {
        var request = new GpuRequest(nvidia, !nvidia, false, List.of(), List.of(), false, Map.of(), false);
        return find(request, host, Optional.empty());
    }

    private GpuMounts find(GpuRequest request, Host host, Optional<GlibcVersion> glibc)
            throws UserException, IOException {
        Path lists =
                Objects.requireNonNull(session.directories().configuration().getParent());
        var machine = host.architecture() == Architecture.ARM64 ? Machine.AARCH64 : Machine.X86_64;
        return Gpus.find(request, new GpuHost(Path.of("/"), lists, config.programs(), machine, glibc, inputs));
    }

    private GpuRequest request(Invocation invocation) {
        var always = config.always();
        boolean nvccli = invocation.flag("nvccli");
        boolean nvidia = (invocation.flag("nv") || nvccli || always.nv()) && !invocation.flag("no-nv");
        boolean rocm = (invocation.flag("rocm") || always.rocm()) && !invocation.flag("no-rocm");
        var directories = new ArrayList<Path>();
        for (String directory : invocation.items("cdi-dirs")) {
            directories.add(Path.of(directory).toAbsolutePath());
        }
        return new GpuRequest(
                nvidia,
                rocm,
                invocation.flag("compat32"),
                invocation.items("device"),
                directories,
                nvidia && (nvccli || always.nvccli()),
                variables(),
                LaunchView.isContained(invocation) || config.mounts().dev() == Config.Dev.MINIMAL);
    }

    private Map<String, String> variables() {
        var variables = new HashMap<String, String>();
        session.variables().all().forEach((name, value) -> {
            if (name.startsWith("NVIDIA_")) {
                variables.put(name, value);
            }
        });
        return variables;
    }
}
