package dev.kerr.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import dev.kerr.remote.Remotes.Owner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `remote.yaml`, and what can be done to it.
class RemotesTest {
    /// As apptainer 1.4.5 wrote it, but for the token and the login.
    private static final String FIELDS = """
            Active: bar
            Remotes:
                DefaultRemote:
                    URI: cloud.apptainer.org
                    System: true
                    Exclusive: false
                    Keyservers:
                        - URI: http://keys2.example.org
                          Skip: false
                          External: true
                          Insecure: true
                        - URI: https://keys.openpgp.org
                          Skip: true
                          External: false
                          Insecure: false
                bar:
                    URI: localhost:5999
                    Token: eyJ.a_b-c
                    System: false
                    Exclusive: false
                    Insecure: true
            Credentials:
                - URI: https://keys.example.org
                  Auth: Basic YWRhOng=
                  Insecure: false
            """;

    private static Remotes parse(String text) throws FormatException {
        return RemotesText.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Remote remote(String uri) throws UserException {
        return Remote.of(uri, false, false);
    }

    private static Remote site(String uri, boolean exclusive) {
        return new Remote(uri, "", true, exclusive, false, List.of());
    }

    @Test
    void a_file_of_the_field_is_read_and_written_as_it_is() throws Exception {
        Remotes remotes = parse(FIELDS);
        assertThat(remotes.active()).isEqualTo("bar");
        assertThat(remotes.named("bar").token()).isEqualTo("eyJ.a_b-c");
        assertThat(remotes.named("bar").address()).isEqualTo("http://localhost:5999");
        assertThat(remotes.named("DefaultRemote").keyServers()).hasSize(2);
        assertThat(RemotesText.of(remotes)).isEqualTo(FIELDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: b", "true", "1.5", "a\"b\\c", " x", "é\u2028", "#x", "- x", "a #b", "*x", "null", "x:"})
    void odd_texts_come_back(String text) throws Exception {
        var remotes = new Remotes(text, new TreeMap<>(Map.of(text, remote("h").withToken(text))), List.of());
        assertThat(parse(RemotesText.of(remotes))).isEqualTo(remotes);
    }

    @Test
    void secrets_are_not_shown() throws Exception {
        assertThat(parse(FIELDS).toString()).doesNotContain("eyJ").doesNotContain("YWRh");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Odd: 1",
                "Active: [a]",
                "Remotes: [x]",
                "Remotes: {a: b}",
                "Remotes: {a: {URI: h, System: perhaps}}",
                "Credentials: [{Auth: x}]",
                "Active: &a [*a]",
                "Active: x\n---\nActive: y",
                "Active: x\nActive: y",
                "a",
                "\u0000"
            })
    void what_is_no_such_file_is_refused(String text) {
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> parse(text));
    }

    @Test
    void an_empty_file_has_none() throws Exception {
        assertThat(parse("")).isEqualTo(Remotes.none());
        assertThat(parse("# none yet\n")).isEqualTo(Remotes.none());
        assertThat(parse("Remotes: {}\n")).isEqualTo(Remotes.none());
    }

    @Test
    void the_sites_remotes_are_the_users_too() throws Exception {
        var site = new Remotes("s", new TreeMap<>(Map.of("s", site("s.example.org", false))), List.of());
        Remotes all = Remotes.none().add("u", remote("u.example.org")).over(site);
        assertThat(all.active()).isEqualTo("s");
        assertThat(all.remotes()).containsOnlyKeys("s", "u");
        Remotes known = all.use("u", false, Owner.USER).with("s", all.named("s").withToken("t"));
        assertThat(known.over(site).named("s").token()).isEqualTo("t");
        assertThat(known.over(site).active()).isEqualTo("u");
        var moved = new Remotes("s", new TreeMap<>(Map.of("s", site("new.example.org", false))), List.of());
        assertThat(known.over(moved).named("s").uri()).isEqualTo("new.example.org");
    }

    @Test
    void an_exclusive_remote_is_in_use_whatever_the_user_says() throws Exception {
        var site = new Remotes("", new TreeMap<>(Map.of("s", site("s.example.org", true))), List.of());
        Remotes users = Remotes.none().add("u", remote("u.example.org")).use("u", false, Owner.USER);
        Remotes all = users.over(site);
        assertThat(all.active()).isEqualTo("s");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> all.use("u", false, Owner.USER))
                .withMessageContaining("this site wants s only");
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> all.remove("s", Owner.USER));
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> users.use("u", true, Owner.USER));
        assertThat(site.use("s", false, Owner.SITE).named("s").exclusive()).isFalse();
    }

    @Test
    void key_servers_have_an_order() throws Exception {
        Remote remote = site("s.example.org", false);
        var own = List.of(new KeyServer("https://a.example.org", false, false, false));
        var added = new KeyServer("hkp://b.example.org", false, true, false);
        assertThat(remote.addKeyServer(own, added, 0).keyServers()).containsExactly(own.getFirst(), added);
        Remote both = remote.addKeyServer(own, added, 1);
        assertThat(both.keyServers()).containsExactly(added, own.getFirst());
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> remote.addKeyServer(own, added, 3));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> both.addKeyServer(
                        both.keyServers(), new KeyServer("http://B.example.org:11371", false, true, false), 0))
                .withMessageContaining("already configured");
        Remote less = both.removeKeyServer(both.keyServers(), "https://a.example.org");
        assertThat(less.keyServers()).containsExactly(added, own.getFirst().wanted(false));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> less.removeKeyServer(less.keyServers(), "hkp://b.example.org"))
                .withMessageContaining("the only key server");
        assertThat(less.addKeyServer(less.keyServers(), own.getFirst(), 1).keyServers())
                .containsExactly(own.getFirst(), added);
    }

    @ParameterizedTest
    @CsvSource({
        "cloud.example.org, cloud.example.org",
        "https://cloud.example.org/, cloud.example.org",
        "http://localhost:5999/x/, localhost:5999/x",
    })
    void of_an_address_host_and_path_count(String text, String uri) throws Exception {
        assertThat(remote(text).uri()).isEqualTo(uri);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "https://", "a b", "u:p@h", "h?x"})
    void what_is_no_host_is_refused(String text) {
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> remote(text));
    }

    @Test
    void files_are_private_to_the_user(@TempDir Path directory) throws Exception {
        var file = new RemotesFile(
                directory.resolve("k/remote.yaml"), List.of(directory.resolve("old")), directory.resolve("site"));
        assertThat(file.all()).isEqualTo(Remotes.none().over(Remotes.BUILT_IN));
        Files.writeString(directory.resolve("old"), FIELDS);
        assertThat(file.users().active()).isEqualTo("bar");
        file.writeUsers(file.users());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.user())))
                .isEqualTo("rw-------");
        assertThat(file.user()).hasContent(FIELDS);
        file.writeSites(Remotes.BUILT_IN);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.site())))
                .isEqualTo("rw-r--r--");
    }
}
