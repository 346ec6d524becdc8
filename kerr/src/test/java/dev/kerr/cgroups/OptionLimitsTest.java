package dev.kerr.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionLimitsTest {
    /// Options as words: `--memory=1g --oom-kill-disable`.
    static Limits limits(String words) throws UserException {
        var host = FakeHost.ofProcessors(4).device("/dev/sda", 8, 0);
        return OptionLimits.parse(
                new OptionLimits.Values() {
                    @Override
                    public Optional<String> value(String option) {
                        var items = items(option);
                        return items.isEmpty() ? Optional.empty() : Optional.of(items.getLast());
                    }

                    @Override
                    public List<String> items(String option) {
                        var items = new ArrayList<String>();
                        for (String word : words.split(" ")) {
                            if (word.startsWith("--" + option + "=")) {
                                items.add(word.substring(option.length() + 3));
                            }
                        }
                        return items;
                    }

                    @Override
                    public boolean flag(String option) {
                        return List.of(words.split(" ")).contains("--" + option);
                    }
                },
                host);
    }

    @Test
    void every_option_is_a_limit() throws Exception {
        var limits = limits("--cpus=1.5 --cpu-shares=512 --cpuset-cpus=0-1 --cpuset-mems=0 --memory=1g"
                + " --memory-reservation=512m --memory-swap=2g --pids-limit=100 --blkio-weight=500"
                + " --blkio-weight-device=/dev/sda:20 --oom-kill-disable");
        assertThat(limits.cpu().quota()).hasValue(150_000);
        assertThat(limits.cpu().period()).hasValue(100_000);
        assertThat(limits.cpu().shares()).hasValue(512);
        assertThat(limits.cpu().cpus()).isEqualTo("0-1");
        assertThat(limits.cpu().mems()).isEqualTo("0");
        assertThat(limits.memory().limit()).hasValue(1L << 30);
        assertThat(limits.memory().reservation()).hasValue(1L << 29);
        assertThat(limits.memory().swap()).hasValue(2L << 30);
        assertThat(limits.memory().waits()).isTrue();
        assertThat(limits.processes()).hasValue(100);
        assertThat(limits.io().weight()).hasValue(500);
        assertThat(limits.io().weights()).containsExactly(new Limits.DeviceValue(8, 0, 20));
        assertThat(limits.names().keySet())
                .containsExactly(Controller.CPU, Controller.CPUSET, Controller.MEMORY, Controller.PIDS, Controller.IO);
        assertThat(limits.name(Controller.MEMORY)).isEqualTo("--memory");
    }

    @Test
    void nothing_is_asked_for_by_nothing_and_by_what_the_peers_take_for_nothing() throws Exception {
        assertThat(limits("").isNone()).isTrue();
        assertThat(limits("--pids-limit=0 --blkio-weight=0 --cpu-shares=-1").isNone())
                .isTrue();
    }

    @Test
    void no_limit_of_swap_goes_with_a_limit_of_memory() throws Exception {
        assertThat(limits("--memory=1g --memory-swap=-1").memory().swap()).isEqualTo(OptionalLong.of(-1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--memory=much | --memory much is no size (hint: it is such as 512m or 2g)",
                "--memory=1 | --memory 1 is less than a page of memory",
                "--memory=-2 | --memory -2 is no size (hint: it is such as 512m or 2g)",
                "--memory-swap=1g | --memory-swap without --memory means nothing"
                        + " (hint: it is memory and swap together)",
                "--memory-swap=-1 | --memory-swap without --memory means nothing"
                        + " (hint: it is memory and swap together)",
                "--memory=2g --memory-swap=1g | --memory-swap is less than --memory"
                        + " (hint: it is memory and swap together)",
                "--memory=1g --memory-reservation=2g | --memory-reservation is more than --memory",
                "--cpus=0 | --cpus 0 is no number of processors (hint: from 0.01 to 4, which the host has)",
                "--cpus=-1 | --cpus -1 is no number of processors (hint: from 0.01 to 4, which the host has)",
                "--cpus=0.001 | --cpus 0.001 is no number of processors (hint: from 0.01 to 4, which the host has)",
                "--cpus=4.5 | --cpus 4.5 is no number of processors (hint: from 0.01 to 4, which the host has)",
                "--cpus=two | --cpus two is no number of processors (hint: from 0.01 to 4, which the host has)",
                "--cpu-shares=1 | --cpu-shares 1 is out of range (hint: from 2 to 262144)",
                "--cpu-shares=1.5 | --cpu-shares 1.5 is no whole number",
                "--cpuset-cpus=0-4 | --cpuset-cpus 0-4: the host has no processors 4 (hint: it has 0-3)",
                "--cpuset-cpus=a | --cpuset-cpus a is no list of processors (hint: it is such as 0-3,7)",
                "--cpuset-mems=0,2-3 | --cpuset-mems 0,2-3: the host has no memory nodes 2-3 (hint: it has 0-1)",
                "--pids-limit=-5 | --pids-limit -5 is out of range (hint: from 1 to 4194304, or -1 for no limit)",
                "--pids-limit=x | --pids-limit x is no whole number",
                "--blkio-weight=9 | --blkio-weight 9 is out of range (hint: from 10 to 1000)",
                "--blkio-weight-device=/dev/sda:1001 | --blkio-weight-device 1001 is out of range"
                        + " (hint: from 10 to 1000)",
                "--blkio-weight-device=/dev/sdb:10 | --blkio-weight-device /dev/sdb:10: /dev/sdb is no block device"
                        + " (hint: it is such as /dev/sda:500)",
                "--blkio-weight-device=/dev/sda:x | --blkio-weight-device /dev/sda:x: the weight is no whole number",
                "--blkio-weight-device=/dev/sda | --blkio-weight-device /dev/sda: /dev/sda is no block device"
                        + " (hint: it is such as /dev/sda:500)",
            })
    void what_is_wrong_is_said_by_the_name_of_the_option(String words, String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> limits(words))
                .satisfies(wrong -> assertThat(wrong.line()).isEqualTo(message));
    }
}
