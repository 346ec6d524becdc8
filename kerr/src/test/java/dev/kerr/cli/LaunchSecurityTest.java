package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.config.Directories;
import dev.kerr.config.Variables;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.Host;
import dev.kerr.container.Rights;
import dev.kerr.container.Security;
import dev.kerr.container.SecurityLabel;
import dev.kerr.container.SecurityLabel.Module;
import dev.kerr.image.DirectoryTree;
import dev.kerr.linux.Account;
import dev.kerr.linux.Capability;
import dev.kerr.linux.Credentials;
import dev.kerr.linux.Inputs;
import dev.kerr.log.Log;
import dev.kerr.log.StreamLog;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `--security`, and what contained launches have without it.
class LaunchSecurityTest {
    private static final String DENYING = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
            + "{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ERRNO\", \"excludes\": {\"caps\": [\"CAP_SYS_ADMIN\"]}},"
            + "{\"names\": [\"swapon\"], \"action\": \"SCMP_ACT_ERRNO\"}]}";

    @TempDir
    Path prefix = Path.of("");

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private Credentials caller = new Credentials(1000, 1000, List.of(), 0, true);
    private Rights rights = Rights.USUAL;
    private Identity identity = Identity.CALLER;

    @BeforeEach
    void the_profiles_are_there() throws Exception {
        Path profile = prefix.resolve("etc/kerr/seccomp-profiles/default.json");
        Files.createDirectories(profile.resolveSibling("."));
        Files.copy(Path.of("../etc/seccomp-profiles/default.json"), profile);
        Files.writeString(prefix.resolve("mine.json"), DENYING);
    }

    private void root() {
        caller = new Credentials(0, 0, List.of(), Capability.ALL, true);
    }

    private Security security(String... words) throws Exception {
        var host = new Host(
                caller,
                new Account("ada", caller.uid(), caller.gid(), "", "/home/ada", "/bin/sh"),
                List.of(),
                prefix.toString(),
                Architecture.AMD64,
                new Host.Facilities(false, "", Optional.empty(), Optional.empty(), Optional.empty(), ""),
                Optional.empty(),
                List.of(),
                new DirectoryTree(prefix));
        var all = new ArrayList<>(List.of(words));
        all.add("image");
        var invocation = CommandLineParser.command(Command.EXEC, all, 0, new Variables(Map.of()));
        var log = new StreamLog(new PrintStream(said, true, StandardCharsets.UTF_8), Log.Level.VERBOSE);
        var directories = new Directories(prefix, prefix, prefix);
        return new LaunchSecurity(invocation, host, directories, new Inputs(), log).security(identity, rights);
    }

    private void refused(String words, String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> security("--security", words))
                .satisfies(refused -> assertThat(refused.line()).contains(message));
    }

    private String program(String... words) throws Exception {
        return security(words).syscalls().orElseThrow().program();
    }

    @Test
    void an_ordinary_launch_has_nothing_of_it() throws Exception {
        assertThat(security()).isEqualTo(Security.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--contain", "--containall", "--compat"})
    void contained_launches_have_our_profile(String option) throws Exception {
        String user = program(option);
        root();
        String root = program(option);
        assertThat(user).isNotEmpty().isNotEqualTo(root);
        assertThat(security(option, "--security", "seccomp:unconfined").syscalls())
                .isEmpty();
    }

    @Test
    void what_root_asks_for_beyond_is_in_our_profile() throws Exception {
        root();
        String usual = program("--contain");
        rights = new Rights(OptionalLong.empty(), Capability.SYS_ADMIN.mask(), 0, false);
        String more = program("--contain");
        rights = Rights.USUAL;
        assertThat(more).isNotEqualTo(usual);
        assertThat(program("--contain", "--keep-privs")).isNotEqualTo(usual).isNotEqualTo(more);
        rights = new Rights(OptionalLong.of(0), 0, 0, false);
        assertThat(program("--contain")).isEqualTo(usual);
    }

    @Test
    void our_profile_is_taken_as_it_was_compiled_until_it_changes() throws Exception {
        Path compiled = Files.createDirectories(prefix.resolve("lib/kerr/seccomp"));
        Path profile = prefix.resolve("etc/kerr/seccomp-profiles/default.json");
        Files.copy(profile, compiled.resolve("default.json"));
        Files.writeString(compiled.resolve("user"), "of the user");
        Files.writeString(compiled.resolve("root"), "of root");
        assertThat(program("--contain")).isEqualTo("of the user");
        Files.writeString(profile, DENYING);
        assertThat(program("--contain")).matches("([0-9a-f]{16})+");
        root();
        Files.copy(compiled.resolve("default.json"), profile, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(program("--contain")).isEqualTo("of root");
        assertThat(program("--contain", "--keep-privs")).matches("([0-9a-f]{16})+");
    }

    @Test
    void a_site_without_our_profile_is_told() throws Exception {
        Files.delete(prefix.resolve("etc/kerr/seccomp-profiles/default.json"));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> security("--contain"))
                .satisfies(refused -> assertThat(refused.line())
                        .startsWith("cannot read the seccomp profile " + prefix)
                        .contains("seccomp:unconfined"));
    }

    @Test
    void a_profile_is_compiled_for_the_rights_that_the_payload_has() throws Exception {
        String user = program("--security", "seccomp:mine.json");
        assertThat(program("--security", "seccomp:" + prefix.resolve("mine.json")))
                .isEqualTo(user);
        rights = new Rights(OptionalLong.empty(), Capability.SYS_ADMIN.mask(), 0, false);
        String added = program("--security", "seccomp:mine.json");
        assertThat(added).isNotEqualTo(user);
        rights = Rights.USUAL;
        identity = Identity.FAKEROOT;
        assertThat(program("--security", "seccomp:mine.json")).isEqualTo(added);
        identity = Identity.CALLER;
        root();
        assertThat(program("--security", "seccomp:mine.json")).isEqualTo(added);
        rights = new Rights(OptionalLong.of(0), 0, 0, false);
        assertThat(program("--security", "seccomp:mine.json")).isEqualTo(user);
        rights = Rights.USUAL;
        assertThat(program("--security", "seccomp:mine.json,uid:1,gid:1")).isEqualTo(user);
    }

    @Test
    void a_profile_that_is_none_is_named() throws Exception {
        Files.writeString(prefix.resolve("empty.json"), "");
        refused("seccomp:empty.json", "cannot use the seccomp profile empty.json: there is no JSON at offset 0");
        Files.writeString(prefix.resolve("nothing.json"), "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}");
        refused("seccomp:nothing.json", "nothing.json: the profile restricts nothing at offset 0");
        refused("seccomp:absent.json", prefix.resolve("absent.json") + ": no such file");
        refused("seccomp:.", "no such file, or no regular one");
        refused("seccomp:mine.json,seccomp:unconfined", "--security has seccomp twice");
    }

    @Test
    void names_that_are_not_known_are_said_to_who_wants_to_hear() throws Exception {
        String json = DENYING.replace(
                "{\"names\": [\"swapon\"]",
                "{\"names\": [\"call_of_2040\"], \"action\": \"SCMP_ACT_ALLOW\"}, " + "{\"names\": [\"swapon\"]");
        Files.writeString(prefix.resolve("new.json"), json);
        assertThat(program("--security", "seccomp:new.json")).isNotEmpty();
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("new.json names system calls that are not known: call_of_2040");
    }

    @Test
    void root_becomes_another_user() throws Exception {
        root();
        var user = security("--security", "uid:4711,gid:5:6:7").user().orElseThrow();
        assertThat(user.account()).isEqualTo(new Account("user4711", 4711, 5, "", "/", "/bin/sh"));
        assertThat(user.groups()).containsExactly(5, 6, 7);
        var group = security("--security", "gid:5").user().orElseThrow();
        assertThat(group.account().uid()).isZero();
        assertThat(group.account().gid()).isEqualTo(5);
        assertThat(security("--security", "uid:0")
                        .user()
                        .orElseThrow()
                        .account()
                        .gid())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "uid:x | uid: x is no id",
                "uid:-1 | uid: -1 is no id",
                "uid:+1 | uid: +1 is no id",
                "uid:4294967295 | uid: 4294967295 is no id",
                "gid:1: | gid:  is no id",
                "gid:1:b | gid: b is no id",
                "uid:1000000000 | has no group: this host has no account of that id (hint: add gid:N",
                "uid:1,uid:2 | --security has uid twice: 1 and 2",
                "foo:bar | --security foo:bar is not known (hint: it takes seccomp:FILE",
                "seccomp | --security seccomp is not known, or lacks its value",
                "uid: | --security uid: is not known, or lacks its value",
                "proc:masked | --security proc:masked is not known"
            })
    void what_means_nothing_is_refused(String words, String message) {
        root();
        refused(words, message);
    }

    @Test
    void users_become_nobody_else() {
        refused("uid:0", "--security uid:0 is for root alone");
        refused("gid:5", "--security gid:5 is for root alone");
        root();
        identity = new Identity.OfImage("www");
        refused("uid:5,gid:5", "contradicts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"apparmor:docker-default", "selinux:system_u:system_r:container_t:s0"})
    void labels_are_never_silently_left_out(String words) throws Exception {
        Module module = words.startsWith("selinux") ? Module.SELINUX : Module.APPARMOR;
        if (module.isActive()) {
            assertThat(security("--security", words).labels())
                    .containsExactly(new SecurityLabel(module, words.substring(words.indexOf(':') + 1)));
            refused(words + "," + words, "has a label of " + module.title() + " twice");
        } else {
            refused(
                    words,
                    "--security " + words + " cannot be done: the kernel of this host runs without " + module.title());
        }
    }

    @Test
    void proc_may_be_unmasked() throws Exception {
        assertThat(security("--security", "proc:unmasked")).isEqualTo(Security.NONE);
    }
}
