package dev.kerr.gpu;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the user wants of the host's graphics processors.
///
/// @param nvidia `--nv`
/// @param rocm `--rocm`, which gives way to `--nv`
/// @param compat32 `--compat32`: libraries of 32 bits too
/// @param cdiDevices `--device`: `vendor.com/class=name`
/// @param cdiDirectories `--cdi-dirs`; empty means [Gpus#CDI_DIRECTORIES]
/// @param nvccli `--nvccli`: NVIDIA's own program says what is bound, not the list
/// @param variables the caller's whose names begin with `NVIDIA_`
/// @param minimalDev whether the container gets a `/dev` of its own, so that it can be kept from seeing some devices
public record GpuRequest(
        boolean nvidia,
        boolean rocm,
        boolean compat32,
        List<String> cdiDevices,
        List<Path> cdiDirectories,
        boolean nvccli,
        Map<String, String> variables,
        boolean minimalDev) {
    public GpuRequest {
        cdiDevices = List.copyOf(cdiDevices);
        cdiDirectories = List.copyOf(cdiDirectories);
        variables = Map.copyOf(variables);
    }

    /// Whether there is anything to be found.
    public boolean isEmpty() {
        return !nvidia && !rocm && !compat32 && cdiDevices.isEmpty();
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name));
    }
}
