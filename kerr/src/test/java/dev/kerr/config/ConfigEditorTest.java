package dev.kerr.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigEditorTest {
    private static final Directive BINDS = Directive.BIND_PATH;
    private static final Directive HOME = Directive.MOUNT_HOME;

    @TempDir
    Path directory = Path.of("");

    private interface Edit {
        void applyTo(ConfigEditor editor) throws UserException;
    }

    @Test
    void a_value_is_replaced_where_it_counts_and_all_else_stays() throws IOException, UserException {
        assertThat(edited("# a\n\nmount home=yes\n mount home = yes  # why\nmount sys = no", set(HOME, "no")))
                .isEqualTo("# a\n\nmount home=yes\nmount home = no # why\nmount sys = no\n");
    }

    @Test
    void a_directive_that_is_not_there_goes_behind_its_example_or_to_the_end() throws IOException, UserException {
        assertThat(edited("# mount home = no\nmount sys = no\n", set(HOME, "no")))
                .isEqualTo("# mount home = no\nmount home = no\nmount sys = no\n");
        assertThat(edited("# mount home\nmount sys = no", set(HOME, "no")))
                .isEqualTo("# mount home\nmount sys = no\nmount home = no\n");
        assertThat(edited("", set(HOME, "no"))).isEqualTo("mount home = no\n");
    }

    @Test
    void a_list_gets_what_it_has_not() throws IOException, UserException {
        assertThat(edited("bind path = /a, /b # ours\nmount sys = no\n", set(BINDS, "/b", "/c,/d", "/c")))
                .isEqualTo("bind path = /a, /b # ours\nbind path = /c\nbind path = /d\nmount sys = no\n");
        assertThat(edited("bind path = # none\n", set(BINDS, "/c", "/d")))
                .isEqualTo("bind path = /c # none\nbind path = /d\n");
    }

    @Test
    void what_a_list_has_by_default_stays_when_something_is_added() throws IOException, UserException {
        assertThat(edited("", set(BINDS, "/c")))
                .isEqualTo("bind path = /etc/localtime\nbind path = /etc/hosts\nbind path = /c\n");
    }

    @Test
    void items_are_taken_out_of_a_list_and_no_others() throws IOException, UserException {
        String text = "bind path = /a, /b # ours\nbind path = /c\nbind path = /a:/d\n";
        assertThat(edited(text, unset(BINDS, "/a")))
                .isEqualTo("bind path = /b # ours\nbind path = /c\nbind path = /a:/d\n");
        assertThat(edited(text, unset(BINDS, "/c", "/b"))).isEqualTo("bind path = /a # ours\nbind path = /a:/d\n");
        assertThat(edited("", unset(BINDS, "/etc/hosts"))).isEqualTo("bind path = /etc/localtime\n");
    }

    @Test
    void a_list_that_becomes_empty_does_not_get_its_default_back() throws IOException, UserException {
        String text = "bind path = /a # ours\nmount sys = no\nbind path = /b\n";
        for (Edit edit : List.of(unset(BINDS), unset(BINDS, "/a,/b"))) {
            assertThat(edited(text, edit)).isEqualTo("bind path = # ours\nmount sys = no\n");
        }
        assertThat(edited("", unset(BINDS))).isEqualTo("bind path =\n");
    }

    @Test
    void what_is_not_there_cannot_be_taken_out() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> edited("bind path = /a\n", unset(BINDS, "/b")))
                .withMessage("bind path has no value /b");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> edited("mount home = no\n", unset(HOME, "yes")))
                .withMessage("mount home has no value yes");
    }

    @Test
    void a_value_that_is_taken_out_leaves_the_default() throws IOException, UserException {
        assertThat(edited("mount home = no\nmount sys = no\nmount home = no\n", unset(HOME, "no")))
                .isEqualTo("mount sys = no\n");
    }

    @Test
    void the_default_is_put_back() throws IOException, UserException {
        assertThat(edited("mount home = no # why\n", editor -> editor.reset(HOME)))
                .isEqualTo("mount home = yes # why\n");
        assertThat(edited("# x\nbind path = /a\n# y\nbind path = /b\n", editor -> editor.reset(BINDS)))
                .isEqualTo("# x\nbind path = /etc/localtime\nbind path = /etc/hosts\n# y\n");
        assertThat(edited("limit container paths = /a\n", editor -> editor.reset(Directive.LIMIT_PATHS)))
                .isEqualTo("limit container paths =\n");
    }

    @Test
    void resetting_mends_a_line_that_is_wrong_and_no_other() throws IOException, UserException {
        assertThat(edited("mount home = maybe\n", editor -> editor.reset(HOME))).isEqualTo("mount home = yes\n");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> edited("mont sys = no\nmount home = no\n", editor -> editor.reset(HOME)))
                .withMessageContaining(":1: unknown directive \"mont sys\"");
    }

    @Test
    void a_wrong_value_is_refused() {
        for (String value : List.of("maybe", "", "yes # no", "yes\nmount sys = no")) {
            assertThatExceptionOfType(UserException.class).isThrownBy(() -> edited("", set(HOME, value)));
        }
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> edited("", set(HOME, "yes", "no")))
                .withMessage("mount home has one value, not 2");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> edited("", set(Directive.IMAGE_DRIVER, "x")))
                .withMessageContaining("image driver cannot be obeyed");
    }

    @Test
    void values_are_those_in_force() throws IOException, UserException {
        Path file = Files.writeString(directory.resolve("kerr.conf"), "bind path = /a, /b\nbind path = /c\n");
        assertThat(ConfigEditor.open(file).values(BINDS)).containsExactly("/a", "/b", "/c");
        assertThat(ConfigEditor.open(file).values(HOME)).containsExactly("yes");
        assertThat(ConfigEditor.open(directory.resolve("none")).values(BINDS))
                .containsExactly("/etc/localtime", "/etc/hosts");
    }

    @Test
    void a_file_is_replaced_as_a_whole_through_a_link_and_keeps_its_mode() throws IOException, UserException {
        Path file = Files.writeString(directory.resolve("real.conf"), "mount sys = no\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(directory.resolve("kerr.conf"), file);
        Object inode = Files.getAttribute(file, "unix:ino");
        var editor = ConfigEditor.open(link);
        editor.set(HOME, List.of("no"));
        editor.save();
        assertThat(file).hasContent("mount sys = no\nmount home = no\n");
        assertThat(link).isSymbolicLink();
        assertThat(Files.getAttribute(file, "unix:ino")).isNotEqualTo(inode);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(file, link);
        }
    }

    @Test
    void a_file_that_would_be_wrong_is_not_written() throws IOException, UserException {
        Path file = Files.writeString(directory.resolve("kerr.conf"), "mont sys = no\n");
        var editor = ConfigEditor.open(file);
        editor.set(HOME, List.of("no"));
        assertThatExceptionOfType(UserException.class).isThrownBy(editor::save);
        assertThat(file).hasContent("mont sys = no\n");
    }

    @Test
    void a_new_file_can_be_read_by_every_user() throws IOException, UserException {
        Path file = directory.resolve("new.conf");
        var editor = ConfigEditor.open(file);
        editor.set(HOME, List.of("no"));
        editor.save();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        assertThat(ConfigFile.read(file).mounts().home()).isFalse();
    }

    @Test
    void an_unknown_directive_is_named() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ConfigEditor.directive("mont home"))
                .withMessage("unknown directive \"mont home\"");
    }

    private static Edit set(Directive directive, String... values) {
        return editor -> editor.set(directive, List.of(values));
    }

    private static Edit unset(Directive directive, String... values) {
        return editor -> editor.unset(directive, List.of(values));
    }

    private String edited(String text, Edit edit) throws IOException, UserException {
        var editor = ConfigEditor.open(Files.writeString(directory.resolve("edited.conf"), text));
        edit.applyTo(editor);
        return editor.checkedText();
    }
}
