package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeStepTest {
    @TempDir
    Path directory = Path.of("");

    private static void assertReadsBack(TreeStep step) {
        assertThat(TreeStep.of(step.words())).isEqualTo(step);
    }

    @Test
    void a_step_reads_back_from_its_words() {
        var settings = new PackSettings(
                new CompressionSetting.Zstd(19),
                4096,
                Tails.SHARED,
                PackSettings.Owners.ROOT,
                new PackSettings.Effort(3, 1L << 30));
        var times = new TreeStep.Times(4_000_000_000L, OptionalLong.of(1));
        var tree = TreeStep.Tree.of(Path.of("/a=b/new\nline ü"));
        var pack = new TreeStep.Pack(tree, Path.of("/out"), Optional.of(Path.of("/e=1")), settings, times);
        assertReadsBack(new TreeStep(pack, Path.of("/report"), TreeStep.Display.PROGRESS));
        var image = new BaseImage.Squashfs(Path.of("/i"), 36864, 1L << 40);
        var unpack = new TreeStep.Unpack(image, "i.sif", Path.of("/into"), settings.effort());
        assertReadsBack(new TreeStep(unpack, Path.of("/report"), TreeStep.Display.NOTHING));
        var arrange = new TreeStep.Arrange(image, "i=.sif", Path.of("/out"), Path.of("/record"), settings);
        assertReadsBack(new TreeStep(arrange, Path.of("/report"), TreeStep.Display.NOTHING));
    }

    @Test
    void every_setting_reads_back() {
        for (var compression : List.of("none", "gzip:1", "zstd:22", "lz4", "xz")) {
            var settings = PackSettings.usual()
                    .with(CompressionSetting.parse(compression).orElseThrow());
            var pack = new TreeStep.Pack(
                    new TreeStep.Tree(Path.of("a"), Optional.of(Path.of("c=d"))),
                    Path.of("b"),
                    Optional.empty(),
                    settings,
                    new TreeStep.Times(0, OptionalLong.empty()));
            assertReadsBack(new TreeStep(pack, Path.of("c"), TreeStep.Display.NOTHING));
        }
    }

    @Test
    void the_heap_is_never_too_small() {
        var image = new BaseImage.Squashfs(Path.of("/i"), 0, 1);
        var unpack = new TreeStep.Unpack(image, "i", Path.of("/into"), new PackSettings.Effort(1, 5));
        var step = new TreeStep(unpack, Path.of("/report"), TreeStep.Display.NOTHING);
        assertThat(step.work().effort().memoryBytes()).isEqualTo(64 << 20);
    }

    @Test
    void strong_compression_of_large_blocks_has_fewer_threads_where_memory_is_short() {
        var many = PackSettings.usual().with(new PackSettings.Effort(32, 384L << 20));
        assertThat(many.withBlockSize(1 << 20).threadsAtOnce()).isEqualTo(32);
        var strong = many.with(new CompressionSetting.Zstd(19));
        assertThat(strong.threadsAtOnce()).isEqualTo(32);
        assertThat(strong.withBlockSize(1 << 20).threadsAtOnce()).isEqualTo(10);
        assertThat(strong.withBlockSize(1 << 20)
                        .with(many.effort().withMemory(2L << 30))
                        .threadsAtOnce())
                .isEqualTo(32);
    }

    @Test
    void other_words_are_no_step() {
        assertThatIllegalArgumentException().isThrownBy(() -> TreeStep.of(List.of("burn")));
        assertThatIllegalArgumentException().isThrownBy(() -> TreeStep.of(List.of("pack", "rootfs=/")));
    }

    @Test
    void a_report_reads_back() throws IOException {
        assertReadsBack(new StepReport.Done(List.of()), "one");
        assertReadsBack(new StepReport.Done(List.of("devices: dev/null", "attributes: x")), "two");
        assertReadsBack(new StepReport.Failed("cannot", "do this"), "three");
        assertReadsBack(new StepReport.Failed("cannot", ""), "four");
        assertThat(StepReport.read(directory.resolve("none"))).isEmpty();
        assertThat(StepReport.read(Files.writeString(directory.resolve("torn"), "failed\n")))
                .isEmpty();
    }

    private void assertReadsBack(StepReport report, String name) throws IOException {
        report.writeTo(directory.resolve(name));
        assertThat(StepReport.read(directory.resolve(name))).contains(report);
    }

    @Test
    void a_report_is_lines_whatever_the_names() throws IOException {
        new StepReport.Failed("cannot pack a\nb", "").writeTo(directory.resolve("r"));
        assertThat(StepReport.read(directory.resolve("r"))).contains(new StepReport.Failed("cannot pack a?b", ""));
    }
}
