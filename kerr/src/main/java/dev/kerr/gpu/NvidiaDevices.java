package dev.kerr.gpu;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// The device nodes of NVIDIA's driver: those of the driver itself, and of each GPU `/dev/nvidiaN`, where N is the
/// minor
/// number.
///
/// `NVIDIA_VISIBLE_DEVICES` chooses among the GPUs where the container has a `/dev` of its own: `all`, which is what
/// holds
/// without it; `none`, `void` or nothing; or a list of numbers, counted in the order of bus addresses, of UUIDs and of
/// `MIG-GPU-UUID/GI/CI`.
///
/// Source: NVIDIA container toolkit, "Specialized configurations with Docker"; the driver's `/proc/driver/nvidia`.
final class NvidiaDevices {
    private static final String GPUS = "/proc/driver/nvidia/gpus";
    private static final String CAPABILITIES = "/proc/driver/nvidia/capabilities";
    private static final String VARIABLE = "NVIDIA_VISIBLE_DEVICES";

    private final HostTree tree;
    private final Findings findings;
    private final Set<Integer> chosen = new HashSet<>();
    private final Set<Integer> chosenCapabilities = new HashSet<>();
    private boolean allCapabilities;

    NvidiaDevices(HostTree tree, Findings findings) {
        this.tree = Objects.requireNonNull(tree);
        this.findings = Objects.requireNonNull(findings);
    }

    /// @param uuid `GPU-…`; empty where the driver's files do not say it
    private record Gpu(String uuid, int minor) {}

    /// @throws UserException if a GPU that the variable names is not there
    void find(GpuRequest request) throws UserException, IOException {
        var nodes = new ArrayList<String>();
        for (String name : tree.names("/dev")) {
            if (name.startsWith("nvidia")) {
                if (tree.file("/dev/" + name).isDirectory()) {
                    for (String inner : tree.names("/dev/" + name)) {
                        nodes.add(name + "/" + inner);
                    }
                } else {
                    nodes.add(name);
                }
            }
        }
        String visible = request.variable(VARIABLE).orElse("all").strip();
        boolean all = !request.minimalDev() || visible.equals("all");
        if (!all && !nodes.isEmpty()) {
            choose(visible, gpus(nodes));
        }
        for (String node : nodes) {
            if (all || isChosen(node)) {
                findings.device("/dev/" + node, "/dev/" + node);
            }
        }
    }

    private boolean isChosen(String node) {
        int minor = number(node, "nvidia");
        if (minor >= 0) {
            return chosen.contains(minor);
        }
        if (node.startsWith("nvidia-caps/")) {
            return allCapabilities || chosenCapabilities.contains(number(node, "nvidia-caps/nvidia-cap"));
        }
        return true;
    }

    private void choose(String visible, List<Gpu> gpus) throws UserException, IOException {
        if (visible.isEmpty() || visible.equals("none") || visible.equals("void")) {
            return;
        }
        for (int at = 0; at <= visible.length(); ) {
            int end = visible.indexOf(',', at);
            end = end < 0 ? visible.length() : end;
            String name = visible.substring(at, end).strip();
            at = end + 1;
            if (name.startsWith("MIG-") || name.indexOf(':') >= 0) {
                chooseInstance(name, gpus);
            } else {
                chosen.add(gpu(name, name, gpus).minor());
                allCapabilities = true;
            }
        }
    }

    private static Gpu gpu(String name, String item, List<Gpu> gpus) throws UserException {
        int index = number(name, "");
        if (index >= 0 && index < gpus.size()) {
            return gpus.get(index);
        }
        for (Gpu gpu : gpus) {
            if (!name.isEmpty() && gpu.uuid().equalsIgnoreCase(name)) {
                return gpu;
            }
        }
        var known = new StringBuilder();
        for (int i = 0; i < gpus.size(); i++) {
            known.append(i == 0 ? "" : ", ").append(i);
            if (!gpus.get(i).uuid().isEmpty()) {
                known.append(" (").append(gpus.get(i).uuid()).append(')');
            }
        }
        throw new UserException(
                VARIABLE + " names GPU '" + item + "', which this host does not have",
                known.isEmpty() ? "it has none" : "it has " + known);
    }

    /// `MIG-GPU-UUID/GI/CI`, by which the driver's files tell the nodes. What the newer names `MIG-UUID` and `0:1`
    /// mean,
    /// only the driver's library knows.
    private void chooseInstance(String name, List<Gpu> gpus) throws UserException, IOException {
        int slash = name.indexOf('/');
        int second = name.indexOf('/', slash + 1);
        if (!name.startsWith("MIG-GPU-") || slash < 0 || second < 0) {
            throw new UserException(
                    VARIABLE + " names the MIG device " + name + ", which cannot be found in the driver's files",
                    "name it MIG-GPU-UUID/GI/CI, or use --device nvidia.com/gpu=NAME");
        }
        var gpu = gpu(name.substring("MIG-".length(), slash), name, gpus);
        String gpuInstance =
                CAPABILITIES + "/gpu" + gpu.minor() + "/mig/gi" + number(name.substring(slash + 1, second), "");
        String computeInstance = gpuInstance + "/ci" + number(name.substring(second + 1), "");
        for (String directory : List.of(gpuInstance, computeInstance)) {
            int minor = number(field(directory + "/access", "DeviceFileMinor"), "");
            if (minor < 0) {
                throw new UserException(
                        VARIABLE + " names the MIG device " + name + ", which this host does not have",
                        "nvidia-smi -L lists what there is");
            }
            chosenCapabilities.add(minor);
        }
        chosen.add(gpu.minor());
    }

    /// The GPUs in the order of their bus addresses, which is that of their numbers; without the driver's files, in the
    /// order of their nodes.
    private List<Gpu> gpus(List<String> nodes) throws IOException {
        var gpus = new ArrayList<Gpu>();
        for (String address : tree.names(GPUS)) {
            String file = GPUS + "/" + address + "/information";
            int minor = number(field(file, "Device Minor"), "");
            if (minor >= 0) {
                gpus.add(new Gpu(field(file, "GPU UUID"), minor));
            }
        }
        if (gpus.isEmpty()) {
            int most = 0;
            for (String node : nodes) {
                most = Math.max(most, number(node, "nvidia") + 1);
            }
            for (int minor = 0; minor < most; minor++) {
                if (nodes.contains("nvidia" + minor)) {
                    gpus.add(new Gpu("", minor));
                }
            }
        }
        return gpus;
    }

    /// The value of a line `KEY: VALUE`; empty if there is no such line or no such file.
    private String field(String path, String key) throws IOException {
        if (!tree.file(path).isFile()) {
            return "";
        }
        String text = "\n" + new String(tree.read(path), StandardCharsets.UTF_8);
        int at = text.indexOf("\n" + key + ":");
        if (at < 0) {
            return "";
        }
        int start = at + key.length() + 2;
        int end = text.indexOf('\n', start);
        return text.substring(start, end < 0 ? text.length() : end).strip();
    }

    /// The number that is all there is behind `prefix`, or -1.
    private static int number(String text, String prefix) {
        int digits = text.length() - prefix.length();
        if (!text.startsWith(prefix) || digits < 1 || digits > 6) {
            return -1;
        }
        int number = 0;
        for (int i = prefix.length(); i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }
}
