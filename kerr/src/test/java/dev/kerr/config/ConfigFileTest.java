package dev.kerr.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void without_a_file_the_defaults_hold() throws UserException {
        assertThat(ConfigFile.read(directory.resolve("none"))).isEqualTo(Config.defaults());
        assertThat(parse("")).isEqualTo(Config.defaults());
        assertThat(parse("\n# nothing\n   \n")).isEqualTo(Config.defaults());
    }

    @Test
    void the_file_that_is_installed_says_what_the_defaults_are() throws UserException {
        assertThat(ConfigFile.read(Path.of("../etc/kerr.conf"))).isEqualTo(Config.defaults());
    }

    @Test
    void what_packing_may_take_is_read() throws UserException {
        var packing = parse("mksquashfs procs = 3\nmksquashfs mem = 500M\n").packing();
        assertThat(packing.threads()).hasValue(3);
        assertThat(packing.memoryBytes()).hasValue(500L << 20);
        assertThat(parse("mksquashfs procs = 0\n").packing().threads()).isEmpty();
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> parse("mksquashfs mem = much\n"))
                .withMessageContaining("mksquashfs mem is not a size such as 500M or 1G: much");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> parse("mksquashfs procs = -1\n"))
                .withMessageContaining("mksquashfs procs");
    }

    @Test
    void directives_are_read() throws UserException {
        var config = parse("""
                mount proc = no
                  mount sys=no   # really
                mount home = yes
                config passwd = no
                bind path = /data
                bind path = /a:/b, /c ,
                sessiondir max size = 16
                binary path = /opt/bin:/usr/bin
                """);
        assertThat(config.mounts()).isEqualTo(new Config.Mounts(false, false, true, true, true));
        assertThat(config.files()).isEqualTo(new Config.Files(false, true, true));
        assertThat(config.binds())
                .containsExactly(
                        new Config.BindPath("/data", "/data"),
                        new Config.BindPath("/a", "/b"),
                        new Config.BindPath("/c", "/c"));
        assertThat(config.sessionBytes()).isEqualTo(16L << 20);
        assertThat(config.programs()).isEqualTo(List.of("/opt/bin", "/usr/bin"));
    }

    @Test
    void the_last_of_several_values_counts_except_for_binds() throws UserException {
        assertThat(parse("mount proc = no\nmount proc = yes\n").mounts().proc()).isTrue();
        assertThat(parse("bind path =\n").binds()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mont proc = yes                 | conf:1: unknown directive \"mont proc\"",
                "mount proc                      | conf:1: unknown directive \"mount proc\"",
                "= yes                           | conf:1: unknown directive \"\"",
                "Mount Proc = yes                | conf:1: unknown directive \"Mount Proc\"",
                "mount  proc = yes               | conf:1: unknown directive \"mount  proc\"",
            })
    void an_unknown_directive_is_named_with_its_line(String text, String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> parse(text))
                .withMessage(message)
                .satisfies(wrong -> assertThat(wrong.hint()).startsWith("known are: bind path, "));
    }

    @Test
    void lines_are_counted_with_those_that_say_nothing() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> parse("# first\n\nmont proc = yes"))
                .withMessage("conf:3: unknown directive \"mont proc\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mount proc = maybe",
                "mount proc =",
                "mount proc = YES",
                "bind path = relative",
                "bind path = /a:relative",
                "bind path = /a:/b:ro",
                "sessiondir max size = 0",
                "sessiondir max size = -1",
                "sessiondir max size = much",
                "sessiondir max size = 1073741825",
                "sessiondir max size = 99999999999999999999",
            })
    void a_value_that_cannot_be_obeyed_is_refused_with_its_line(String line) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> parse("mount sys = yes\n" + line + "\n"))
                .satisfies(wrong -> assertThat(wrong.getMessage()).startsWith("conf:2: "));
    }

    @Test
    void a_file_that_cannot_be_read_is_named() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ConfigFile.read(directory))
                .withMessage("cannot read the configuration " + directory);
    }

    @Test
    void line_ends_of_other_systems_are_no_part_of_a_value() throws IOException, UserException {
        Path file = Files.writeString(directory.resolve("kerr.conf"), "mount proc = no\r\n");
        assertThat(ConfigFile.read(file).mounts().proc()).isFalse();
    }

    private static Config parse(String text) throws UserException {
        return ConfigFile.parse("conf", text);
    }
}
