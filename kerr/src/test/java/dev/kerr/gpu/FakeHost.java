package dev.kerr.gpu;

import dev.kerr.linux.Inputs;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A tree that looks like a host with drivers. Device nodes are plain files, which nobody who may not make nodes can
/// tell.
final class FakeHost {
    private final Path root;
    private Optional<GlibcVersion> imageGlibc = Optional.empty();
    private Machine machine = Machine.X86_64;

    FakeHost(Path root) throws IOException {
        this.root = root;
        file("/kerr/nvliblist.conf", "");
        file("/kerr/rocmliblist.conf", "");
    }

    FakeHost file(String path, String content) throws IOException {
        return file(path, content.getBytes(StandardCharsets.UTF_8));
    }

    FakeHost file(String path, byte[] content) throws IOException {
        Path file = at(path);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        return this;
    }

    FakeHost files(String... paths) throws IOException {
        for (String path : paths) {
            file(path, "");
        }
        return this;
    }

    FakeHost program(String path) throws IOException {
        file(path, "");
        if (!at(path).toFile().setExecutable(true)) {
            throw new IOException("cannot make it executable: " + path);
        }
        return this;
    }

    FakeHost link(String path, String target) throws IOException {
        Files.createDirectories(at(path).getParent());
        Files.createSymbolicLink(at(path), Path.of(target));
        return this;
    }

    FakeHost nvidiaList(String... names) throws IOException {
        return file("/kerr/nvliblist.conf", String.join("\n", names));
    }

    FakeHost cache(MadeCache cache) throws IOException {
        return file("/etc/ld.so.cache", cache.bytes());
    }

    FakeHost imageGlibc(int major, int minor) {
        imageGlibc = Optional.of(new GlibcVersion(major, minor, 0));
        return this;
    }

    FakeHost machine(Machine other) {
        machine = other;
        return this;
    }

    /// A GPU as the driver describes it.
    FakeHost gpu(String busAddress, String uuid, int minor) throws IOException {
        return file("/proc/driver/nvidia/gpus/" + busAddress + "/information", """
                        Model: \t\t NVIDIA A100
                        IRQ:   \t\t 42
                        GPU UUID: \t %s
                        Bus Location: \t %s
                        Device Minor: \t %d
                        """.formatted(uuid, busAddress, minor))
                .files("/dev/nvidia" + minor);
    }

    final Inputs inputs = new Inputs();

    Path at(String path) {
        return root.resolve(path.substring(1));
    }

    GpuMounts find(GpuRequest request) throws UserException, IOException {
        return Gpus.find(
                request, new GpuHost(root, at("/kerr"), List.of("/usr/sbin", "/usr/bin"), machine, imageGlibc, inputs));
    }

    GpuMounts nv() throws UserException, IOException {
        return find(new GpuRequest(true, false, false, List.of(), List.of(), false, Map.of(), false));
    }

    GpuMounts devices(String... names) throws UserException, IOException {
        return find(new GpuRequest(false, false, false, List.of(names), List.of(), false, Map.of(), false));
    }
}
