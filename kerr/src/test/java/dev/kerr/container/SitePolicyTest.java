package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.config.Config;
import dev.kerr.config.Configs;
import dev.kerr.image.FileIdentity;
import dev.kerr.image.Image;
import dev.kerr.image.MapTree;
import dev.kerr.linux.Credentials;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the site allows to be run.
class SitePolicyTest {
    private static final Credentials ADA = new Credentials(1000, 1000, List.of(), 0, true);
    private static final Credentials ROOT = new Credentials(0, 0, List.of(), -1, true);
    private static final Credentials MAPPED_ROOT = new Credentials(0, 0, List.of(), -1, false);

    @TempDir
    Path directory = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void make_a_file() throws IOException {
        file = Files.writeString(directory.resolve("image.sqsh"), "");
    }

    @Test
    void kinds_of_images_are_allowed_or_not() throws UserException, IOException {
        SitePolicy.checkImage(bare(), ADA, Config.defaults());
        SitePolicy.checkImage(new Image.Sandbox(directory), ADA, Config.defaults());
        refused(
                "allow container squashfs = no",
                bare(),
                ADA,
                "bare SquashFS images may not be run on this host: " + file);
        refused(
                "allow container dir = no",
                new Image.Sandbox(directory),
                ROOT,
                "sandbox directories may not be run on this host: " + directory);
        SitePolicy.checkImage(bare(), ADA, Configs.of("allow container sif = no\nallow container dir = no"));
    }

    @Test
    void a_sif_is_one_even_if_what_it_holds_is_squashfs() {
        var situation = new Situation();
        situation.config = Configs.of("allow container squashfs = no");
        assertThatCode(situation::plan).doesNotThrowAnyException();
        situation.config = Configs.of("allow container sif = no");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(situation::plan)
                .withMessage("SIF images may not be run on this host: /images/debian.sif")
                .satisfies(no -> assertThat(no.hint()).contains("allow container sif = no"));
    }

    @Test
    void a_step_of_a_build_has_its_sandbox_whatever_may_be_run(@TempDir Path temporary) {
        var situation =
                new Situation().sandbox(temporary.resolve("sandbox")).subIds().step("/bin/sh", "-c", "true");
        situation.config = Configs.of("allow container dir = no\nlimit container owners = nobody-at-all");
        assertThatCode(situation::plan).doesNotThrowAnyException();
    }

    @Test
    void a_build_needs_user_namespaces_as_well(@TempDir Path temporary) {
        var situation =
                new Situation().sandbox(temporary.resolve("sandbox")).subIds().step("/bin/sh", "-c", "true");
        situation.config = Configs.of("allow user ns = no");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(situation::plan)
                .withMessageContaining("allow user ns = no");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> RootChoice.of(situation.host(), situation.config, List.of()))
                .withMessageContaining("allow user ns = no");
        assertThatCode(() -> RootChoice.of(situation.root().host(), situation.config, List.of()))
                .doesNotThrowAnyException();
    }

    @Test
    void owners_and_groups_are_limited_by_number_and_name() throws UserException, IOException {
        int uid = (Integer) Files.getAttribute(file, "unix:uid");
        int gid = (Integer) Files.getAttribute(file, "unix:gid");
        String owner = Files.getOwner(file).getName();
        SitePolicy.checkImage(bare(), ADA, Configs.of("limit container owners = 4242, " + uid));
        SitePolicy.checkImage(bare(), ADA, Configs.of("limit container owners = " + owner));
        SitePolicy.checkImage(bare(), ADA, Configs.of("limit container groups = " + gid));
        refused(
                "limit container owners = 4242, none",
                bare(),
                ADA,
                "image " + file + " may not be run on this host, because of its owner " + owner);
        refused("limit container groups = 4242", bare(), ADA, "because of its group ");
        refused("limit container owners = " + uid + "\nlimit container groups = 4242", bare(), ADA, "its group ");
    }

    @Test
    void paths_are_limited_wherever_links_lead() throws UserException, IOException {
        Path inside = Files.createDirectory(directory.resolve("inside"));
        Path link = Files.createSymbolicLink(inside.resolve("link.sqsh"), file);
        SitePolicy.checkImage(bare(), ADA, Configs.of("limit container paths = /nowhere, " + directory));
        refused("limit container paths = " + inside, bare(), ADA, "because of its directory");
        refused("limit container paths = " + inside, image(link), ADA, "because of its directory");
        refused("limit container paths = " + directory + "/ins", new Image.Sandbox(inside), ADA, "of its directory");
    }

    @Test
    void limits_do_not_bind_root_but_root_of_a_user_namespace() throws UserException, IOException {
        SitePolicy.checkImage(bare(), ROOT, Configs.of("limit container paths = /nowhere"));
        refused("limit container paths = /nowhere", bare(), MAPPED_ROOT, "because of its directory");
    }

    @Test
    void an_image_that_was_replaced_is_not_the_one_that_is_judged() throws IOException {
        var image = bare();
        Files.move(file, directory.resolve("old"));
        Files.writeString(file, "");
        refused("limit container paths = " + directory, image, ADA, "was replaced while it was opened");
    }

    @Test
    void without_user_namespaces_only_root_runs_containers() throws UserException {
        var config = Configs.of("allow user ns = no");
        SitePolicy.checkNamespaces(ROOT, config);
        SitePolicy.checkNamespaces(ADA, Config.defaults());
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> SitePolicy.checkNamespaces(ADA, config))
                .withMessage("user namespaces are not allowed on this host: allow user ns = no");
    }

    @Test
    void mounts_of_the_host_are_followed_unless_the_site_forbids_that() throws UserException, IOException {
        var situation = new Situation();
        assertThat(situation.text()).doesNotContain("private-mounts");
        situation.config = Configs.of("mount slave = no");
        assertThat(situation.text()).contains("mount-namespace\nprivate-mounts\n");
    }

    private static void refused(String config, Image image, Credentials caller, String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> SitePolicy.checkImage(image, caller, Configs.of(config)))
                .withMessageContaining(message)
                .satisfies(no -> assertThat(no.hint()).isNotEmpty());
    }

    private Image bare() throws IOException {
        return image(file);
    }

    private static Image image(Path path) throws IOException {
        return new Image.Squashfs(
                path,
                FileIdentity.of(path),
                0,
                1,
                Optional.empty(),
                new MapTree(),
                FileChannel.open(Path.of("/dev/null")));
    }
}
