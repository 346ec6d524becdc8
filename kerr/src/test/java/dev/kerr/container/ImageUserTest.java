package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.linux.Account;
import dev.kerr.log.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageUserTest {
    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/bash
            short:x:5
            odd:x:none:0:::
            1234:x:50:51::/fifty:/bin/sh
            app:x:1234:1235:An app:/home/app:/bin/sh
            """;
    private static final String GROUP = """
            root:x:0:
            app:x:1235:app
            short:x
            staff:x:50:other,app
            wheel:x:10:application
            77:x:9:
            """;

    @Test
    void a_name_is_looked_up() throws Exception {
        assertThat(ImageUser.find("app", PASSWD, GROUP))
                .isEqualTo(
                        new ImageUser(new Account("app", 1234, 1235, "An app", "/home/app", "/bin/sh"), List.of(50)));
    }

    /// A name that looks like a number goes before the number, as with Docker.
    @ParameterizedTest
    @CsvSource({
        "'',0,0",
        "0,0,0",
        "root,0,0",
        "app,1234,1235",
        "1234,50,51",
        "51,51,0",
        "51:52,51,52",
        "app:staff,1234,50",
        "app:0,1234,0",
        "app:,1234,1235",
        ":staff,0,50",
        "app:77,1234,9",
        "2147483647,2147483647,0",
    })
    void users_and_groups_are_names_or_ids(String spelling, int uid, int gid) throws Exception {
        var account = ImageUser.find(spelling, PASSWD, GROUP).account();
        assertThat(List.of(account.uid(), account.gid())).containsExactly(uid, gid);
    }

    @Test
    void an_id_without_a_line_has_no_home() throws Exception {
        assertThat(ImageUser.find("99", "", "").account()).isEqualTo(new Account("user99", 99, 0, "", "/", "/bin/sh"));
    }

    @Test
    void who_names_a_group_has_no_others() throws Exception {
        assertThat(ImageUser.find("app:root", PASSWD, GROUP).groups()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ghost", "odd", "short", "app:ghosts", "-1", "2147483648", "app:-1", "app:app:app"})
    void what_the_image_lacks_is_refused(String spelling) {
        assertThatThrownBy(() -> ImageUser.find(spelling, PASSWD, GROUP))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is to run as");
    }
}
