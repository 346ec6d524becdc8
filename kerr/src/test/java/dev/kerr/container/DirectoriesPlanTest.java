package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.linux.Account;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Home, working directory and temporary directories.
class DirectoriesPlanTest {
    private final Situation situation = new Situation();

    @Test
    void a_working_directory_below_the_home_is_there_with_it() throws Exception {
        assertThat(binds()).contains("/home/ada /home/ada").doesNotContain("/home/ada/project /home/ada/project");
        assertThat(start()).isEqualTo("/home/ada/project /home/ada /");
    }

    @Test
    void a_working_directory_elsewhere_is_bound() throws Exception {
        situation.workingDirectory = "/scratch/ada";
        assertThat(binds()).contains("/scratch/ada /scratch/ada");
        assertThat(start()).isEqualTo("/scratch/ada /home/ada /");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/etc", "/bin", "/mnt", "/usr", "/var", "/opt", "/sbin", "/lib", "/lib64", "/proc", "/sys/x"
            })
    void directories_that_are_the_image_s_own_business_are_not_bound(String directory) throws Exception {
        situation.workingDirectory = directory;
        situation.files.directories("/sys/x");
        assertThat(binds()).doesNotContain("/etc /etc", "/opt /opt", directory + " " + directory + " nodev");
        assertThat(binds()).filteredOn(bind -> bind.startsWith(directory + " ")).hasSizeLessThanOrEqualTo(1);
        assertThat(start()).startsWith(directory);
    }

    @Test
    void a_working_directory_below_opt_is_bound() throws Exception {
        situation.workingDirectory = "/opt/tools";
        assertThat(binds()).contains("/opt/tools /opt/tools");
    }

    @Test
    void a_working_directory_through_a_link_of_the_image_is_not_bound() throws Exception {
        situation.workingDirectory = "/scratch/ada";
        situation.image.directories("/srv/scratch").link("/scratch", "srv/scratch");
        assertThat(binds()).noneMatch(bind -> bind.startsWith("/scratch"));
        assertThat(start()).isEqualTo("/scratch/ada /home/ada /");
    }

    @Test
    void a_working_directory_that_the_user_has_bound_is_not_bound_again() throws Exception {
        situation.workingDirectory = "/scratch/ada";
        situation.binds = List.of(new Bind("/scratch", "/scratch", true));
        assertThat(binds()).contains("/scratch /scratch").doesNotContain("/scratch/ada /scratch/ada");
    }

    @Test
    void a_working_directory_in_tmp_is_there_with_it() throws Exception {
        situation.workingDirectory = "/tmp/job";
        situation.files.directories("/tmp/job");
        assertThat(binds()).doesNotContain("/tmp/job /tmp/job");
        assertThat(start()).isEqualTo("/tmp/job /home/ada /");
    }

    @Test
    void a_working_directory_where_the_image_has_a_file_is_left_out_without_a_word() throws Exception {
        situation.workingDirectory = "/scratch/ada";
        situation.image.file("/scratch", "");
        assertThat(binds()).noneMatch(bind -> bind.startsWith("/scratch"));
        assertThat(situation.plan().warnings()).isEmpty();
    }

    @Test
    void a_working_directory_in_a_loop_of_links_of_the_image_is_left_out_without_a_word() throws Exception {
        situation.workingDirectory = "/scratch/ada";
        situation.image.link("/scratch", "scratch");
        assertThat(binds()).noneMatch(bind -> bind.startsWith("/scratch"));
    }

    @Test
    void temporary_directories_in_a_loop_of_links_of_the_image_are_left_out_with_a_warning() throws Exception {
        situation.image.without("/var/tmp").link("/var/tmp", "tmp");
        assertThat(situation.plan().warnings()).singleElement().asString().startsWith("cannot bind /var/tmp: ");
    }

    @Test
    void temporary_directories_are_mounted_once_if_one_is_a_link_to_the_other() throws Exception {
        situation.image.without("/var/tmp").link("/var/tmp", "../tmp");
        assertThat(binds()).contains("/tmp /tmp").noneMatch(bind -> bind.startsWith("/var/tmp"));
    }

    @Test
    void a_home_below_a_link_of_the_image_is_bound_where_the_link_leads() throws Exception {
        situation.image.without("/home").link("/home", "var/home").directories("/var/home");
        assertThat(binds()).contains("/home/ada /var/home/ada");
        assertThat(situation.text().replaceAll(" +", " "))
                .contains("directory /skeleton/var/home/ada 755\n")
                .doesNotContain("/skeleton/home");
    }

    @Test
    void a_home_below_a_link_of_the_host_is_bound_under_the_name_that_the_user_knows() throws Exception {
        situation.files.without("/home").link("/home", "export/home").directories("/export/home/ada/project");
        assertThat(binds()).contains("/home/ada /home/ada").doesNotContain("/home/ada/project /home/ada/project");
        assertThat(situation.plan().warnings()).isEmpty();
    }

    @Test
    void a_home_that_does_not_exist_gets_a_warning() throws Exception {
        situation.account = new Account("ada", 1000, 1000, "", "/nowhere", "/bin/sh");
        assertThat(situation.plan().warnings()).containsExactly("cannot bind /nowhere: it does not exist on the host");
        assertThat(situation.text()).containsPattern("env-set +HOME /nowhere\n");
    }

    @Test
    void a_home_of_root_alone_is_not_bound() throws Exception {
        situation.account = new Account("ada", 1000, 1000, "", "/", "/bin/sh");
        situation.workingDirectory = "/";
        assertThat(binds()).noneMatch(bind -> bind.startsWith("/ "));
        assertThat(start()).isEqualTo("/");
        assertThat(situation.text()).containsPattern("env-set +HOME /\n");
    }

    @Test
    void an_account_without_a_home_starts_where_it_can() throws Exception {
        situation.account = new Account("ada", 1000, 1000, "", "", "/bin/sh");
        situation.workingDirectory = "/srv";
        assertThat(start()).isEqualTo("/srv /");
    }

    @Test
    void none_of_the_user_s_directories_are_bound_if_none_are_wanted() throws Exception {
        situation.leftOut = List.of("home", "cwd");
        assertThat(binds()).noneMatch(bind -> bind.contains("/home"));
    }

    @Test
    void without_the_home_a_working_directory_that_is_the_home_is_still_bound() throws Exception {
        situation.leftOut = List.of("home");
        situation.workingDirectory = "/home/ada";
        assertThat(binds()).contains("/home/ada /home/ada");
    }

    private List<String> binds() throws Exception {
        var binds = new ArrayList<String>();
        for (Op op : situation.plan().ops()) {
            if (op instanceof Op.Bind bind) {
                binds.add(bind.hostPath() + " " + bind.containerPath());
            }
        }
        return binds;
    }

    private String start() throws Exception {
        for (Op op : situation.plan().ops()) {
            if (op instanceof Op.ChangeDirectory change) {
                return String.join(" ", change.candidates());
            }
        }
        return "";
    }
}
