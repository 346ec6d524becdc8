package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.gpu.GpuMounts;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Launches that cannot be: each message names the thing, the reason and the remedy.
class PlanErrorTest {
    private final Situation situation = new Situation();

    @Test
    void an_image_for_another_architecture_is_refused() {
        situation.imageArchitecture = Architecture.ARM64;
        refused(
                "image /images/debian.sif targets 'arm64', cannot run on 'amd64'",
                "build or pull it for this architecture");
    }

    @Test
    void an_image_file_cannot_be_written_to() {
        situation.writable = Writable.YES;
        refused(
                "image /images/debian.sif cannot be written to: it is no sandbox",
                "use --writable-tmpfs for changes that may be lost, or a sandbox directory");
    }

    @Test
    void a_device_that_is_to_have_another_name_needs_a_dev_of_its_own() throws Exception {
        situation.files.device("/dev/nvidia0");
        situation.gpus = gpus(new GpuMounts.Device("/dev/nvidia0", "/dev/nvidia7"));
        refused("cannot bind /dev/nvidia0 on /dev/nvidia7: the directory does not exist in /dev", "");
        situation.contained = true;
        assertThat(situation.text()).contains("/dev/nvidia7");
    }

    @Test
    void a_link_that_would_hide_a_directory_is_refused() {
        situation.image.directories("/usr/lib");
        situation.gpus = gpus(new GpuMounts.Symlink("/usr/lib", "lib64"));
        refused("cannot bind lib64 on /usr/lib: there is a directory in the container", "");
    }

    @Test
    void a_link_is_not_written_to_the_host() {
        situation.gpus = gpus(new GpuMounts.Symlink("/tmp/libcuda.so", "libcuda.so.1"));
        refused("cannot bind libcuda.so.1 on /tmp/libcuda.so: it would be written to /tmp/libcuda.so", "");
    }

    @Test
    void an_image_whose_shell_is_a_link_to_itself_is_refused_by_name() {
        situation.image.link("/usr/bin/sh", "sh");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(situation::plan)
                .withMessageContaining("/images/debian.sif");
    }

    @Test
    void root_needs_no_server() throws Exception {
        situation.root();
        assertThat(situation.text()).contains("mount-loop").doesNotContain("image-server");
    }

    @Test
    void fakeroot_without_sub_ids_says_who_adds_them_and_how() {
        situation.identity = Identity.FAKEROOT;
        refused(
                "user ada has no range of sub-ids to be root with",
                "root adds one with: kerr config fakeroot --add ada;"
                        + " newuidmap and newgidmap come with the package uidmap");
    }

    private static GpuMounts gpus(Record what) {
        return new GpuMounts(
                List.of(),
                List.of(),
                what instanceof GpuMounts.Device device ? List.of(device) : List.of(),
                what instanceof GpuMounts.Symlink link ? List.of(link) : List.of(),
                Map.of(),
                List.of(),
                List.of());
    }

    private void refused(String message, String hint) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(situation::plan)
                .withMessage(message)
                .satisfies(refused -> assertThat(refused.hint()).isEqualTo(hint));
    }
}
