package dev.kerr.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsTest {
    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/bash
            # a comment
            short:x:7
            ada:x:1000:1001:Ada:/home/ada:
            twin:x:1000:1:Twin:/home/twin:/bin/sh
            """;

    @Test
    void the_first_account_of_an_id_is_found() {
        assertThat(Accounts.userIn(PASSWD, 1000)).contains(new Account("ada", 1000, 1001, "Ada", "/home/ada", ""));
        assertThat(Accounts.userIn(PASSWD, 0).map(Account::line)).contains("root:x:0:0:root:/root:/bin/bash");
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 1, 1001, Integer.MAX_VALUE})
    void what_is_not_there_or_malformed_is_not_found(int uid) {
        assertThat(Accounts.userIn(PASSWD, uid)).isEmpty();
        assertThat(Accounts.userIn("", uid)).isEmpty();
    }

    @Test
    void a_group_is_found_by_its_id() {
        assertThat(Accounts.groupIn("root:x:0:\nadm:x:4:ada,bob\nbad:x\n", 4)).contains(new Group("adm", 4));
        assertThat(Accounts.groupIn("bad:x", 5)).isEmpty();
    }

    @Test
    void the_host_knows_root() {
        assertThat(Accounts.user(0)).map(Account::uid).contains(0);
        assertThat(Accounts.group(0)).map(Group::gid).contains(0);
    }

    @Test
    void an_id_that_nobody_has_is_unknown() {
        assertThat(Accounts.user(1_987_654_321)).isEmpty();
        assertThat(Accounts.group(1_987_654_321)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0", "7, 7", "007, 7", "2147483647, 2147483647", "2147483648, -1", "9999999999, -1", "99999999999, -1",
        "-1, -1", "+1, -1", "1 , 1", "' 1', -1", "1x, -1", "'', -1", "٣, -1"
    })
    void an_id_is_a_number_of_digits(String text, int expected) {
        assertThat(Fields.id(text)).isEqualTo(expected);
    }

    @Test
    void fields_are_split_at_every_colon() {
        assertThat(Fields.of("a::b:")).containsExactly("a", "", "b", "");
        assertThat(Fields.of("")).containsExactly("");
    }

    @Test
    void words_are_split_at_blanks() {
        assertThat(Words.of(" a\t bc \n d")).containsExactly("a", "bc", "d");
        assertThat(Words.of(" \n")).isEmpty();
    }
}
