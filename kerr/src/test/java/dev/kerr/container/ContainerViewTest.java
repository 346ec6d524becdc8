package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.kerr.image.MapTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContainerViewTest {
    private final MapTree image =
            new MapTree().directories("/mnt", "/data/inside").file("/etc/hosts", "image");
    private final MapTree host = new MapTree()
            .file("/data/file", "host")
            .directories("/data/sub")
            .link("/data/away", "/etc")
            .link("/data/up", "../..");
    private final ContainerView view = new ContainerView(image);

    @Test
    void nothing_of_the_host_is_seen_before_a_mount() throws IOException {
        assertThat(hostPath("/data/file")).isEmpty();
        assertThat(view.node("/data/file")).isEmpty();
        assertThat(text("/etc/hosts")).isEqualTo("image");
    }

    @Test
    void a_mount_shows_the_host_s_directory_and_hides_the_image_s() throws IOException {
        view.mount("/data", host, "/data");
        assertThat(hostPath("/data")).contains("/data");
        assertThat(text("/data/file")).isEqualTo("host");
        assertThat(view.node("/data/inside")).isEmpty();
        assertThat(view.list("/data")).containsExactlyInAnyOrder("file", "sub", "away", "up");
        assertThat(view.list("/etc")).containsExactly("hosts");
    }

    @Test
    void a_mount_elsewhere_translates_paths() throws IOException {
        view.mount("/mnt", host, "/data");
        assertThat(hostPath("/mnt/sub/x")).contains("/data/sub/x");
        assertThat(hostPath("/mnt2")).isEmpty();
        assertThat(text("/mnt/file")).isEqualTo("host");
    }

    @Test
    void the_last_of_several_mounts_counts() throws IOException {
        view.mount("/mnt", host, "/data");
        view.mount("/mnt/sub", host, "/etc");
        assertThat(hostPath("/mnt/sub/hosts")).contains("/etc/hosts");
        view.mount("/mnt", host, "/data/sub");
        assertThat(hostPath("/mnt/sub")).contains("/data/sub/sub");
    }

    @Test
    void the_host_s_root_may_be_mounted_and_anything_on_the_root() {
        view.mount("/mnt", host, "/");
        assertThat(hostPath("/mnt/data/file")).contains("/data/file");
        assertThat(hostPath("/mnt")).contains("/");
        view.mount("/", host, "/data");
        assertThat(hostPath("/")).contains("/data");
        assertThat(hostPath("/file")).contains("/data/file");
    }

    @Test
    void a_mounted_file_is_that_file_alone() throws IOException {
        view.mount("/etc/hosts", host, "/data/file");
        assertThat(text("/etc/hosts")).isEqualTo("host");
        assertThat(hostPath("/etc/hosts2")).isEmpty();
        assertThatIOException().isThrownBy(() -> view.resolve("/etc/hosts/x"));
    }

    @Test
    void links_of_the_host_lead_into_the_container() throws IOException {
        view.mount("/mnt", host, "/data");
        assertThat(view.resolve("/mnt/away/hosts").path()).isEqualTo("/etc/hosts");
        assertThat(hostPath(view.resolve("/mnt/away/hosts").path())).isEmpty();
        assertThat(view.resolve("/mnt/up/etc").path()).isEqualTo("/etc");
    }

    private String text(String path) throws IOException {
        return new String(view.read(path, 100), StandardCharsets.UTF_8);
    }

    /// The path of the host that is seen at a path of the container.
    private Optional<String> hostPath(String path) {
        var mounted = view.mounted(path);
        return mounted.isPresent() ? Optional.of(mounted.get().at(path)) : Optional.empty();
    }
}
