package dev.kerr.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NvidiaDevicesTest {
    private static final List<String> CONTROL =
            List.of("/dev/nvidia-modeset", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidiactl");
    private static final String CAPABILITIES = "/proc/driver/nvidia/capabilities/gpu0/mig/gi3";

    @TempDir
    Path directory;

    private FakeHost host;

    /// GPU 0 by its bus address has the minor number 1, and the other way round.
    @BeforeEach
    void gpus() throws IOException {
        host = new FakeHost(directory)
                .files("/dev/null", "/dev/sda", "/dev/nvidia-caps/nvidia-cap1", "/dev/nvidia-caps/nvidia-cap12")
                .files("/dev/nvidia-caps/nvidia-cap13")
                .gpu("0000:07:00.0", "GPU-aaaa", 1)
                .gpu("0000:0f:00.0", "GPU-bbbb", 0)
                .gpu("0000:47:00.0", "GPU-cccc", 2)
                .file(CAPABILITIES + "/access", "DeviceFileMinor: 12\nDeviceFileMode: 292\n")
                .file(CAPABILITIES + "/ci0/access", "DeviceFileMinor: 13\nDeviceFileMode: 292\n");
        for (String node : CONTROL) {
            host.files(node);
        }
    }

    private List<String> devices(String visible, boolean minimal) throws Exception {
        return host
                .find(new GpuRequest(
                        true,
                        false,
                        false,
                        List.of(),
                        List.of(),
                        false,
                        visible == null ? Map.of() : Map.of("NVIDIA_VISIBLE_DEVICES", visible),
                        minimal))
                .devices()
                .stream()
                .map(GpuMounts.Device::containerPath)
                .toList();
    }

    private static List<String> caps(int... minors) {
        return Arrays.stream(minors)
                .mapToObj(minor -> "/dev/nvidia-caps/nvidia-cap" + minor)
                .toList();
    }

    private static List<String> together(List<String> control, List<String> caps, String gpus) {
        var all = new ArrayList<>(control);
        all.addAll(caps);
        for (int i = 0; i < gpus.length(); i++) {
            all.add("/dev/nvidia" + gpus.charAt(i));
        }
        return all;
    }

    @Test
    void all_nodes_of_the_driver_are_there_unless_the_variable_chooses() throws Exception {
        var all = together(CONTROL, caps(1, 12, 13), "012");
        assertThat(devices("all", true)).containsExactlyInAnyOrderElementsOf(all);
        var unset = new GpuRequest(true, false, false, List.of(), List.of(), false, Map.of(), true);
        assertThat(host.find(unset).devices()).hasSize(all.size());
        assertThat(devices("1", false)).as("/dev is the host's").containsExactlyInAnyOrderElementsOf(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "void", "", " "})
    void none_of_the_gpus_leaves_the_nodes_of_the_driver(String visible) throws Exception {
        assertThat(devices(visible, true)).containsExactlyInAnyOrderElementsOf(CONTROL);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "'0,2', 12", "' 2 , 1', 02", "GPU-bbbb, 0", "'gpu-AAAA,2', 12"})
    void gpus_are_chosen_by_the_order_of_their_addresses_or_by_uuid(String visible, String minors) throws Exception {
        assertThat(devices(visible, true))
                .containsExactlyInAnyOrderElementsOf(together(CONTROL, caps(1, 12, 13), minors));
    }

    @Test
    void a_mig_device_by_its_old_name_is_its_gpu_and_two_capabilities() throws Exception {
        assertThat(devices("MIG-GPU-bbbb/3/0", true))
                .containsExactlyInAnyOrderElementsOf(together(CONTROL, caps(12, 13), "0"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3|NVIDIA_VISIBLE_DEVICES names GPU '3', which this host does not have",
                "0,,1|NVIDIA_VISIBLE_DEVICES names GPU '', which this host does not have",
                "GPU-zzzz|NVIDIA_VISIBLE_DEVICES names GPU 'GPU-zzzz', which this host does not have",
                "MIG-1234|NVIDIA_VISIBLE_DEVICES names the MIG device MIG-1234, which cannot be found in the "
                        + "driver's files",
                "0:1|NVIDIA_VISIBLE_DEVICES names the MIG device 0:1, which cannot be found in the driver's files",
                "MIG-GPU-bbbb/4/0|NVIDIA_VISIBLE_DEVICES names the MIG device MIG-GPU-bbbb/4/0, which this host "
                        + "does not have",
                "MIG-GPU-zz/3/0|NVIDIA_VISIBLE_DEVICES names GPU 'MIG-GPU-zz/3/0', which this host does not have",
            })
    void what_is_not_there_is_an_error(String visible, String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> devices(visible, true))
                .withMessage(message);
    }

    @Test
    void the_error_lists_what_is_there() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> devices("7", true))
                .satisfies(e -> assertThat(e.hint()).isEqualTo("it has 0 (GPU-aaaa), 1 (GPU-bbbb), 2 (GPU-cccc)"));
    }

    @Test
    void without_the_drivers_files_the_nodes_are_counted() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        host = new FakeHost(other).files("/dev/nvidia0", "/dev/nvidia2", "/dev/nvidiactl");
        assertThat(devices("1", true)).containsExactlyInAnyOrder("/dev/nvidia2", "/dev/nvidiactl");
    }

    @Test
    void a_host_without_gpus_cannot_lack_one() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        host = new FakeHost(other);
        assertThat(devices("0", true)).isEmpty();
    }
}
