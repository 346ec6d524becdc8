package dev.kerr.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files of logins: looked up, kept, forgotten, listed, and helpers that keep them elsewhere.
final class AuthFileTest {
    private static final Login.Password ME = new Login.Password("me", "p:w");
    private static final String ME_BASE64 = "bWU6cDp3";

    @TempDir
    private Path directory;

    private AuthFile file;
    private CredentialHelpers helpers;

    @BeforeEach
    void setUp() {
        file = new AuthFile(directory.resolve("sub/docker-config.json"));
        helpers = new CredentialHelpers(
                Map.of(
                        "PATH",
                        "relative:" + directory + ":/usr/bin:/bin",
                        "STORE",
                        directory.resolve("store").toString()),
                Duration.ofMillis(1500));
    }

    private void content(String json) throws IOException {
        Files.createDirectories(file.path().getParent());
        Files.writeString(file.path(), json);
    }

    private Login login(String host, String path) throws UserException {
        return file.login(host, path, helpers);
    }

    private void helper(String name, String script) throws IOException {
        Path program = directory.resolve("docker-credential-" + name);
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private static Login user(String name) {
        return new Login.Password(name, "x");
    }

    private static String entry(String user) {
        String auth = ((Login.Password) user(user)).basic();
        return "{\"auth\":\"" + auth + "\"}";
    }

    @Test
    void a_login_is_kept_for_its_owner_alone_and_found_again() throws Exception {
        file.add("registry.example:5000", ME, helpers);
        assertThat(login("registry.example:5000", "any/thing")).isEqualTo(ME);
        assertThat(login("registry.example", "any/thing")).isEqualTo(new Login.Anonymous());
        assertThat(Files.readString(file.path()))
                .isEqualTo("{\n\t\"auths\": {\n\t\t\"registry.example:5000\": {\n\t\t\t\"auth\": \"" + ME_BASE64
                        + "\"\n\t\t}\n\t}\n}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(file.path().getParent())))
                .isEqualTo("rwx------");
        assertThat(directory.resolve("sub").toFile().list()).containsExactly("docker-config.json");
    }

    @Test
    void docker_s_own_registry_has_the_name_that_docker_gives_it() throws Exception {
        file.add("docker.io", ME, helpers);
        assertThat(Files.readString(file.path())).contains("\"https://index.docker.io/v1/\"");
        assertThat(login("docker.io", "library/busybox")).isEqualTo(ME);
        assertThat(file.list(helpers)).isEqualTo(Map.of("docker.io", "me"));
        assertThat(file.remove("docker.io", helpers)).isTrue();
        assertThat(login("docker.io", "")).isEqualTo(new Login.Anonymous());
    }

    @Test
    void what_is_not_ours_is_kept() throws Exception {
        String before = "{\"HttpHeaders\":{\"A\":\"b\"},\"auths\":{\"a.example\":{\"auth\":\"\",\"email\":\"e\"}},"
                + "\"x\":[1.50,null]}";
        content(before);
        Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r--r--"));
        file.add("b.example", ME, helpers);
        file.remove("b.example", helpers);
        assertThat(Files.readString(file.path()).replaceAll("\\s", "")).isEqualTo(before);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_file_that_others_may_read_is_known() throws Exception {
        assertThat(file.isReadableByOthers()).isFalse();
        content("{}");
        for (String others : List.of("rw-r-----", "rw----r--")) {
            Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString(others));
            assertThat(file.isReadableByOthers()).as(others).isTrue();
        }
        file.add("h", ME, helpers);
        assertThat(file.isReadableByOthers()).isFalse();
    }

    @Test
    void a_link_to_the_file_stays_a_link() throws Exception {
        Path real = directory.resolve("real.json");
        Files.writeString(real, "{}");
        Files.createDirectory(directory.resolve("sub"));
        Files.createSymbolicLink(file.path(), real);
        file.add("a.example", ME, helpers);
        assertThat(file.path()).isSymbolicLink();
        assertThat(Files.readString(real)).contains(ME_BASE64);
    }

    @Test
    void a_login_is_replaced_and_forgotten() throws Exception {
        content("{\"auths\":{\"https://a.example/v2/\":" + entry("old") + ",\"b.example\":" + entry("b") + "}}");
        file.add("a.example", ME, helpers);
        assertThat(login("a.example", "")).isEqualTo(ME);
        assertThat(file.list(helpers)).isEqualTo(Map.of("a.example", "me", "b.example", "b"));
        assertThat(file.remove("a.example", helpers)).isTrue();
        assertThat(file.remove("a.example", helpers)).isFalse();
        assertThat(file.list(helpers)).isEqualTo(Map.of("b.example", "b"));
    }

    @Test
    void the_longest_name_counts() throws Exception {
        content("{\"auths\":{\"h\":" + entry("host") + ",\"h/a\":" + entry("a") + ",\"h/a/b\":" + entry("ab") + "}}");
        assertThat(login("h", "a/b")).isEqualTo(user("ab"));
        assertThat(login("h", "a/bc")).isEqualTo(user("a"));
        assertThat(login("h", "ab")).isEqualTo(user("host"));
        assertThat(login("h", "")).isEqualTo(user("host"));
    }

    @Test
    void names_of_old_are_addresses() throws Exception {
        for (String key : List.of("https://h:1/v1/", "http://h:1", "h:1/v2/", "https://h:1")) {
            content("{\"auths\":{\"" + key + "\":" + entry("old") + "}}");
            assertThat(login("h:1", "a")).as(key).isEqualTo(user("old"));
            assertThat(login("h", "a")).as(key).isEqualTo(new Login.Anonymous());
        }
        content("{\"auths\":{\"https://h.evil/\":" + entry("old") + "}}");
        assertThat(login("h", "a")).isEqualTo(new Login.Anonymous());
    }

    @Test
    void tokens_come_before_passwords() throws Exception {
        content("{\"auths\":{\"i\":{\"auth\":\"" + ME_BASE64
                + "\",\"identitytoken\":\"t\"},\"r\":{\"registrytoken\":\"u\"}}}");
        assertThat(login("i", "")).isEqualTo(new Login.IdentityToken("t"));
        assertThat(login("r", "")).isEqualTo(new Login.RegistryToken("u"));
        assertThat(file.list(helpers)).isEqualTo(Map.of("i", "", "r", ""));
    }

    @Test
    void a_damaged_file_is_refused_without_what_is_in_it_and_left_as_it_is() throws Exception {
        for (String json : List.of(
                "{",
                "[]",
                "{\"auths\":[]}",
                "{\"auths\":{\"h\":1}}",
                "{\"auths\":{\"h\":{\"auth\":\"canary-password\"}}}",
                "{\"auths\":{\"h\":{\"auth\":\"Y2FuYXJ5\"}}}",
                "{\"credHelpers\":1}",
                "{\"auths\":{},\"auths\":{}}")) {
            content(json);
            assertThatExceptionOfType(UserException.class)
                    .as(json)
                    .isThrownBy(() -> login("h", ""))
                    .withMessageStartingWith("cannot read the logins in " + file.path() + ": ")
                    .satisfies(
                            e -> assertThat(e.line()).doesNotContain("canary").doesNotContain("Y2Fu"));
            assertThat(Files.readString(file.path())).isEqualTo(json);
        }
    }

    @Test
    void a_huge_file_is_refused() throws Exception {
        content(" ".repeat((1 << 20) + 1));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> login("h", ""))
                .withMessageContaining("more than 1048576 bytes");
    }

    @Test
    void a_file_that_is_not_there_or_empty_has_no_logins() throws Exception {
        assertThat(login("h", "")).isEqualTo(new Login.Anonymous());
        assertThat(file.list(helpers)).isEmpty();
        assertThat(file.remove("h", helpers)).isFalse();
        assertThat(file.path()).doesNotExist();
        content("");
        assertThat(login("h", "")).isEqualTo(new Login.Anonymous());
    }

    @Test
    void a_file_that_cannot_be_written_is_named() throws Exception {
        var nowhere = new AuthFile(Path.of("/proc/self/kerr/docker-config.json"));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> nowhere.add("h", ME, helpers))
                .withMessage("cannot keep the login in /proc/self/kerr/docker-config.json: no such file or directory");
        Files.writeString(directory.resolve("sub"), "a file in place of the directory");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> file.add("h", ME, helpers))
                .withMessage("cannot read the logins in " + file.path() + ": not a directory");
    }

    @Test
    void a_directory_that_is_not_ours_is_an_error() throws Exception {
        assumeFalse(ProcessHandle.current().info().user().orElse("").equals("root"), "root may write everywhere");
        Files.createDirectory(
                directory.resolve("sub"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> file.add("h", ME, helpers))
                .withMessageContaining("permission denied");
    }

    @Test
    void the_first_file_with_a_login_counts() throws Exception {
        content("{\"auths\":{\"h\":{}}}");
        Path dockers = directory.resolve("docker");
        Files.createDirectory(dockers);
        Files.writeString(dockers.resolve("config.json"), "{\"auths\":{\"h\":" + entry("docker") + "}}");
        Logins logins = Logins.stored(AuthFile.usual(directory.resolve("sub"), dockers), helpers);
        assertThat(logins.of("h", "a")).isEqualTo(user("docker"));
        assertThat(logins.of("other", "a")).isEqualTo(new Login.Anonymous());
        file.add("h", ME, helpers);
        assertThat(logins.of("h", "a")).isEqualTo(ME);
    }

    @Test
    void a_helper_is_asked_for_the_login() throws Exception {
        helper(
                "good",
                "read -r server; test \"$1\" = get && printf '{\"Username\":\"u\",\"Secret\":\"%s\"}' \"$server\"");
        content("{\"credHelpers\":{\"h:1\":\"good\"},\"auths\":{\"h:1\":" + entry("file") + "}}");
        assertThat(login("h:1", "a")).isEqualTo(new Login.Password("u", "h:1"));
        content("{\"credsStore\":\"good\"}");
        assertThat(login("docker.io", "a")).isEqualTo(new Login.Password("u", "https://index.docker.io/v1/"));
    }

    @Test
    void a_helper_may_have_an_identity_token_or_nothing() throws Exception {
        helper("token", "echo '{\"Username\":\"<token>\",\"Secret\":\"t\"}'");
        content("{\"credsStore\":\"token\"}");
        assertThat(login("h", "")).isEqualTo(new Login.IdentityToken("t"));
        helper("empty", "echo 'credentials not found in native keychain'; exit 1");
        content("{\"credsStore\":\"empty\",\"auths\":{\"h\":" + entry("file") + "}}");
        assertThat(login("h", "")).isEqualTo(user("file"));
        assertThat(login("i", "")).isEqualTo(new Login.Anonymous());
    }

    @Test
    void a_helper_that_fails_is_named_and_what_it_says_is_not_repeated() throws Exception {
        helper("fails", "echo canary-password; exit 3");
        helper("talks", "echo canary-password");
        helper("partial", "echo '{\"Username\":\"canary-password\"}'");
        helper("endless", "exec yes canary-password");
        helper("silent", "exec sleep 30");
        Map<String, String> failures = Map.of(
                "fails", "it ended with status 3",
                "talks", "its answer is not JSON",
                "partial", "its answer has no login",
                "silent", "it did not end within 1 s",
                "missing", "there is no such program in PATH",
                "../evil", "that is no name of a program",
                "a b", "that is no name of a program");
        for (Map.Entry<String, String> failure : failures.entrySet()) {
            content("{\"credHelpers\":{\"h\":\"" + failure.getKey() + "\"}}");
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> login("h", ""))
                    .withMessage(
                            "cannot ask docker-credential-" + failure.getKey() + " for a login: " + failure.getValue())
                    .satisfies(e -> assertThat(e.line()).doesNotContain("canary"));
        }
        content("{\"credHelpers\":{\"h\":\"endless\"}}");
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> login("h", ""));
    }

    @Test
    void a_helper_keeps_forgets_and_lists_logins() throws Exception {
        helper("store", """
                case "$1" in
                store) cat > "$STORE" ;;
                erase) read -r server; echo "$server" > "$STORE" ;;
                list) echo '{"https://index.docker.io/v1/":"u","h":"v"}' ;;
                esac
                """);
        content("{\"credsStore\":\"store\"}");
        file.add("h", ME, helpers);
        assertThat(Files.readString(directory.resolve("store")))
                .isEqualTo("{\"ServerURL\":\"h\",\"Username\":\"me\",\"Secret\":\"p:w\"}");
        assertThat(Files.readString(file.path())).isEqualTo("{\"credsStore\":\"store\"}");
        assertThat(file.remove("h", helpers)).isTrue();
        assertThat(Files.readString(directory.resolve("store"))).isEqualTo("h\n");
        assertThat(file.list(helpers)).isEqualTo(Map.of("docker.io", "u", "h", "v"));
    }

    @Test
    void a_helper_of_one_registry_is_listed_with_the_others() throws Exception {
        helper("one", "echo '{\"Username\":\"u\",\"Secret\":\"s\"}'");
        content("{\"credHelpers\":{\"h\":\"one\"},\"auths\":{\"i\":" + entry("file") + "}}");
        assertThat(file.list(helpers)).isEqualTo(Map.of("h", "u", "i", "file"));
    }
}
