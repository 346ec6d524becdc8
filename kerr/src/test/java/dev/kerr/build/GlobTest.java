package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
    @TempDir
    Path directory;

    @BeforeEach
    void fill() throws IOException {
        for (String file :
                List.of("a.txt", "b.txt", "c.md", ".hidden.txt", "d/e.txt", "d/f/g.txt", "with blank.txt", "[x]")) {
            Path path = directory.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, file);
        }
    }

    private List<String> expand(String pattern) throws IOException, UserException {
        return new Glob(directory::resolve).expand(pattern);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "a.txt~a.txt",
                "*.txt~a.txt;b.txt;with blank.txt",
                ".*.txt~.hidden.txt",
                "?.txt~a.txt;b.txt",
                "[ab].txt~a.txt;b.txt",
                "[!a].txt~b.txt",
                "[a-c].*~a.txt;b.txt;c.md",
                "{b,a}.txt~b.txt;a.txt",
                "{a.txt,d/{e.txt,f}}~a.txt;d/e.txt;d/f",
                "*/e.txt~d/e.txt",
                "**/*.txt~a.txt;b.txt;d/e.txt;d/f/g.txt;with blank.txt",
                "d/**~d/e.txt;d/f;d/f/g.txt",
                "*/~d/",
                "./a.txt~./a.txt",
                "d/../a.txt~d/../a.txt",
                "@(a|c).*~a.txt;c.md",
                "!(*.txt|d)~[x];c.md",
                "+(a|b).t?(x)xt?(q)~a.txt;b.txt",
                "\\[x\\]~[x]",
                "*blank*~with blank.txt"
            })
    void patterns_match_as_in_bash(String pattern, String expected) throws IOException, UserException {
        assertThat(expand(pattern)).containsExactly(expected.split(";"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "*.none", "{a.txt,none}", "a.txt/", "d/none"})
    void a_pattern_that_names_nothing_is_refused(String pattern) {
        assertThatThrownBy(() -> expand(pattern))
                .isInstanceOf(UserException.class)
                .hasMessage("no such file: " + pattern.replace("{a.txt,none}", "none"));
    }

    @Test
    void absolute_patterns_keep_their_root() throws IOException, UserException {
        assertThat(expand(directory + "/a.*")).containsExactly(directory + "/a.txt");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a{b,c}d|abd;acd",
                "a{b}|a{b}",
                "{a,b}{c,d}|ac;ad;bc;bd",
                "{a|{a",
                "a{,b}|a;ab",
                "\\{a,b}|\\{a,b}",
                "{}|{}"
            })
    void braces_expand_as_in_bash(String text, String expected) {
        assertThat(Braces.expand(text)).containsExactly(expected.split(";"));
    }
}
