package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.container.Host.Facilities;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import java.util.Optional;
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
    void an_image_without_a_shell_is_refused() {
        situation.image.without("/usr/bin/sh");
        refused(
                "/bin/sh doesn't exist in container /images/debian.sif",
                "images without a shell are not yet available in this version");
    }

    @Test
    void an_image_whose_shell_is_a_link_to_nothing_is_refused() {
        situation.image.without("/usr/bin/dash");
        refused(
                "/bin/sh doesn't exist in container /images/debian.sif",
                "images without a shell are not yet available in this version");
    }

    @Test
    void an_image_whose_shell_is_a_link_to_itself_is_refused_by_name() {
        situation.image.link("/usr/bin/sh", "sh");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(situation::plan)
                .withMessageContaining("/images/debian.sif");
    }

    @Test
    void a_host_without_squashfuse_is_told_what_to_install() {
        situation.facilities =
                new Facilities(false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        refused(
                "no squashfuse on this host to mount /images/debian.sif",
                "install the package squashfuse, or ask for it to be installed");
    }

    @Test
    void root_needs_no_squashfuse() throws Exception {
        situation.root();
        situation.facilities =
                new Facilities(true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        assertThat(situation.text()).contains("mount-loop").doesNotContain("image-server");
    }

    @Test
    void fakeroot_without_sub_ids_says_who_adds_them_and_how() {
        situation.identity = Identity.FAKEROOT;
        refused(
                "user ada has no range of sub-ids to be root with",
                "root adds one with: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ada;"
                        + " newuidmap and newgidmap come with the package uidmap");
    }

    private void refused(String message, String hint) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(situation::plan)
                .withMessage(message)
                .satisfies(refused -> assertThat(refused.hint()).isEqualTo(hint));
    }
}
