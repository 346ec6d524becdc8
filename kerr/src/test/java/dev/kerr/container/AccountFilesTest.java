package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.linux.Account;
import dev.kerr.linux.Group;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountFilesTest {
    private static final Account ADA = new Account("ada", 1000, 1000, "Ada,,,", "/home/ada", "/bin/zsh");

    @Test
    void a_caller_whom_the_image_does_not_know_gets_a_line() {
        assertThat(AccountFiles.passwd("root:x:0:0:root:/root:/bin/bash\n", ADA))
                .isEqualTo("""
                        root:x:0:0:root:/root:/bin/bash
                        ada:x:1000:1000:Ada,,,:/home/ada:/bin/zsh
                        """);
    }

    @Test
    void a_file_without_a_line_end_or_without_a_line_gets_the_caller_s() {
        assertThat(AccountFiles.passwd("root:x:0:0::/:/sh", ADA))
                .isEqualTo("root:x:0:0::/:/sh\nada:x:1000:1000:Ada,,,:/home/ada:/bin/zsh\n");
        assertThat(AccountFiles.passwd("", ADA)).isEqualTo("ada:x:1000:1000:Ada,,,:/home/ada:/bin/zsh\n");
    }

    @Test
    void a_uid_that_the_image_has_gets_the_caller_s_name_and_home_and_keeps_shell_and_group() {
        assertThat(AccountFiles.passwd("user:!:1000:50:User:/home/user:/bin/ash\nz:x:7:7:::\n", ADA))
                .isEqualTo("""
                        ada:!:1000:50:Ada,,,:/home/ada:/bin/ash
                        z:x:7:7:::
                        """);
    }

    @Test
    void only_the_first_line_of_a_uid_is_the_caller_s() {
        assertThat(AccountFiles.passwd("a:x:1000:1:::/sh\nb:x:1000:1:::/sh\n", ADA))
                .isEqualTo("ada:x:1000:1:Ada,,,:/home/ada:/sh\nb:x:1000:1:::/sh\n");
    }

    @Test
    void root_keeps_the_image_s_name() {
        var root = new Account("toor", 0, 0, "Charlie", "/var/root", "/bin/csh");
        assertThat(AccountFiles.passwd("admin:x:0:0:root:/root:/bin/bash\n", root))
                .isEqualTo("admin:x:0:0:Charlie:/var/root:/bin/bash\n");
    }

    @Test
    void malformed_lines_of_the_image_stay_as_they_are() {
        String odd = "# comment\n\nada:x:1000\n+::::::\nx:y:z\n";
        assertThat(AccountFiles.passwd(odd, ADA)).isEqualTo(odd + "ada:x:1000:1000:Ada,,,:/home/ada:/bin/zsh\n");
    }

    @Test
    void no_field_of_the_caller_can_begin_another_field_or_line() {
        var hostile = new Account("ad\na", 1000, 1000, "x:y", "/x\nroot::0:0:", "/bin/sh\r\n");
        assertThat(AccountFiles.passwd("", hostile)).isEqualTo("ad_a:x:1000:1000:x_y:/x_root__0_0_:/bin/sh__\n");
        assertThat(AccountFiles.passwd("u:x:1000:1:::/sh\n", hostile))
                .isEqualTo("ad_a:x:1000:1:x_y:/x_root__0_0_:/sh\n");
    }

    @Test
    void names_in_any_script_stay() {
        var account = new Account("zoë", 5, 5, "Zoë Ω", "/home/zoë", "/bin/sh");
        assertThat(AccountFiles.passwd("", account)).isEqualTo("zoë:x:5:5:Zoë Ω:/home/zoë:/bin/sh\n");
    }

    @Test
    void each_group_of_the_caller_gets_a_line() {
        var groups = List.of(new Group("ada", 1000), new Group("phys\n:x", 2000));
        assertThat(AccountFiles.group("root:x:0:\n", groups, ADA)).isEqualTo("""
                        root:x:0:
                        ada:x:1000:ada
                        phys__x:x:2000:ada
                        """);
    }

    @Test
    void a_group_that_the_image_has_still_gets_the_line_that_makes_the_caller_a_member() {
        assertThat(AccountFiles.group("users:x:1000:\n", List.of(new Group("ada", 1000)), ADA))
                .isEqualTo("users:x:1000:\nada:x:1000:ada\n");
    }

    @Test
    void a_group_file_without_a_line_end_stays_a_file_of_lines() {
        assertThat(AccountFiles.group("root:x:0:", List.of(new Group("ada", 1000)), ADA))
                .isEqualTo("root:x:0:\nada:x:1000:ada\n");
    }
}
