package dev.kerr.gpu;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Asks `nvidia-container-cli` what a container needs of NVIDIA's driver, and binds that.
///
/// Only its command `list` is used, as the caller, with none of the caller's variables: it prints paths. What its
/// command `configure` does inside of a container's root, this program's own binds do.
///
/// **Source:** libnvidia-container, `src/cli/list.c`.
final class ContainerCli {
    private static final String PROGRAM = "nvidia-container-cli";
    private static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    private final GpuRequest request;
    private final GpuHost host;
    private final HostTree tree;
    private final Findings findings;

    ContainerCli(GpuRequest request, GpuHost host, HostTree tree, Findings findings) {
        this.request = Objects.requireNonNull(request);
        this.host = Objects.requireNonNull(host);
        this.tree = Objects.requireNonNull(tree);
        this.findings = Objects.requireNonNull(findings);
    }

    /// @throws UserException if there is no such program, or it fails
    void find() throws UserException, IOException {
        Set<String> libraries = new LinkedHashSet<>();
        for (String path : list(program())) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (path.startsWith("/dev/")) {
                findings.device(path, path);
            } else if (name.startsWith("lib") && name.contains(".so")) {
                libraries.add(path);
            } else if (path.contains("/bin/")) {
                findings.file(new GpuMounts.File(path, "/usr/bin/" + name, true, true));
            } else if (!path.startsWith("/proc/")) {
                findings.file(new GpuMounts.File(path, path, true, true));
            }
        }
        name(libraries);
        for (String variable : request.variables().keySet()) {
            if (variable.startsWith("NVIDIA_REQUIRE_")
                    && request.variable("NVIDIA_DISABLE_REQUIRE").isEmpty()) {
                findings.warning(variable + " is not checked: this program knows no requirements");
            }
        }
    }

    private File program() throws UserException {
        for (String directory : host.programs()) {
            File file = tree.file(directory + "/" + PROGRAM);
            if (file.isFile() && file.canExecute()) {
                return file;
            }
        }
        throw new UserException(
                "no " + PROGRAM + " on this host for --nvccli",
                "install libnvidia-container-tools, or use --nv or --device nvidia.com/gpu=all");
    }

    private List<String> list(File program) throws UserException, IOException {
        host.inputs().missSome(); // whatever that program looks at
        var command = new ArrayList<>(List.of(program.getPath(), "list", "--libraries", "--binaries", "--ipcs"));
        String visible = visible();
        boolean none = visible.isEmpty() || visible.equals("none") || visible.equals("void");
        if (!none) {
            command.add("--device=" + visible);
        }
        if (request.compat32()
                || request.variable("NVIDIA_DRIVER_CAPABILITIES").orElse("").contains("compat32")) {
            command.add("--compat32");
        }
        request.variable("NVIDIA_MIG_CONFIG_DEVICES").ifPresent(ids -> command.add("--mig-config=" + ids));
        request.variable("NVIDIA_MIG_MONITOR_DEVICES").ifPresent(ids -> command.add("--mig-monitor=" + ids));
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        builder.redirectInput(new File("/dev/null"));
        builder.redirectErrorStream(true);
        var process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new UserException(
                        PROGRAM + " failed: " + output.strip().replace('\n', ' '), "--nv works without it");
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            throw new IOException("interrupted", interrupted);
        }
        return output.lines().filter(line -> line.startsWith("/")).toList();
    }

    /// With the host's `/dev` all devices are there anyway; with one of its own, those that were asked for.
    private String visible() {
        if (!request.minimalDev()) {
            return "all";
        }
        var visible = request.variable("NVIDIA_VISIBLE_DEVICES");
        if (visible.isEmpty()) {
            findings.warning("NVIDIA_VISIBLE_DEVICES is not set: the container sees no GPU");
        }
        return visible.orElse("");
    }

    /// Programs load a library by the name that the loader's cache has for it.
    private void name(Set<String> libraries) throws IOException {
        try {
            var cache =
                    LdCache.of(Files.readAllBytes(tree.file(DriverFiles.CACHE).toPath()));
            for (var machine : List.of(host.machine(), Machine.I386)) {
                for (LdCache.Entry entry : cache.beginningWith(List.of("lib"), machine)) {
                    var real = tree.real(entry.path());
                    if (real.isPresent() && libraries.contains(real.get())) {
                        findings.library(new GpuMounts.Library(real.get(), entry.soname(), machine.wide()));
                    }
                }
            }
        } catch (FormatException damaged) {
            findings.warning(DriverFiles.CACHE + " is damaged: " + damaged.getMessage() + " (hint: run ldconfig)");
        } catch (IOException unreadable) {
            findings.warning("cannot read " + DriverFiles.CACHE + ": " + Reason.of(unreadable));
        }
        for (String path : libraries) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            findings.library(new GpuMounts.Library(path, name, host.machine().wide()));
        }
    }
}
