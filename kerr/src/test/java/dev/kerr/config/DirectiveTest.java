package dev.kerr.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.config.Directive.Effect;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each directive does something, or says why not.
class DirectiveTest {
    @ParameterizedTest
    @EnumSource
    void has_an_effect_or_a_reason_that_it_has_none(Directive directive) throws UserException {
        String line = directive.text() + " = " + another(directive);
        assertThat(directive.reason().isEmpty()).isEqualTo(directive.effect() == Effect.OBEYED);
        switch (directive.effect()) {
            case OBEYED -> assertThat(parse(line)).isNotEqualTo(Config.defaults());
            case HARMLESS -> assertThat(parse(line)).isEqualTo(Config.defaults());
            case REFUSED ->
                assertThatExceptionOfType(UserException.class)
                        .isThrownBy(() -> parse(line))
                        .withMessage("conf:1: " + directive.text() + " cannot be obeyed, for " + directive.reason()
                                + ": " + another(directive));
        }
    }

    @ParameterizedTest
    @EnumSource
    void takes_its_default_and_nothing_that_is_wrong(Directive directive) throws UserException {
        assertThat(parse(directive.text() + " = " + directive.standard())).isEqualTo(Config.defaults());
        String wrong = switch (directive.kind()) {
            case CHOICE -> "perhaps";
            case NUMBER -> "-1";
            case SIZE -> "much";
            case BINDS, PATHS, SEARCH_PATH, FILE -> "relative";
            case NAMES, WORD -> "";
        };
        if (!wrong.isEmpty()) {
            assertThat(directive.fault(wrong)).isEqualTo(directive.text() + " is not " + directive.described());
        }
    }

    @ParameterizedTest
    @EnumSource
    void each_word_of_a_choice_is_right(Directive directive) {
        if (directive.kind() == Directive.Kind.CHOICE && directive.effect() != Effect.REFUSED) {
            for (String word : directive.described().split(", | or ")) {
                assertThat(directive.fault(word)).as(word).isEmpty();
            }
        }
    }

    @Test
    void names_are_unique() {
        assertThat(Stream.of(Directive.values()).map(Directive::text)).doesNotHaveDuplicates();
    }

    /// Those of both peers' documentation, by hand: the table cannot tell what it lacks.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "allow setuid,max loop devices,shared loop devices,allow pid ns,allow ipc ns,allow user ns",
                "allow uts ns",
                "config passwd,config group,config resolv_conf,mount proc,mount sys,mount devpts,mount home,mount tmp",
                "mount dev,mount hostfs,mount slave,bind path,user bind control,enable fusemount,enable overlay",
                "enable underlay,sessiondir max size,memory fs type,limit container owners,limit container groups",
                "limit container paths,allow container sif,allow container encrypted,allow container squashfs",
                "allow container extfs,allow container dir,allow kernel squashfs,allow kernel extfs",
                "allow setuid-mount encrypted,allow setuid-mount squashfs,allow setuid-mount extfs",
                "sync writable extfs,allow net users,allow net groups,allow net networks,allow netns paths",
                "always use nv,use nvidia-container-cli,always use rocm,root default capabilities",
                "cni configuration path,cni plugin path,mksquashfs procs,mksquashfs mem,download concurrency",
                "download part size,download buffer size,systemd cgroups,binary path,root search path",
                "user search path,cryptsetup path,go path,ldconfig path,mksquashfs path,nvidia-container-cli path",
                "unsquashfs path,sif fuse,oci mode,tmp sandbox,image driver,allow monitoring",
                "apptheus communication socket path",
            })
    void the_fields_directives_are_known(String names) {
        assertThat(Stream.of(Directive.values()).map(Directive::text)).contains(names.split(","));
    }

    @Test
    void the_users_guide_has_a_row_for_each() throws IOException {
        String guide = Files.readString(Path.of("../docs/user/configuration.md"));
        for (Directive directive : Directive.values()) {
            assertThat(guide).contains("| `" + directive.text() + "` |").contains(directive.reason());
        }
    }

    /// A value that is right, and not the default.
    private static String another(Directive directive) {
        return switch (directive.kind()) {
            case CHOICE -> {
                String[] words = directive.described().split(", | or ");
                yield words[0].equals(directive.standard()) ? words[1] : words[0];
            }
            case NUMBER -> Long.toString(Long.parseLong(directive.standard()) + 1);
            case SIZE -> "500M";
            case BINDS -> "/a:/b";
            case NAMES, WORD -> "ada";
            case PATHS, FILE, SEARCH_PATH -> "/opt/x";
        };
    }

    private static Config parse(String text) throws UserException {
        return ConfigFile.parse("conf", text);
    }
}
