package dev.kerr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathResolverTest {
    private final MapTree tree = new MapTree()
            .directories("/usr/bin", "/etc", "/var/lib")
            .file("/usr/bin/dash", "")
            .file("/etc/hosts", "")
            .link("/bin", "usr/bin")
            .link("/usr/bin/sh", "dash")
            .link("/absolute", "/usr/bin")
            .link("/climbing", "../../../etc")
            .link("/var/up", "../etc/hosts")
            .link("/var/lib/far", "../../absolute/sh")
            .link("/dangling", "/var/missing/x")
            .link("/self", "self")
            .link("/loop", "/pool")
            .link("/pool", "./loop")
            .link("/slashes", "//usr///bin//")
            .link("/dot", ".")
            .link("/etc/tohosts", "hosts")
            .link("/empty", "");

    @ParameterizedTest
    @CsvSource({
        "/,                     /",
        "//,                    /",
        "/.,                    /",
        "/..,                   /",
        "/../../etc,            /etc",
        "/usr/bin/,             /usr/bin",
        "/usr/./bin/../bin,     /usr/bin",
        "/bin,                  /usr/bin",
        "/bin/sh,               /usr/bin/dash",
        "/bin/..,               /usr",
        "/absolute/sh,          /usr/bin/dash",
        "/climbing/hosts,       /etc/hosts",
        "/var/up,               /etc/hosts",
        "/var/lib/far,          /usr/bin/dash",
        "/slashes/dash,         /usr/bin/dash",
        "/dot/dot/dot/etc,      /etc",
        "/etc/tohosts,          /etc/hosts",
        "usr/bin,               /usr/bin",
    })
    void a_path_that_exists_leads_where_the_kernel_would_go(String path, String expected) throws IOException {
        var resolved = new PathResolver(tree).resolve(path);
        assertThat(resolved.path()).isEqualTo(expected);
        assertThat(resolved.node()).isEqualTo(tree.node(expected)).isPresent();
        assertThat(resolved.existing()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/missing,              /missing,          /",
        "/etc/missing,          /etc/missing,      /etc",
        "/etc/a/b/c,            /etc/a/b/c,        /etc",
        "/bin/missing,          /usr/bin/missing,  /usr/bin",
        "/dangling,             /var/missing/x,    /var",
        "/dangling/y,           /var/missing/x/y,  /var",
        "/etc/a/../b,           /etc/b,            /etc",
        "/missing/../bin/sh2,   /usr/bin/sh2,      /usr/bin",
        "/climbing/../../x,     /x,                /",
    })
    void a_path_that_does_not_exist_is_taken_as_it_is_written(String path, String expected, String existing)
            throws IOException {
        var resolved = new PathResolver(tree).resolve(path);
        assertThat(resolved).isEqualTo(new PathResolver.Resolved(expected, java.util.Optional.empty(), existing));
    }

    @ParameterizedTest
    @CsvSource({"/self", "/self/x", "/loop", "/pool/x", "/loop/.."})
    void a_loop_of_links_ends(String path) {
        assertThatIOException()
                .isThrownBy(() -> new PathResolver(tree).resolve(path))
                .withMessage("too many symbolic links in " + path);
    }

    @ParameterizedTest
    @CsvSource({"/etc/hosts/x, /etc/hosts", "/bin/sh/x/y, /usr/bin/dash", "/etc/tohosts/x, /etc/hosts"})
    void a_file_is_no_directory(String path, String file) {
        assertThatIOException()
                .isThrownBy(() -> new PathResolver(tree).resolve(path))
                .withMessage(file + " is not a directory");
    }

    @Test
    void a_file_has_no_parent_to_climb_to() {
        assertThatIOException()
                .isThrownBy(() -> new PathResolver(tree).resolve("/etc/hosts/.."))
                .withMessage("/etc/hosts is not a directory");
    }

    @Test
    void forty_links_are_followed_and_no_more() throws IOException {
        for (int i = 1; i <= 41; i++) {
            tree.link("/link" + i, "link" + (i - 1));
        }
        tree.file("/link0", "");
        assertThat(new PathResolver(tree).resolve("/link40").path()).isEqualTo("/link0");
        assertThatIOException().isThrownBy(() -> new PathResolver(tree).resolve("/link41"));
    }

    @Test
    void a_parent_is_the_path_without_its_last_name() {
        assertThat(PathResolver.parent("/a/b")).isEqualTo("/a");
        assertThat(PathResolver.parent("/a")).isEqualTo("/");
        assertThat(PathResolver.parent("/")).isEqualTo("/");
    }
}
