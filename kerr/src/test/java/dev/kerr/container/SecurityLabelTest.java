package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.SecurityLabel.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecurityLabelTest {
    @TempDir
    private Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void a_module_is_active_where_the_kernel_says_so() throws Exception {
        assertThat(Module.APPARMOR.isActive(root)).isFalse();
        assertThat(Module.SELINUX.isActive(root)).isFalse();
        write("sys/module/apparmor/parameters/enabled", "N\n");
        assertThat(Module.APPARMOR.isActive(root)).isFalse();
        write("sys/module/apparmor/parameters/enabled", "Y\n");
        assertThat(Module.APPARMOR.isActive(root)).isTrue();
        write("sys/fs/selinux/enforce", "0");
        assertThat(Module.SELINUX.isActive(root)).isTrue();
    }

    @Test
    void a_context_is_set_for_the_next_exec() {
        var label = new SecurityLabel(Module.SELINUX, "system_u:system_r:container_t:s0");
        assertThat(label.op(root).arguments())
                .containsExactly("thread-self/attr/exec", "system_u:system_r:container_t:s0");
    }

    @Test
    void a_profile_is_set_in_the_file_that_the_kernel_has() throws Exception {
        var label = new SecurityLabel(Module.APPARMOR, "docker-default");
        assertThat(label.op(root).arguments()).containsExactly("self/attr/exec", "exec docker-default");
        write("proc/self/attr/apparmor/exec", "");
        assertThat(label.op(root).arguments()).containsExactly("self/attr/apparmor/exec", "exec docker-default");
    }
}
