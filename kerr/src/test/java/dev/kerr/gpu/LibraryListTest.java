package dev.kerr.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibraryListTest {
    @Test
    void names_are_told_apart_by_their_form() throws UserException {
        String text =
                "# comment\n\n  nvidia-smi \r\nlibcuda.so\nlibnvoptix.so.1\n/usr/share/x.json\n/opt/liba.so\n#x\nlast";
        assertThat(LibraryList.parse(text, "list"))
                .isEqualTo(new LibraryList(
                        List.of("libcuda.so", "libnvoptix.so.1"),
                        List.of("/opt/liba.so"),
                        List.of("/usr/share/x.json"),
                        List.of("nvidia-smi", "last")));
    }

    @ParameterizedTest
    @CsvSource({"bin/nvidia-smi", "../libcuda.so", "/usr/../etc/shadow", "/usr/.."})
    void a_path_that_is_not_plain_is_refused(String name) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> LibraryList.parse("# x\n" + name + "\n", "list.conf"))
                .withMessage("list.conf:2: " + name + " is neither a name nor an absolute path");
    }

    @Test
    void our_lists_name_what_drivers_consist_of() throws Exception {
        LibraryList nvidia = ours("nvliblist.conf");
        assertThat(nvidia.programs())
                .containsExactly(
                        "nvidia-cuda-mps-control",
                        "nvidia-cuda-mps-server",
                        "nvidia-debugdump",
                        "nvidia-persistenced",
                        "nvidia-smi");
        assertThat(nvidia.libraries())
                .contains("libcuda.so", "libnvidia-ml.so", "libEGL_nvidia.so", "libnvoptix.so")
                .doesNotHaveDuplicates();
        assertThat(nvidia.files())
                .contains("/usr/share/nvidia/nvoptix.bin", "/usr/share/glvnd/egl_vendor.d/10_nvidia.json")
                .doesNotHaveDuplicates();
        LibraryList rocm = ours("rocmliblist.conf");
        assertThat(rocm.programs()).contains("rocm-smi", "rocminfo");
        assertThat(rocm.libraries())
                .contains("libhsa-runtime64.so", "libamdhip64.so")
                .doesNotHaveDuplicates();
    }

    private static LibraryList ours(String name) throws Exception {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("etc/kerr.conf"))) {
            root = Objects.requireNonNull(root.getParent());
        }
        return LibraryList.parse(Files.readString(root.resolve("etc/" + name)), name);
    }
}
