package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.log.UserException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is particular to a payload that is a user of the image.
class ImageUserPlanTest {
    private final Situation situation = new Situation();

    @BeforeEach
    void the_payload_is_the_image_s_app() {
        situation.image.file("/etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:50:51::/srv/app:/bin/sh\n");
        situation.image.file("/etc/group", "staff:x:60:app\n");
        situation.identity = new Identity.OfImage("app");
    }

    @Test
    void with_sub_ids_all_ids_are_mapped_and_the_caller_has_the_user_s() throws Exception {
        situation.subIds();
        assertThat(situation.plan().ops())
                .filteredOn(Op.UserNamespace.class::isInstance)
                .containsExactly(new Op.UserNamespace(
                        "0 100000 50\n50 1000 1\n51 100050 65486",
                        "0 100000 51\n51 1000 1\n52 100051 65485",
                        "/usr/bin/newuidmap",
                        "/usr/bin/newgidmap"));
        assertThat(situation.plan().ops()).contains(new Op.Privileges(true, 0xef, 0, 0, 0));
    }

    @Test
    void without_sub_ids_the_caller_alone_is_mapped() throws Exception {
        assertThat(situation.plan().ops())
                .filteredOn(Op.UserNamespace.class::isInstance)
                .containsExactly(
                        new Op.UserNamespace("50 1000 1", "51 1000 1", "", ""),
                        new Op.UserNamespace("50 50 1", "51 51 1", "", ""));
    }

    @Test
    void root_becomes_the_user_before_it_has_no_rights() throws Exception {
        assertThat(situation.root().plan().ops())
                .containsSubsequence(
                        new Op.Plain(OpCode.ENTER),
                        new Op.Become(50, 51, List.of(60)),
                        new Op.Privileges(true, 0xef, 0, 0, 0))
                .noneMatch(Op.UserNamespace.class::isInstance);
    }

    @Test
    void root_of_the_image_keeps_its_rights_over_the_container() throws Exception {
        situation.subIds();
        situation.identity = new Identity.OfImage("root");
        assertThat(situation.plan().ops()).contains(new Op.Privileges(true, 0, -1, -1, 0));
    }

    @Test
    void the_home_is_the_image_s() throws Exception {
        assertThat(situation.text().replaceAll(" +", " "))
                .contains("env-set HOME /srv/app\n")
                .doesNotContain("bind /home/ada /");
    }

    @Test
    void no_group_of_the_caller_s_is_named() throws Exception {
        assertThat(situation.plan().ops())
                .filteredOn(Op.WriteFile.class::isInstance)
                .extracting(op -> op.arguments().getLast())
                .noneMatch(text -> text.contains("ada"));
    }

    @Test
    void a_user_that_the_image_lacks_is_refused() {
        situation.identity = new Identity.OfImage("ghost");
        assertThatThrownBy(situation::plan).isInstanceOf(UserException.class).hasMessageContaining("user ghost");
    }
}
