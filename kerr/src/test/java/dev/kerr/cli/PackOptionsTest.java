package dev.kerr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.build.PackSettings;
import dev.kerr.compress.CompressionSetting;
import dev.kerr.config.Config;
import dev.kerr.config.Variables;
import dev.kerr.log.UserException;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackOptionsTest {
    private Config.Packing site = Config.defaults().packing();
    private Map<String, String> variables = Map.of();

    private PackSettings of(String... options) throws UsageException, UserException {
        var words = new ArrayList<>(List.of("build"));
        words.addAll(List.of(options));
        words.addAll(List.of("x.sif", "x.def"));
        return PackOptions.of(CommandLineParser.command(Command.BUILD, words, 1, new Variables(variables)), site);
    }

    private PackSettings passed(String arguments) throws UsageException, UserException {
        return of("--mksquashfs-args", arguments);
    }

    @Test
    void without_options_it_is_as_usual() throws UsageException, UserException {
        assertThat(of()).isEqualTo(PackSettings.usual());
        assertThat(passed(" ")).isEqualTo(PackSettings.usual());
    }

    @Test
    void each_option_sets_its_own() throws UsageException, UserException {
        var settings = of("--compression=gzip:6", "--block-size", "1M", "--processors", "7");
        assertThat(settings.compression()).isEqualTo(new CompressionSetting.Gzip(6));
        assertThat(settings.blockSize()).isEqualTo(1 << 20);
        assertThat(settings.effort().threads()).isEqualTo(7);
    }

    @Test
    void the_site_sets_the_effort() throws UsageException, UserException {
        site = new Config.Packing(OptionalInt.of(5), OptionalLong.of(1 << 30));
        assertThat(of().effort()).isEqualTo(new PackSettings.Effort(5, 1 << 30));
        assertThat(of("--processors", "2").effort().threads()).isEqualTo(2);
    }

    @Test
    void arguments_of_mksquashfs_that_mean_something_are_obeyed() throws UsageException, UserException {
        var settings = passed("-comp gzip  -Xcompression-level 4 -b 64K -processors 3 -mem 1G -all-root -noappend");
        assertThat(settings.compression()).isEqualTo(new CompressionSetting.Gzip(4));
        assertThat(settings.blockSize()).isEqualTo(64 << 10);
        assertThat(settings.effort()).isEqualTo(new PackSettings.Effort(3, 1 << 30));
        assertThat(settings.owners()).isEqualTo(PackSettings.Owners.ROOT);
        assertThat(passed("-no-fragments").tails()).isEqualTo(Tails.OWN_BLOCKS);
        assertThat(passed("-always-use-fragments").tails()).isEqualTo(Tails.SHARED);
        assertThat(passed("-Xcompression-level 19").compression()).isEqualTo(new CompressionSetting.Zstd(19));
        assertThat(passed("-comp xz").compression()).isEqualTo(new CompressionSetting.Xz());
        assertThat(passed("-no-compression").compression()).isEqualTo(new CompressionSetting.None());
    }

    @Test
    void an_option_of_our_own_counts_more_than_a_passed_argument() throws UsageException, UserException {
        variables = Map.of("APPTAINER_MKSQUASHFS_ARGS", "-comp gzip -b 4K");
        assertThat(of("--compression", "lz4").compression()).isEqualTo(new CompressionSetting.Lz4());
        assertThat(of("--compression", "lz4").blockSize()).isEqualTo(4096);
    }

    @ParameterizedTest
    @CsvSource({
        "--compression, brotli, --compression brotli: not zstd",
        "--compression, zstd:23, --compression zstd:23: not",
        "--compression, lz4:1, --compression lz4:1: not",
        "--block-size, 3K, --block-size 3K: not a power of two from 4K to 1M",
        "--block-size, 2M, --block-size 2M: not",
        "--processors, 0, --processors 0: not a number from 1 to 1024",
        "--processors, many, --processors many: not",
        "--mksquashfs-args, -noD, argument -noD of --mksquashfs-args means nothing to Kerr",
        "--mksquashfs-args, -comp, argument -comp of --mksquashfs-args needs a value",
        "--mksquashfs-args, -comp lzo, -comp lzo of --mksquashfs-args: not zstd",
        "--mksquashfs-args, -comp none, -comp none of",
        "--mksquashfs-args, -comp xz -Xcompression-level 3, -Xcompression-level 3 of --mksquashfs-args: xz has no",
        "--mksquashfs-args, -b 5, -b 5: not a power of two",
        "--mksquashfs-args, -mem x, -mem x: not a size",
    })
    void a_wrong_value_is_named(String option, String value, String message) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> of(option, value))
                .withMessageStartingWith(message);
    }
}
