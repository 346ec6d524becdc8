package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/a            | /a        | /a    | false",
                "/a:/b         | /a        | /b    | false",
                "/a:/b:ro      | /a        | /b    | true",
                "/a:/b:rw      | /a        | /b    | false",
                "/a::ro        | /a        | /a    | true",
                "/a:           | /a        | /a    | false",
                "x:/b          | /here/x   | /b    | false",
                "./x:/b        | /here/./x | /b    | false",
                "..:/b         | /here/..  | /b    | false",
                "/a b:/c d     | /a b      | /c d  | false",
                "/a\\:b:/c\\:d | /a:b      | /c:d  | false",
                "/a\\,b        | /a,b      | /a,b  | false",
                "/a\\\\:/b     | /a\\      | /b    | false",
                "/a\\x         | /a\\x     | /a\\x | false",
                "/a\\          | /a\\      | /a\\  | false",
            })
    void a_bind_is_source_target_and_option(String text, String source, String target, boolean readOnly)
            throws UserException {
        assertThat(Bind.parse(text, "/here")).containsExactly(new Bind(source, target, readOnly));
    }

    @Test
    void a_list_has_commas_and_empty_items_do_not_count() throws UserException {
        assertThat(Bind.parse(",/a,,/b:/c:ro,", "/"))
                .containsExactly(new Bind("/a", "/a", false), new Bind("/b", "/c", true));
        assertThat(Bind.parse("", "/")).isEqualTo(List.of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ":/b           | malformed bind :/b",
                "/a:/b:ro:x    | malformed bind /a:/b:ro:x",
                "/a:b          | the target of bind /a:b is not an absolute path",
                "a             | the target of bind a is not an absolute path",
                "/a:/b:        | unknown option \"\" in bind /a:/b:",
                "/a:/b:RO      | unknown option \"RO\" in bind /a:/b:RO",
                "/a:/b:image-src=x  | unknown option \"image-src=x\" in bind /a:/b:image-src=x",
                "/a:/b:id=0         | unknown option \"id=0\" in bind /a:/b:id=0",
                "/a:/b:ro,id=x      | unknown option \"id=x\" in bind /a:/b:ro",
                "/a:/          | bind /a:/ would hide the whole container",
                "/a:/b/..      | bind /a:/b/.. would hide the whole container",
                "/             | bind / would hide the whole container",
                "/x,/a:b       | the target of bind /a:b is not an absolute path",
            })
    void a_malformed_bind_is_refused(String text, String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Bind.parse(text, "/here"))
                .withMessage(message);
    }
}
