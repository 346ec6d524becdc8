package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Writable;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is particular to a payload that is root of its user namespace.
class FakerootPlanTest {
    @TempDir
    Path temporary = Path.of("");

    private final Situation situation = new Situation();

    @BeforeEach
    void the_caller_is_root_in_the_container() {
        situation.subIds();
        situation.identity = Identity.FAKEROOT;
    }

    @Test
    void the_caller_s_home_is_root_s() throws Exception {
        assertThat(situation.text().replaceAll(" +", " "))
                .contains("bind /home/ada /root nodev\n", "env-set HOME /root\n")
                .doesNotContain("bind /home/ada /home/ada");
    }

    @Test
    void there_is_one_user_namespace_and_its_capabilities_stay() throws Exception {
        assertThat(situation.plan().ops())
                .filteredOn(Op.UserNamespace.class::isInstance)
                .hasSize(1);
        assertThat(situation.plan().ops()).contains(new Op.Privileges(true, 0, -1, -1, 0));
    }

    @Test
    void a_writable_sandbox_keeps_its_own_account_files_so_that_users_can_be_added() throws Exception {
        situation.sandbox(temporary.resolve("sandbox"));
        situation.writable = Writable.YES;
        assertThat(situation.text()).doesNotContain("bind-session");
    }

    @Test
    void groups_of_the_caller_that_are_not_mapped_are_not_named() throws Exception {
        assertThat(situation.text()).doesNotContain("ada:x:1000");
    }
}
