package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchOrderTest {
    private final LaunchOrder usual = LaunchOrder.usual();

    /// The paths that have a place, as they would be stored.
    private static List<String> sorted(LaunchOrder order, String... paths) {
        List<String> placed = new ArrayList<>();
        for (String path : paths) {
            if (order.place(path).isPresent()) {
                placed.add(path);
            }
        }
        placed.sort(Comparator.<String>comparingInt(path -> order.place(path).orElseThrow())
                .thenComparing(Comparator.naturalOrder()));
        return placed;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lib/x86_64-linux-gnu/ld-2.31.so",
                "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
                "usr/lib64/ld-linux-x86-64.so.2",
                "lib/ld-musl-x86_64.so.1",
                "usr/lib64/libc.so.6",
                "usr/lib/aarch64-linux-gnu/libm-2.31.so",
                "usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30",
                "usr/lib/x86_64-linux-gnu/libgcc_s.so.1",
                "etc/ld.so.cache",
                "etc/nsswitch.conf",
                "etc/passwd",
                "usr/lib/locale/C.utf8/LC_CTYPE",
                "usr/lib/locale/C.UTF-8/LC_MESSAGES/SYS_LC_MESSAGES",
                "bin/busybox",
                "usr/bin/dash",
                ".singularity.d/runscript",
                ".singularity.d/env/90-environment.sh",
                "usr/bin/python3.11",
                "opt/conda/bin/python3.12",
                "usr/local/lib/libpython3.13.so.1.0",
                "usr/lib/python3.11/encodings/__pycache__/utf_8.cpython-311.pyc",
                "usr/lib/python3.11/encodings/cp037.py",
                "opt/venv/lib64/python3.9/__pycache__/site.cpython-39.opt-1.pyc",
                "usr/local/lib/python3.13/importlib/util.py",
                "usr/lib/R/bin/exec/R",
            })
    void start_up_touches_it(String path) {
        assertThat(usual.place(path)).isPresent();
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            assertThat(usual.mayBeBelow(path.substring(0, slash))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "libc.so.6",
                "home/lib/libc.so.6",
                "usr/bin/python3-config",
                "usr/bin/bashbug",
                "usr/lib/x86_64-linux-gnu/libcrypto.so.3",
                "usr/lib/locale/locale-archive",
                "usr/lib/python3.11/json/__init__.py",
                "usr/lib/python3/dist-packages/site.py",
                "etc/passwd-",
                "etc/passwd/group",
                "opt/x/y/bin/python3",
            })
    void other_files_have_no_place(String path) {
        assertThat(usual.place(path)).isEmpty();
    }

    @Test
    void few_directories_are_looked_into() {
        for (String directory : List.of("home", "usr/share/doc", "usr/include", "var", "usr/lib/gcc", "opt/x/share")) {
            assertThat(usual.mayBeBelow(directory)).as(directory).isFalse();
        }
    }

    @Test
    void the_table_is_the_order() {
        assertThat(sorted(
                        usual,
                        "usr/lib/python3.11/os.py",
                        "usr/bin/python3.11",
                        ".singularity.d/env/01-base.sh",
                        "usr/lib/x86_64-linux-gnu/libc.so.6",
                        "etc/ld.so.cache",
                        "home/file",
                        "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
                        "usr/bin/bash",
                        "usr/bin/dash"))
                .containsExactly(
                        "usr/bin/dash",
                        "usr/bin/bash",
                        "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
                        "etc/ld.so.cache",
                        "usr/lib/x86_64-linux-gnu/libc.so.6",
                        ".singularity.d/env/01-base.sh",
                        "usr/bin/python3.11",
                        "usr/lib/python3.11/os.py");
    }

    @Test
    void what_was_read_comes_before_the_table_and_in_the_order_in_which_it_was_read() {
        var order = LaunchOrder.of(List.of("srv/data/z", "usr/bin/dash", "srv/a"));
        assertThat(sorted(order, "usr/bin/bash", "srv/a", "srv/b", "usr/bin/dash", "srv/data/z"))
                .containsExactly("srv/data/z", "usr/bin/dash", "srv/a", "usr/bin/bash");
        assertThat(order.mayBeBelow("srv/data")).isTrue();
        assertThat(order.mayBeBelow("srv")).isTrue();
        assertThat(order.mayBeBelow("srv/other")).isFalse();
    }
}
