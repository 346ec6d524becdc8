package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTimeTest {
    @TempDir
    Path rootfs = Path.of("");

    private final BuildTime time = new BuildTime(OptionalLong.empty());

    @Test
    void without_a_base_it_is_that_of_other_reproducible_builds() {
        assertThat(time.date()).hasToString("1980-01-01T00:00Z[UTC]");
    }

    @Test
    void the_caller_s_goes_before_all_others() throws Exception {
        var fixed = new BuildTime(OptionalLong.of(5));
        fixed.takeFrom(new BaseImage.Directory(rootfs));
        fixed.set(7);
        assertThat(fixed.seconds()).isEqualTo(5);
    }

    @Test
    void a_directory_s_is_that_of_its_metadata() throws Exception {
        Path labels = rootfs.resolve(MetadataPaths.LABELS);
        Files.createDirectories(labels.getParent());
        Files.writeString(labels, "{}");
        Files.setLastModifiedTime(labels, FileTime.fromMillis(1_000_123));
        time.takeFrom(new BaseImage.Directory(rootfs));
        assertThat(time.seconds()).isEqualTo(1000);
    }

    @Test
    void an_archive_s_is_that_of_its_latest_release() throws Exception {
        Path lists = Files.createDirectories(rootfs.resolve("var/lib/apt/lists"));
        Files.writeString(lists.resolve("a_InRelease"), "Suite: x\nDate: Sat, 09 Nov 2024 10:26:58 UTC\n");
        Files.writeString(lists.resolve("b_Release"), "Date: Sat, 02 Nov 2024 10:26:58 UTC\n");
        Files.writeString(lists.resolve("c_Release"), "Date: some day\n");
        Files.writeString(lists.resolve("d_Packages"), "Date: Sat, 09 Nov 2030 10:26:58 UTC\n");
        time.takeFromArchive(rootfs);
        assertThat(time.date()).hasToString("2024-11-09T10:26:58Z[UTC]");
    }

    @Test
    void no_archive_leaves_it() throws Exception {
        time.takeFromArchive(rootfs);
        assertThat(time.seconds()).isEqualTo(BuildTime.UNKNOWN);
    }
}
