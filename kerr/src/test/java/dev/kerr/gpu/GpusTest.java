package dev.kerr.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpusTest {
    private static final String LIB = "/usr/lib/x86_64-linux-gnu/";

    @TempDir
    Path directory;

    private FakeHost host;

    @BeforeEach
    void driver() throws IOException {
        host = new FakeHost(directory)
                .nvidiaList("# comment", "nvidia-smi", "libcuda.so", "libnvidia-ml.so", "libGLX_nvidia.so")
                .program("/usr/bin/nvidia-smi")
                .file(LIB + "libcuda.so.545.23", needing("GLIBC_2.17"))
                .link(LIB + "libcuda.so.1", "libcuda.so.545.23")
                .link(LIB + "libcuda.so", "libcuda.so.1")
                .file(LIB + "libnvidia-ml.so.1", needing("GLIBC_2.34"))
                .file("/usr/lib/i386-linux-gnu/libcuda.so.1", needing("GLIBC_2.3"))
                .cache(cache());
    }

    private static MadeCache cache() {
        return new MadeCache()
                .add("libnvidia-ml.so.1", LIB + "libnvidia-ml.so.1", Machine.X86_64)
                .add("libcuda.so.1", LIB + "libcuda.so.1", Machine.X86_64)
                .add("libcuda.so.1", "/usr/lib/i386-linux-gnu/libcuda.so.1", Machine.I386)
                .add("libcuda.so", LIB + "libcuda.so", Machine.X86_64)
                .add("libGLX_nvidia.so.0", LIB + "libGLX_nvidia.so.0", Machine.X86_64);
    }

    private static byte[] needing(String version) {
        return new MadeElf(Machine.X86_64).needing("GLIBC_2.2.5", version).bytes();
    }

    @Test
    void libraries_come_from_the_cache_with_their_links_resolved_and_what_is_not_there_is_left_out() throws Exception {
        GpuMounts mounts = host.nv();
        assertThat(mounts.libraries())
                .containsExactly(
                        new GpuMounts.Library(LIB + "libnvidia-ml.so.1", "libnvidia-ml.so.1", true),
                        new GpuMounts.Library(LIB + "libcuda.so.545.23", "libcuda.so.1", true),
                        new GpuMounts.Library(LIB + "libcuda.so.545.23", "libcuda.so", true));
        assertThat(mounts.libraries().getFirst().containerPath()).isEqualTo("/.singularity.d/libs/libnvidia-ml.so.1");
        assertThat(mounts.warnings()).isEmpty();
    }

    @Test
    void libraries_that_every_host_has_are_no_driver() throws Exception {
        host.nvidiaList("libcuda.so", "libEGL.so")
                .file(LIB + "libEGL.so.1", needing("GLIBC_2.17"))
                .cache(new MadeCache().add("libEGL.so.1", LIB + "libEGL.so.1", Machine.X86_64));
        assertThat(host.nv().libraries()).isEmpty();
        assertThat(host.nv().warnings()).containsExactly("could not find any nv files on this host");
        host.cache(cache().add("libEGL.so.1", LIB + "libEGL.so.1", Machine.X86_64));
        assertThat(host.nv().libraries()).extracting(GpuMounts.Library::name).contains("libEGL.so.1", "libcuda.so.1");
    }

    @Test
    void programs_are_found_on_the_path_and_go_to_usr_bin() throws Exception {
        host.nvidiaList("nvidia-smi", "nvidia-persistenced", "nvidia-debugdump", "libcuda.so")
                .program("/opt/driver/smi")
                .link("/usr/sbin/nvidia-smi", "../../opt/driver/smi")
                .files("/usr/bin/nvidia-debugdump");
        assertThat(host.nv().files())
                .as("the first directory wins, and a file that is not executable is no program")
                .containsExactly(file("/opt/driver/smi", "/usr/bin/nvidia-smi"));
    }

    @Test
    void files_and_the_socket_are_where_they_are_on_the_host() throws Exception {
        host.nvidiaList("libcuda.so", "/usr/share/nvidia/nvoptix.bin", "/etc/vulkan/icd.d", "/not/there.json")
                .files("/usr/share/nvidia/nvoptix.bin", "/etc/vulkan/icd.d/nvidia_icd.json")
                .files("/var/run/nvidia-persistenced/socket");
        String socket = "/var/run/nvidia-persistenced/socket";
        assertThat(host.nv().files())
                .containsExactly(
                        file("/usr/share/nvidia/nvoptix.bin", "/usr/share/nvidia/nvoptix.bin"),
                        file("/etc/vulkan/icd.d", "/etc/vulkan/icd.d"),
                        file(socket, socket));
    }

    @Test
    void a_library_by_its_path_is_taken_if_it_is_for_this_machine() throws Exception {
        host.nvidiaList("/opt/gbm/nvidia-drm_gbm.so", "/opt/arm/liba.so", "/opt/broken.so")
                .file("/opt/gbm/nvidia-drm_gbm.so", needing("GLIBC_2.4"))
                .file("/opt/arm/liba.so", new MadeElf(Machine.AARCH64).bytes())
                .file("/opt/broken.so", "not ELF, and longer than a header of that: ".repeat(3));
        GpuMounts mounts = host.nv();
        assertThat(mounts.libraries())
                .containsExactly(new GpuMounts.Library("/opt/gbm/nvidia-drm_gbm.so", "nvidia-drm_gbm.so", true));
        assertThat(mounts.warnings()).containsExactly("/opt/broken.so is left out: no ELF file at offset 0");
    }

    @Test
    void a_library_that_needs_a_newer_glibc_than_the_image_has_is_left_out_with_a_warning() throws Exception {
        GpuMounts mounts = host.imageGlibc(2, 31).nv();
        assertThat(mounts.libraries())
                .extracting(GpuMounts.Library::name)
                .containsExactly("libcuda.so.1", "libcuda.so");
        assertThat(mounts.warnings())
                .containsExactly("libnvidia-ml.so.1 (" + LIB + "libnvidia-ml.so.1) is left out: it needs glibc 2.34, "
                        + "and the image has 2.31");
        assertThat(host.imageGlibc(2, 34).nv().libraries()).hasSize(3);
    }

    @Test
    void a_library_with_two_names_makes_one_warning() throws Exception {
        assertThat(host.imageGlibc(2, 12).nv().warnings())
                .hasSize(2)
                .contains("libcuda.so.1 (" + LIB
                        + "libcuda.so.1) is left out: it needs glibc 2.17, and the image has 2.12");
    }

    @Test
    void no_library_is_looked_into_if_the_host_has_no_newer_glibc_than_the_image() throws Exception {
        var libc =
                new MadeElf(Machine.X86_64).defining("libc.so.6", "GLIBC_2.31").bytes();
        host.file(LIB + "libc.so.6", libc)
                .cache(cache().add("libc.so.6", LIB + "libc.so.6", Machine.X86_64))
                .imageGlibc(2, 31);
        assertThat(host.nv().libraries())
                .as("this one says it needs 2.34")
                .extracting(GpuMounts.Library::name)
                .contains("libnvidia-ml.so.1")
                .doesNotContain("libc.so.6");
        assertThat(host.imageGlibc(2, 30).nv().warnings()).hasSize(1);
    }

    @Test
    void a_damaged_library_is_left_out_with_a_warning_if_it_has_to_be_looked_into() throws Exception {
        host.file(LIB + "libnvidia-ml.so.1", "short").imageGlibc(2, 31);
        assertThat(host.nv().warnings())
                .containsExactly(
                        LIB + "libnvidia-ml.so.1 is left out: truncated ELF file: 52 bytes are missing at offset 0");
    }

    @Test
    void libraries_of_32_bits_have_a_directory_of_their_own() throws Exception {
        var request = new GpuRequest(true, false, true, List.of(), List.of(), false, Map.of(), false);
        var narrow = new GpuMounts.Library("/usr/lib/i386-linux-gnu/libcuda.so.1", "libcuda.so.1", false);
        assertThat(narrow.containerPath()).isEqualTo("/.singularity.d/libs32/libcuda.so.1");
        assertThat(host.find(request).libraries()).hasSize(4).contains(narrow);
        assertThat(host.machine(Machine.AARCH64).find(request).warnings())
                .contains("--compat32 is left out: this machine has no libraries of 32 bits");
    }

    @Test
    void a_host_without_a_driver_makes_one_warning() throws Exception {
        host.cache(new MadeCache().add("libz.so.1", "/lib/libz.so.1", Machine.X86_64));
        assertThat(host.nv().warnings()).containsExactly("could not find any nv files on this host");
        Files.delete(host.at("/etc/ld.so.cache"));
        assertThat(host.nv().warnings())
                .containsExactly("could not find any nv files on this host: cannot read /etc/ld.so.cache: "
                        + "no such file or directory");
    }

    @Test
    void a_damaged_cache_makes_a_warning_that_names_the_remedy() throws Exception {
        host.file("/etc/ld.so.cache", "glibc-ld.so.cache1.1");
        assertThat(host.nv().warnings().getFirst())
                .isEqualTo("/etc/ld.so.cache is damaged: the header of the loader's cache is cut short at offset 0 "
                        + "(hint: run ldconfig)");
    }

    @Test
    void inside_a_container_the_libraries_are_those_that_it_was_given() throws Exception {
        host.file("/.singularity.d/libs/libcuda.so.1", needing("GLIBC_2.4")).files("/.singularity.d/libs/libother.so");
        assertThat(host.nv().libraries())
                .hasSize(3)
                .contains(new GpuMounts.Library("/.singularity.d/libs/libcuda.so.1", "libcuda.so.1", true));
    }

    @Test
    void links_that_lead_out_of_the_root_are_not_followed() throws Exception {
        Path outside = Files.writeString(Files.createTempFile("kerr", ".so"), "");
        try {
            Files.delete(host.at(LIB + "libnvidia-ml.so.1"));
            host.link(LIB + "libnvidia-ml.so.1", outside.toString());
            assertThat(host.nv().libraries()).hasSize(2);
        } finally {
            Files.delete(outside);
        }
    }

    @Test
    void rocm_has_its_own_list_and_devices_and_gives_way_to_nv() throws Exception {
        host.file("/kerr/rocmliblist.conf", "libcuda.so\n")
                .files("/dev/kfd", "/dev/dri/card0", "/dev/dri/renderD128", "/dev/dri/by-path/x", "/dev/nvidia0");
        var rocm = new GpuRequest(false, true, false, List.of(), List.of(), false, Map.of(), false);
        assertThat(host.find(rocm).libraries()).hasSize(2);
        assertThat(host.find(rocm).devices())
                .extracting(GpuMounts.Device::hostPath)
                .containsExactly("/dev/kfd", "/dev/dri/card0", "/dev/dri/renderD128");
        var both = new GpuRequest(true, true, false, List.of(), List.of(), false, Map.of(), false);
        assertThat(host.find(both).devices())
                .extracting(GpuMounts.Device::hostPath)
                .containsExactly("/dev/nvidia0");
        assertThat(host.find(both).warnings()).containsExactly("--rocm is left out, because --nv is there too");
    }

    @Test
    void what_is_asked_for_in_vain_is_said() throws Exception {
        var request = new GpuRequest(false, false, true, List.of(), List.of(), false, Map.of(), false);
        assertThat(host.find(request).warnings()).containsExactly("--compat32 means nothing without --nv or --rocm");
        Files.delete(host.at("/kerr/nvliblist.conf"));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(host::nv)
                .withMessage("cannot read " + host.at("/kerr/nvliblist.conf") + ": no such file or directory");
    }

    private static GpuMounts.File file(String hostPath, String containerPath) {
        return new GpuMounts.File(hostPath, containerPath, true, false);
    }
}
