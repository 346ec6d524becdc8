package dev.kerr.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpanderTest {
    private static final SourceText SOURCE = SourceText.of("Dockerfile", "");
    private static final Map<String, String> VARIABLES = Map.of(
            "X",
            "value",
            "EMPTY",
            "",
            "TWO",
            "a b",
            "FILE",
            "archive.tar.gz",
            "DIR",
            "/usr/local/bin",
            "STAR",
            "a*b*c",
            "éé",
            "letters",
            "A1_b",
            "name",
            "1",
            "one",
            "Q",
            "say \"it's\"");

    private static Expander expander(char escape) {
        return new Expander(SOURCE, 7, escape, VARIABLES);
    }

    // Between bars: the text, and what becomes of it.
    @ParameterizedTest
    @CsvSource(
            delimiter = '⇒',
            quoteCharacter = '¶',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "|plain| ⇒ |plain|",
                "|| ⇒ ||",
                "|$X| ⇒ |value|",
                "|${X}| ⇒ |value|",
                "|a$X.b| ⇒ |avalue.b|",
                "|a${X}b| ⇒ |avalueb|",
                "|$Xb| ⇒ ||",
                "|$A1_b-c| ⇒ |name-c|",
                "|$éé| ⇒ |letters|",
                "|$1abc| ⇒ |oneabc|",
                "|$NOPE| ⇒ ||",
                "|${NOPE}x| ⇒ |x|",
                "|$| ⇒ |$|",
                "|$ x| ⇒ |$ x|",
                "|a$.b| ⇒ |a$.b|",
                "|$$X| ⇒ |X|",
                "|$X$X| ⇒ |valuevalue|",
                "|\\$X| ⇒ |$X|",
                "|\\${X}| ⇒ |${X}|",
                "|\\\\$X| ⇒ |\\value|",
                "|a\\b| ⇒ |ab|",
                "|a\\| ⇒ |a|",
                "|\\'$X\\'| ⇒ |'value'|",
                "|'$X'| ⇒ |$X|",
                "|'a\\b'| ⇒ |a\\b|",
                "|\"$X\"| ⇒ |value|",
                "|\"'$X'\"| ⇒ |'value'|",
                "|\"a\\b\"| ⇒ |a\\b|",
                "|\"a\\\"b\"| ⇒ |a\"b|",
                "|\"\\$X\"| ⇒ |$X|",
                "|\"\\\\\"| ⇒ |\\|",
                "|a\"b c\"'d e'f| ⇒ |ab cd ef|",
                "|''| ⇒ ||",
                "|$Q| ⇒ |say \"it's\"|",
                "|\"$TWO\"| ⇒ |a b|",
                "|${X:-word}| ⇒ |value|",
                "|${EMPTY:-word}| ⇒ |word|",
                "|${NOPE:-word}| ⇒ |word|",
                "|${EMPTY-word}| ⇒ ||",
                "|${NOPE-word}| ⇒ |word|",
                "|${NOPE:-}| ⇒ ||",
                "|${NOPE:-a b}| ⇒ |a b|",
                "|${NOPE:-$X}| ⇒ |value|",
                "|${NOPE:-${EMPTY:-${X}}}| ⇒ |value|",
                "|${NOPE:-'${X}'}| ⇒ |${X}|",
                "|${NOPE:-\"a}b\"}| ⇒ |a}b|",
                "|${NOPE:-a\\}b}| ⇒ |a}b|",
                "|${X:+word}| ⇒ |word|",
                "|${EMPTY:+word}| ⇒ ||",
                "|${NOPE:+word}| ⇒ ||",
                "|${EMPTY+word}| ⇒ |word|",
                "|${NOPE+word}| ⇒ ||",
                "|${X:?gone}| ⇒ |value|",
                "|${EMPTY?gone}| ⇒ ||",
                "|${FILE#*.}| ⇒ |tar.gz|",
                "|${FILE##*.}| ⇒ |gz|",
                "|${FILE%.*}| ⇒ |archive.tar|",
                "|${FILE%%.*}| ⇒ |archive|",
                "|${FILE#archive}| ⇒ |.tar.gz|",
                "|${FILE#nothing}| ⇒ |archive.tar.gz|",
                "|${FILE%????}| ⇒ |archive.ta|",
                "|${FILE#}| ⇒ |archive.tar.gz|",
                "|${FILE##*}| ⇒ ||",
                "|${FILE#*}| ⇒ |archive.tar.gz|",
                "|${NOPE#x}| ⇒ ||",
                "|${DIR##*/}| ⇒ |bin|",
                "|${DIR%/*}| ⇒ |/usr/local|",
                "|${DIR%%/*}| ⇒ ||",
                "|${STAR#a\\*}| ⇒ |b*c|",
                "|${STAR##*\\*}| ⇒ |c|",
                "|${STAR%\\**}| ⇒ |a*b|",
                "|${X%${NOPE:-e}}| ⇒ |valu|",
                "|${FILE/a/A}| ⇒ |Archive.tar.gz|",
                "|${FILE//a/A}| ⇒ |Archive.tAr.gz|",
                "|${FILE/.*/}| ⇒ |archive|",
                "|${FILE//./_}| ⇒ |archive_tar_gz|",
                "|${FILE/?/_}| ⇒ |_rchive.tar.gz|",
                "|${FILE//?/_}| ⇒ |______________|",
                "|${FILE//*/x}| ⇒ |x|",
                "|${DIR//\\//:}| ⇒ |:usr:local:bin|",
                "|${FILE/nothing/x}| ⇒ |archive.tar.gz|",
                "|${NOPE/a/b}| ⇒ ||",
                "|${FILE/tar/$X}| ⇒ |archive.value.gz|",
                "|${FILE/tar/\\$1}| ⇒ |archive.\\$1.gz|",
            })
    void texts_are_expanded(String text, String expanded) throws UserException {
        assertThat("|" + expander('\\').word(text.substring(1, text.length() - 1)) + "|")
                .isEqualTo(expanded);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '⇒',
            quoteCharacter = '¶',
            value = {
                "`$X ⇒ $X",
                "a\\b ⇒ a\\b",
                "\"a`\"b\" ⇒ a\"b",
                "\\$X ⇒ \\value",
                "``$X ⇒ `value",
            })
    void a_backquote_escapes_instead_if_the_file_says_so(String text, String expanded) throws UserException {
        assertThat(expander('`').word(text)).isEqualTo(expanded);
    }

    @Test
    void words_are_those_between_blanks_that_are_not_quoted() throws UserException {
        assertThat(expander('\\').words(" 80  $TWO \"$TWO\" 'x y' p\\ q $NOPE ${NOPE:-r s} "))
                .containsExactly("80", "a", "b", "a b", "x y", "p q", "r", "s");
    }

    @Test
    void quotes_of_documents_are_text_and_escapes_are_not() throws UserException {
        assertThat(expander('`').document("\"$X\" '$X' \\$X\n`$X")).isEqualTo("\"value\" 'value' $X\n`value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${",
                "${X",
                "${X:",
                "${X:-",
                "${X:-a",
                "${}",
                "${:-a}",
                "${{X}}",
                "${X!}",
                "${X:#a}",
                "${X:x}",
                "${X/a}",
                "${X/a/b",
                "${X//",
                "${X#\\a}",
                "'",
                "\"",
                "a'b",
                "\"a",
                "\"${X\"",
                "${NOPE?}",
                "${EMPTY:?gone}",
                "${ X}"
            })
    void what_cannot_be_expanded_is_refused_with_its_line(String text) {
        assertThatThrownBy(() -> expander('\\').word(text))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("Dockerfile:7:1: ");
    }

    @Test
    void a_message_of_the_file_is_shown() {
        assertThatThrownBy(() -> expander('\\').word("${NOPE:?give a version}"))
                .hasMessage("Dockerfile:7:1: variable 'NOPE' is missing: give a version in '${NOPE:?give a version}'");
    }

    @Test
    void values_that_double_with_each_instruction_come_to_an_end() {
        assertThatThrownBy(() -> {
                    String value = "0123456789";
                    while (true) {
                        value = new Expander(SOURCE, 7, '\\', Map.of("V", value)).word("$V$V$V$V");
                    }
                })
                .isInstanceOf(UserException.class)
                .hasMessageContaining("16 MiB");
    }
}
