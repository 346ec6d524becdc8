package dev.kerr.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IgnorePatternsTest {
    @ParameterizedTest
    @CsvSource({
        // pattern, a path, whether it is ignored
        "a, a, true",
        "a, b, false",
        "a, a/b, true",
        "a, a/b/c/d, true",
        "a, b/a, false",
        "a, ab, false",
        "a/b, a/b, true",
        "a/b, a, false",
        "a/b, a/b/c, true",
        "/a, a, true",
        "./a, a, true",
        "a/, a, true",
        "a//b, a/b, true",
        "a/./b/../c, a/c, true",
        "../a, a, false",
        "/../a, a, true",
        "., a, false",
        "/, a, false",
        "*, a, true",
        "*, a/b, true",
        "*.o, x.o, true",
        "*.o, d/x.o, false",
        "*.o, x.o/y, true",
        "*.o, .o, true",
        "a*, a, true",
        "a*c, abbc, true",
        "a*c, a/c, false",
        "*/temp*, d/temporary.txt, true",
        "*/temp*, temporary, false",
        "*/*/temp*, a/b/temp, true",
        "*/*/temp*, a/temp, false",
        "temp?, tempa, true",
        "temp?, temp, false",
        "temp?, tempab, false",
        "a?b, a/b, false",
        "[a-c]x, bx, true",
        "[a-c]x, dx, false",
        "[^a-c]x, dx, true",
        "[^a-c]x, ax, false",
        "[abc], c, true",
        "'[\\]a]', ], true",
        "[*]x, *x, true",
        "[*]x, ax, false",
        "'\\*', *, true",
        "'\\*', a, false",
        "'a\\b', ab, true",
        "**, a, true",
        "**, a/b/c, true",
        "**/x, x, true",
        "**/x, a/x, true",
        "**/x, a/b/x, true",
        "**/x, a/bx, false",
        "**/x, x/y, true",
        "**/*.go, a.go, true",
        "**/*.go, a/b/c.go, true",
        "**/*.go, a/b/c.gox, false",
        "**.go, a/b/c.go, true",
        "a/**, a/b, true",
        "a/**, a/b/c, true",
        "a/**, a, false",
        "a/**, ab, false",
        "a**, ab/c, true",
        "a/**/b, a/b, true",
        "a/**/b, a/x/b, true",
        "a/**/b, a/x/y/b, true",
        "a/**/b, a/xb, false",
        "a/**/b, ab, false",
        "a/**/**/b, a/b, true",
        "**/a/**, x/a/y, true",
        "**/a/**, x/a, false",
        "**/a/*/b, x/a/y/b, true",
        "**/a/*/b, x/a/b, false",
        "a.b, axb, false",
        "a+b, a+b, true",
        "(a|b), a, false",
        "$x{1}, $x{1}, true",
        "é?, éü, true",
    })
    void patterns_match_as_docker_has_it(String pattern, String path, boolean ignored) throws UserException {
        assertThat(IgnorePatterns.parse(pattern, "x").ignores(path)).isEqualTo(ignored);
    }

    @ParameterizedTest
    @CsvSource({
        // patterns between blanks, a path, whether it is ignored
        "*.md !README.md, README.md, false",
        "*.md !README.md, other.md, true",
        "*.md !README*.md README-secret.md, README-secret.md, true",
        "*.md README-secret.md !README*.md, README-secret.md, false",
        "!a a, a, true",
        "a !a/b, a/b, false",
        "a !a/b, a/b/c, false",
        "a !a/b, a/c, true",
        "a !a/b a/b/c, a/b/c, true",
        "** !src, src/x/y, false",
        "** !src, srcs, true",
        "** !**/*.c, a/b.c, false",
        "a !/a/b, a/b, false",
        "a !./a/b/, a/b, false",
    })
    void the_last_pattern_that_matches_says_it(String patterns, String path, boolean ignored) throws UserException {
        assertThat(IgnorePatterns.parse(patterns.replace(' ', '\n'), "x").ignores(path))
                .isEqualTo(ignored);
    }

    @Test
    void comments_blanks_and_a_byte_order_mark_are_no_patterns() throws UserException {
        var patterns = IgnorePatterns.parse("\uFEFF# a\r\n\r\n   \n  b  \r\n!  c\n #d\n", ".dockerignore");
        assertThat(patterns.ignores("# a")).isFalse();
        assertThat(patterns.ignores("b")).isTrue();
        assertThat(patterns.ignores("#d")).isTrue();
        assertThat(patterns.hasExceptions()).isTrue();
    }

    @Test
    void nothing_is_ignored_by_nothing() throws UserException {
        var patterns = IgnorePatterns.parse("", ".dockerignore");
        assertThat(patterns.ignores("a")).isFalse();
        assertThat(patterns.hasExceptions()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "[a", "[]", "[]a]", "[a-]", "[-a]", "[^]", "a\\", "[a\\", "!", "! ", "![x"})
    void what_is_no_pattern_is_refused_where_it_stands(String pattern) {
        assertThatThrownBy(() -> IgnorePatterns.parse("ok\n\n" + pattern + "\n", ".dockerignore"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(".dockerignore:3:" + (pattern.startsWith("![") ? 2 : 1) + ": ");
    }

    @Test
    void many_stars_take_no_time() throws UserException {
        var patterns = IgnorePatterns.parse("*a".repeat(50) + "/" + "**/b".repeat(50), "x");
        assertThat(patterns.ignores("a".repeat(500) + "/b".repeat(60) + "/c")).isTrue();
        assertThat(patterns.ignores("a".repeat(500) + "/c".repeat(60))).isFalse();
    }
}
