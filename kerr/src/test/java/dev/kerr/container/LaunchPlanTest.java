package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.config.Configs;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.CallersVariables;
import dev.kerr.container.ContainerSpec.EnvironmentFile;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.ContainerSpec.Variant;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.image.Partition;
import dev.kerr.linux.Account;
import dev.kerr.linux.Credentials;
import dev.kerr.sif.Architecture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/// Whole plans for each kind of caller, image and option; each test's plan is the golden file of its name.
class LaunchPlanTest {
    @TempDir
    Path temporary = Path.of("");

    private final Situation situation = new Situation();

    @AfterEach
    void is_planned_as_the_golden_file_says(TestInfo test) throws Exception {
        String name = test.getTestMethod().orElseThrow().getName();
        Golden.check("container/golden/" + name + ".txt", situation.text());
    }

    @Test
    void an_ordinary_user_runs_a_sif() {}

    @Test
    void root_runs_a_sif_from_a_loop_device() {
        situation.root();
    }

    @Test
    void root_runs_a_sif_without_squashfs_in_the_kernel() {
        situation.root().kernelSquashfs(false);
    }

    @Test
    void root_without_the_right_to_mount_runs_a_sif() {
        situation.root();
        situation.credentials = new Credentials(0, 0, List.of(), ~Situation.CAP_SYS_ADMIN, true);
    }

    @Test
    void root_of_a_user_namespace_runs_a_sif() {
        situation.root();
        situation.credentials = new Credentials(0, 0, List.of(), -1, false);
    }

    @Test
    void an_ordinary_user_runs_a_sandbox() {
        situation.sandbox(temporary.resolve("sandbox"));
    }

    @Test
    void a_user_writes_into_a_sandbox() {
        situation.sandbox(temporary.resolve("sandbox"));
        situation.writable = Writable.YES;
        situation.image.directories("/home/ada");
    }

    @Test
    void a_writable_sandbox_without_mount_points_gets_warnings() {
        situation.sandbox(temporary.resolve("sandbox"));
        situation.writable = Writable.YES;
    }

    @Test
    void root_writes_into_a_sandbox_and_keeps_its_account_files() {
        situation.root().sandbox(temporary.resolve("sandbox"));
        situation.writable = Writable.YES;
    }

    @Test
    void changes_go_to_a_tmpfs() {
        situation.writable = Writable.TMPFS;
    }

    @Test
    void changes_of_root_go_to_a_tmpfs() {
        situation.root();
        situation.writable = Writable.TMPFS;
    }

    @Test
    void an_image_with_all_mount_points_needs_no_overlay() {
        situation.image.directories("/home/ada").file("/etc/localtime", "");
    }

    @Test
    void without_home_only_the_working_directory_is_bound() {
        situation.leftOut = List.of("home");
    }

    @Test
    void a_clean_environment_keeps_few_variables() {
        situation.clean = true;
    }

    @Test
    void variables_are_set_in_the_script() {
        situation.set.put("A", "1");
        situation.set.put("PATH", "$PATH:/opt/bin");
    }

    @Test
    void the_directory_to_start_in_is_the_one_that_was_asked_for() {
        situation.directory = Optional.of("/srv");
    }

    @Test
    void the_runscript_is_run() {
        situation.payload = new Payload(Action.RUN, 3, List.of());
    }

    @Test
    void a_user_whom_no_database_knows_is_named_in_the_container() {
        situation.credentials = new Credentials(70_000, 70_001, List.of(), 0, true);
        situation.account = new Account("user70000", 70_000, 70_001, "", "/home/ada", "/bin/sh");
        situation.groups = List.of();
    }

    @Test
    void fakeroot_maps_the_range_of_sub_ids() {
        situation.subIds();
        situation.identity = Identity.FAKEROOT;
    }

    @Test
    void fakeroot_of_root_is_root() {
        situation.root();
        situation.identity = Identity.FAKEROOT;
    }

    @Test
    void an_image_of_no_architecture_runs_anywhere() {
        situation.imageArchitecture = Architecture.UNKNOWN;
    }

    @Test
    void an_image_without_account_files_gets_none() {
        situation.image.without("/etc/passwd").without("/etc/group");
    }

    @Test
    void account_files_that_cannot_be_read_are_left_alone_with_a_warning() {
        situation.image.without("/etc/group").directories("/etc/group");
        situation.image.file("/etc/passwd", "#".repeat(256 * 1024 + 1));
    }

    @Test
    void a_configuration_that_mounts_nothing_is_obeyed() {
        situation.config = Configs.of("""
                mount proc = no
                mount sys = no
                mount dev = no
                mount tmp = no
                mount home = no
                bind path =
                config passwd = no
                config group = no
                config resolv_conf = no
                sessiondir max size = 1
                """);
        situation.workingDirectory = "/opt";
    }

    @Test
    void a_contained_launch_has_its_own_devices_and_directories() {
        situation.contained = true;
        situation.terminal = Optional.of("/dev/pts/3");
    }

    @Test
    void a_contained_launch_writes_into_a_work_directory() {
        situation.contained = true;
        situation.workDirectory = Optional.of("/scratch/ada");
        situation.scratch = List.of("/scr/one", "/srv/two");
    }

    @Test
    void scratch_directories_are_of_the_session() {
        situation.scratch = List.of("/scr/one", "/opt");
    }

    @Test
    void the_home_is_another_one() {
        situation.home = Optional.of(new ContainerSpec.Home("/data/set", "/home/of/ada"));
    }

    @Test
    void default_mounts_are_left_out() {
        situation.leftOut = List.of("proc", "sys", "dev", "tmp", "home", "cwd", "bind-paths", "nosuch");
    }

    @Test
    void an_overlay_directory_is_written_to() {
        situation.overlay("/scratch/ada", false);
    }

    @Test
    void overlay_directories_are_laid_one_over_the_other() {
        situation.overlay("/scratch/ada", true);
        situation.overlay("/data", true);
    }

    @Test
    void a_user_writes_to_an_overlay_on_fuse() {
        situation.overlays.add(new Overlay("/scratch/ada", false, Optional.empty(), "fuse.sshfs", new MapTree()));
    }

    @Test
    void a_user_writes_to_an_ext3_file() {
        situation.overlays.add(Overlay.of(Situation.volume(Partition.FileSystem.EXT3), false));
    }

    @Test
    void root_writes_to_an_ext3_file() {
        situation.root().overlays.add(Overlay.of(Situation.volume(Partition.FileSystem.EXT3), false));
    }

    @Test
    void a_user_of_sub_ids_reads_an_ext3_file() {
        situation.subIds().identity = Identity.FAKEROOT;
        situation.overlays.add(Overlay.of(Situation.volume(Partition.FileSystem.EXT3), true));
    }

    @Test
    void a_squashfs_file_is_laid_over_the_image() {
        situation.overlays.add(Overlay.of(Situation.volume(Partition.FileSystem.SQUASHFS), false));
    }

    @Test
    void a_part_of_an_image_is_bound() throws Exception {
        situation.bind("/data/data.sqfs:/mnt/part:image-src=/inside,ro");
        situation.images.put(situation.binds.getFirst(), Situation.volume(Partition.FileSystem.SQUASHFS));
    }

    @Test
    void all_file_systems_of_the_host_are_shown() {
        situation.config = Configs.of("mount hostfs = yes");
        situation.files.directories("/data/set/inner", "/net/home", "/run/user", "/lustre");
        situation.mountPoints =
                List.of("/", "/proc", "/run/user", "/data/set", "/data/set/inner", "/net/home", "/lustre");
        situation.leftOut = List.of("bind-paths");
    }

    @Test
    void a_program_makes_the_overlays() {
        situation.config = Configs.of("enable overlay = driver");
    }

    @Test
    void a_program_mounts_ext3_for_root_where_the_kernel_must_not() {
        situation.config = Configs.of("allow kernel extfs = no");
        situation.root().overlays.add(Overlay.of(Situation.volume(Partition.FileSystem.EXT3), false));
    }

    @Test
    void graphics_processors_are_seen() {
        situation.gpus();
    }

    @Test
    void graphics_processors_are_seen_by_a_contained_launch() {
        situation.gpus().contained = true;
    }

    @Test
    void the_environment_is_of_files_and_literal() {
        situation.payload = new Payload(Action.EXEC, 3, List.of("true"), variant("", "", true));
        situation.environment = Optional.of(new EnvironmentRules(
                new CallersVariables(true, List.of("LEFT_OUT", "OTHERS_*")),
                Map.of("EXPORTED", "1"),
                List.of(new EnvironmentFile("vars", "A=1")),
                Map.of("B", "$A"),
                true));
    }

    @Test
    void an_application_is_run() {
        situation.payload = new Payload(Action.RUN, 3, List.of(), variant("foo", "", false));
    }

    @Test
    void another_shell_is_started() {
        situation.payload = new Payload(Action.SHELL, 3, List.of(), variant("", "/bin/zsh", false));
    }

    private static Variant variant(String app, String shell, boolean ownUmask) {
        return new Variant(
                Optional.of(app).filter(name -> !name.isEmpty()),
                Optional.of(shell).filter(path -> !path.isEmpty()),
                ownUmask);
    }

    @Test
    void a_step_of_a_build_is_root_in_its_sandbox() {
        situation.sandbox(temporary.resolve("sandbox")).subIds().step("/bin/sh", "-c", "true");
    }

    @Test
    void a_step_of_a_build_of_root() {
        situation.root().sandbox(temporary.resolve("sandbox")).step("/bin/sh", "-c", "true");
    }

    @Test
    void names_with_blanks_and_quotes_are_quoted() {
        situation.account = new Account("ada", 1000, 1000, "", "/home/a\\d'a \n", "/bin/sh");
        situation.files.directories("/home/a\\d'a \n");
        situation.workingDirectory = "/home/a\\d'a \n";
        assertThat(situation.host().workingDirectory()).contains("\n");
    }
}
