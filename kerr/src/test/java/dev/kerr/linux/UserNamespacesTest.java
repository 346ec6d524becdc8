package dev.kerr.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Settings of kernels that forbid user namespaces.
class UserNamespacesTest {
    @TempDir
    Path sysctls = Path.of("");

    private void set(String name, String value) throws IOException {
        Path file = sysctls.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, value + "\n");
    }

    @Test
    void a_kernel_without_these_settings_forbids_nothing() {
        assertThat(new UserNamespaces(sysctls).forbidden()).isEmpty();
        assertThat(new UserNamespaces(sysctls).restricted()).isEmpty();
    }

    @Test
    void what_allows_them_is_no_lack() throws IOException {
        set("user/max_user_namespaces", "15000");
        set("kernel/unprivileged_userns_clone", "1");
        set("kernel/apparmor_restrict_unprivileged_userns", "0");
        assertThat(new UserNamespaces(sysctls).forbidden()).isEmpty();
        assertThat(new UserNamespaces(sysctls).restricted()).isEmpty();
    }

    @Test
    void each_setting_that_forbids_them_is_named_with_what_mends_it() throws IOException {
        set("user/max_user_namespaces", "0");
        set("kernel/unprivileged_userns_clone", "0");
        set("kernel/apparmor_restrict_unprivileged_userns", "1");
        assertThat(new UserNamespaces(sysctls).forbidden())
                .extracting(Lack::remedy)
                .containsExactly(
                        "root: sysctl -w user.max_user_namespaces=15000",
                        "root: sysctl -w kernel.unprivileged_userns_clone=1");
        assertThat(new UserNamespaces(sysctls).restricted())
                .extracting(Lack::what)
                .containsExactly("AppArmor leaves user namespaces without rights:"
                        + " kernel.apparmor_restrict_unprivileged_userns is 1");
    }
}
