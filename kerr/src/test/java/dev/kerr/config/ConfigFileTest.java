package dev.kerr.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    void the_file_that_is_installed_has_every_directive_with_its_default_below_an_explanation() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("../etc/kerr.conf"));
        for (Directive directive : Directive.values()) {
            var values = new ArrayList<String>();
            for (int i = 0; i < lines.size(); i++) {
                var line = ConfigLine.of(lines.get(i));
                if (line.directive().equals(directive.text())) {
                    values.add(line.value());
                    String above = lines.get(i - values.size());
                    assertThat(above).as(directive.text()).startsWith("# ").containsIgnoringCase(directive.help());
                    assertThat(above).as(directive.text()).contains(directive.reason());
                }
            }
            assertThat(String.join(",", values)).as(directive.text()).isEqualTo(directive.standard());
            assertThat(values).as(directive.text()).isNotEmpty();
        }
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
        assertThat(config.mounts())
                .isEqualTo(new Config.Mounts(false, false, Config.Dev.YES, true, true, true, false, true));
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
                .satisfies(wrong -> assertThat(wrong.hint()).contains("kerr help config"));
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
                "mount dev = yes|no",
                "enable overlay = |",
                "limit container paths = relative",
                "cni plugin path = relative",
                "binary path =",
                "binary path = relative",
                "binary path = /bin:$PATH",
                "mksquashfs procs = 1025",
                "max loop devices = -1",
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

    @Test
    void every_topic_is_read() throws UserException {
        var config = parse("""
                mount dev = minimal
                user bind control = no
                enable overlay = driver
                allow container dir = no
                allow uts ns = no
                limit container owners = ada, 1001
                limit container paths = /images
                limit container paths = /more
                always use nv = yes
                allow kernel squashfs = no
                """);
        assertThat(config.mounts().dev()).isEqualTo(Config.Dev.MINIMAL);
        assertThat(config.users().userBindControl()).isFalse();
        assertThat(config.users().systemdGroups()).isTrue();
        assertThat(config.overlay()).isEqualTo(new Config.Overlay(true, true));
        assertThat(config.allow())
                .isEqualTo(new Config.Allow(true, true, false, new Config.Namespaces(true, true, true, false)));
        assertThat(config.limits())
                .isEqualTo(new Config.Limits(List.of("ada", "1001"), List.of(), List.of("/images", "/more")));
        assertThat(config.always()).isEqualTo(new Config.Always(true, false, false, false));
        assertThat(config.kernel()).isEqualTo(new Config.KernelMounts(false, true));
    }

    @ParameterizedTest
    @CsvSource({"yes, true, false", "try, true, false", "no, false, false", "driver, true, true"})
    void an_overlay_is_the_kernels_a_programs_or_none(String value, boolean enabled, boolean fuse)
            throws UserException {
        assertThat(parse("enable overlay = " + value).overlay()).isEqualTo(new Config.Overlay(enabled, fuse));
    }

    @Test
    void the_callers_path_is_searched_first_where_the_site_says_so() throws UserException {
        var config = parse("binary path = $PATH:/usr/bin:/bin");
        assertThat(config.programs()).containsExactly("$PATH", "/usr/bin", "/bin");
        assertThat(config.withCallerPath("/home/ada/bin:relative::.:/opt/bin").programs())
                .containsExactly("/home/ada/bin", "/opt/bin", "/usr/bin", "/bin");
        assertThat(config.withCallerPath("").programs()).containsExactly("/usr/bin", "/bin");
        assertThat(parse("binary path = /bin").withCallerPath("/home/ada/bin").programs())
                .containsExactly("/bin");
    }

    private static Config parse(String text) throws UserException {
        return ConfigFile.parse("conf", text);
    }
}
