package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of `--bind`.
class BindPlanTest {
    @TempDir
    Path temporary = Path.of("");

    private final Situation situation = new Situation();

    @Test
    void a_bind_of_a_directory_makes_its_mount_point_in_the_skeleton() throws Exception {
        situation.bind("/data:/mnt/data");
        assertThat(lines("bind /data", "directory /skeleton/mnt"))
                .containsExactly(
                        "directory /skeleton/mnt 755",
                        "directory /skeleton/mnt/data 755",
                        "bind /data /mnt/data nodev");
        assertThat(lines("env-set KERR_BIND")).containsExactly("env-set KERR_BIND /mnt/data");
    }

    @Test
    void a_bind_onto_what_the_image_has_needs_no_mount_point() throws Exception {
        situation.bind("/data:/mnt");
        assertThat(lines("directory /skeleton/mnt")).isEmpty();
        assertThat(lines("bind /data")).containsExactly("bind /data /mnt nodev");
    }

    @Test
    void read_only_binds_say_so() throws Exception {
        situation.bind("/data:/mnt:ro,/scratch:/srv:rw");
        assertThat(lines("bind /data", "bind /scratch"))
                .containsExactly("bind /data /mnt ro,nodev", "bind /scratch /srv nodev");
        assertThat(lines("env-set KERR_BIND")).containsExactly("env-set KERR_BIND /mnt,/srv");
    }

    @Test
    void a_file_is_bound_on_a_file_of_the_skeleton() throws Exception {
        situation.bind("/data/notes:/srv/deep/notes");
        assertThat(lines("bind /data", "directory /skeleton/srv", "file /skeleton/srv"))
                .containsExactly(
                        "directory /skeleton/srv 755",
                        "directory /skeleton/srv/deep 755",
                        "file /skeleton/srv/deep/notes 644 ''",
                        "bind /data/notes /srv/deep/notes nodev");
    }

    @Test
    void devices_stay_devices() throws Exception {
        situation.bind("/dev/null:/mnt/null,/dev:/srv:ro");
        assertThat(lines("bind /dev"))
                .containsExactly("bind /dev /dev ''", "bind /dev/null /mnt/null ''", "bind /dev /srv ro");
    }

    @Test
    void a_bind_below_another_bind_needs_its_mount_point_on_the_host() throws Exception {
        situation.bind("/data:/mnt,/scratch:/mnt/set");
        assertThat(lines("bind /data", "bind /scratch"))
                .containsExactly("bind /data /mnt nodev", "bind /scratch /mnt/set nodev");
        assertThat(lines("directory /skeleton/mnt")).isEmpty();
    }

    @Test
    void a_bind_onto_a_missing_directory_of_another_bind_is_refused() throws Exception {
        situation.bind("/data:/mnt,/scratch:/mnt/nowhere/deep");
        refused("cannot bind /scratch on /mnt/nowhere/deep: the directory does not exist in /data");
    }

    @Test
    void a_bind_below_the_home_needs_its_mount_point_there() throws Exception {
        situation.bind("/data:/home/ada/data");
        refused("cannot bind /data on /home/ada/data: the directory does not exist in /home/ada");
    }

    @Test
    void a_source_that_is_missing_is_refused() throws Exception {
        situation.bind("/nowhere:/mnt");
        refused("cannot bind /nowhere on /mnt: it does not exist on the host");
    }

    @Test
    void a_source_is_named_once_if_it_is_the_target_too() throws Exception {
        situation.bind("/nowhere");
        refused("cannot bind /nowhere: it does not exist on the host");
    }

    @Test
    void a_file_does_not_go_on_a_directory() throws Exception {
        situation.bind("/data/notes:/mnt");
        refused("cannot bind /data/notes on /mnt: there is a directory in the container");
    }

    @Test
    void a_directory_does_not_go_on_a_file() throws Exception {
        situation.bind("/data:/etc/hosts");
        refused("cannot bind /data on /etc/hosts: there is a file in the container");
    }

    @Test
    void a_target_below_a_file_is_refused() throws Exception {
        situation.bind("/data:/usr/bin/dash/x");
        refused("cannot bind /data on /usr/bin/dash/x: /usr/bin/dash is not a directory");
    }

    @Test
    void a_loop_of_links_in_the_image_is_refused() throws Exception {
        situation.image.link("/loop", "/pool").link("/pool", "/loop");
        situation.bind("/data:/loop/x");
        refused("cannot bind /data on /loop/x: too many symbolic links in /loop/x");
    }

    @Test
    void a_loop_of_links_on_the_host_is_refused() throws Exception {
        situation.files.link("/loop", "loop");
        situation.bind("/loop:/mnt");
        refused("cannot bind /loop on /mnt: too many symbolic links in /loop");
    }

    @Test
    void a_target_missing_in_a_writable_sandbox_is_refused() throws Exception {
        situation.sandbox(temporary.resolve("sandbox")).bind("/data:/mnt/data");
        situation.writable = ContainerSpec.Writable.YES;
        refused("cannot bind /data on /mnt/data: it does not exist in the writable container");
    }

    @Test
    void a_link_in_the_image_that_climbs_out_stays_inside() throws Exception {
        situation.image.without("/etc").link("/etc", "/../../tmp/out");
        situation.leftOut = List.of("home", "cwd");
        Golden.check("container/golden/a_link_in_the_image_that_climbs_out_stays_inside.txt", situation.text());
        assertThat(situation.plan().ops())
                .filteredOn(Op.Bind.class::isInstance)
                .map(op -> ((Op.Bind) op).containerPath())
                .contains("/tmp/out/localtime", "/tmp/out/hosts");
    }

    @Test
    void a_target_goes_through_links_of_the_image() throws Exception {
        situation.image.link("/site", "srv/site").directories("/srv/site");
        situation.bind("/data:/site/data");
        assertThat(lines("bind /data")).containsExactly("bind /data /srv/site/data nodev");
    }

    @Test
    void a_target_goes_through_links_of_what_is_bound_already_and_they_lead_into_the_container() throws Exception {
        situation.files.link("/data/link", "/opt");
        situation.bind("/data:/mnt,/scratch:/mnt/link");
        assertThat(lines("bind /scratch")).containsExactly("bind /scratch /opt nodev");
    }

    @Test
    void a_mount_point_has_the_modes_of_the_image_and_its_owner_may_enter() throws Exception {
        situation.image.directory("/srv", 0555).directory("/srv/closed", 02050);
        situation.bind("/data:/srv/closed/data");
        assertThat(lines("directory /skeleton/srv"))
                .containsExactly(
                        "directory /skeleton/srv 755",
                        "directory /skeleton/srv/closed 2750",
                        "directory /skeleton/srv/closed/data 755");
    }

    @Test
    void what_the_user_binds_on_tmp_stays() throws Exception {
        situation.bind("/scratch:/tmp,/data:/var/tmp");
        assertThat(lines("bind /scratch", "bind /data", "bind /tmp", "bind /var/tmp"))
                .containsExactly("bind /scratch /tmp nodev", "bind /data /var/tmp nodev");
    }

    @Test
    void what_the_user_binds_below_tmp_is_not_covered_by_it() throws Exception {
        situation.files.directories("/tmp/data");
        situation.bind("/data:/tmp/data");
        assertThat(lines("bind /tmp", "bind /data"))
                .containsExactly("bind /tmp /tmp nodev", "bind /data /tmp/data nodev");
    }

    @Test
    void what_the_user_binds_below_the_working_directory_is_not_covered_by_it() throws Exception {
        situation.workingDirectory = "/scratch/ada";
        situation.files.directories("/scratch/ada/data");
        situation.bind("/data:/scratch/ada/data");
        assertThat(lines("bind /scratch/ada", "bind /data"))
                .containsExactly("bind /scratch/ada /scratch/ada nodev", "bind /data /scratch/ada/data nodev");
    }

    @Test
    void an_account_file_that_the_user_binds_is_not_covered_by_ours() throws Exception {
        situation.files.file("/data/passwd", "");
        situation.bind("/data/passwd:/etc/passwd");
        assertThat(lines("bind /data/passwd")).hasSize(1);
        assertThat(lines("bind-session /files/passwd")).isEmpty();
    }

    @Test
    void a_resolver_file_that_the_user_binds_is_not_covered_by_the_host_s() throws Exception {
        situation.bind("/data/notes:/etc/resolv.conf");
        assertThat(lines("bind /data/notes", "bind /etc/resolv.conf"))
                .containsExactly("bind /data/notes /etc/resolv.conf nodev");
    }

    @Test
    void the_whole_container_is_no_target_by_another_name_either() throws Exception {
        situation.image.link("/all", "usr/..");
        situation.bind("/data:/all");
        assertThatExceptionOfType(UserException.class).isThrownBy(situation::plan);
    }

    private void refused(String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(situation::plan)
                .withMessage(message);
    }

    /// The operations that begin so, with single blanks, in the plan's order.
    private List<String> lines(String... beginnings) throws Exception {
        var found = new ArrayList<String>();
        for (String line : situation.text().replaceAll(" +", " ").split("\n")) {
            for (String beginning : beginnings) {
                if ((line + " ").startsWith(beginning + " ") || line.startsWith(beginning + "/")) {
                    found.add(line);
                    break;
                }
            }
        }
        return found;
    }
}
