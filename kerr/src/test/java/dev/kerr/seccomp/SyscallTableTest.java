package dev.kerr.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyscallTableTest {
    private static final Pattern LINE =
            Pattern.compile("#define __NR_(\\w+)\\s+\\(?(?:__X32_SYSCALL_BIT \\+ )?(\\d+)\\)?\\s*");

    private static final Pattern GENERIC = Pattern.compile("#define __NR_(\\w+) (\\d+)\\s*");

    private final SyscallTable table = SyscallTable.load();

    @ParameterizedTest
    @CsvSource({"X86_64, unistd_64.h", "I386, unistd_32.h", "X32, unistd_x32.h"})
    void the_table_is_that_of_the_kernels_headers(Abi abi, String header) throws IOException {
        Path file = Path.of("/usr/include/x86_64-linux-gnu/asm", header);
        assumeTrue(Files.exists(file), file + " is not there: the package linux-libc-dev of x86_64 has it");
        compare(abi, file, LINE, 300);
    }

    /// The calls whose numbers that header does not leave open.
    @Test
    void the_table_of_aarch64_is_that_of_the_generic_header() throws IOException {
        Path file = Path.of("/usr/include/asm-generic/unistd.h");
        assumeTrue(Files.exists(file), file + " is not there: the package linux-libc-dev has it");
        compare(Abi.AARCH64, file, GENERIC, 250);
    }

    private void compare(Abi abi, Path header, Pattern pattern, int least) throws IOException {
        int compared = 0;
        for (String line : Files.readAllLines(header)) {
            var matcher = pattern.matcher(line);
            boolean isCall = matcher.matches()
                    && !matcher.group(1).equals("syscalls")
                    && !(abi == Abi.AARCH64 && isOf32Bits(matcher.group(1)));
            if (isCall) {
                assertThat(table.number(matcher.group(1), abi))
                        .as("%s of %s", matcher.group(1), abi)
                        .hasValue(Integer.parseInt(matcher.group(2)));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(least);
    }

    /// Calls of that header which a machine of 64 bits does not have.
    private static boolean isOf32Bits(String name) {
        return name.endsWith("time64")
                || name.matches("clock_\\w+64|timer\\w*_\\w+64")
                || name.equals("sync_file_range2")
                || name.equals("arch_specific_syscall");
    }

    @Test
    void names_are_told_apart() {
        assertThat(table.number("openat", Abi.X86_64)).hasValue(257);
        assertThat(table.number("openat", Abi.ARM)).hasValue(322);
        assertThat(table.number("ioctl", Abi.X32)).hasValue(514);
        assertThat(table.number("open", Abi.AARCH64)).isEmpty();
        assertThat(table.knows("riscv_flush_icache")).isTrue();
        assertThat(table.hasNumber("riscv_flush_icache")).isFalse();
        assertThat(table.knows("mkdirr")).isFalse();
    }
}
