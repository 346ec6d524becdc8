package dev.kerr.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.log.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The programs that are part of launches, and what they are compiled from.
class FixedProgramsTest {
    private static final SyscallTable TABLE = SyscallTable.load();
    private static final long ALLOW = 0x7fff_0000L;
    private static final long SUCCESS = 0x0005_0000L;
    private static final long EPERM = 0x0005_0001L;
    private static final List<String> EMULATED = List.of(
            "chown",
            "chown32",
            "fchown",
            "fchown32",
            "fchownat",
            "lchown",
            "lchown32",
            "setuid",
            "setuid32",
            "setgid",
            "setgid32",
            "setreuid",
            "setreuid32",
            "setregid",
            "setregid32",
            "setresuid",
            "setresuid32",
            "setresgid",
            "setresgid32",
            "setfsuid",
            "setfsuid32",
            "setfsgid",
            "setfsgid32",
            "setgroups",
            "setgroups32",
            "capset",
            "kexec_load");

    private static Abi machine(Abi abi) {
        return abi == Abi.AARCH64 || abi == Abi.ARM ? Abi.AARCH64 : Abi.X86_64;
    }

    private static long raw(Abi abi, long number) {
        return abi == Abi.X32 ? number | 1L << 30 : number;
    }

    @ParameterizedTest
    @EnumSource(names = {"X86_64", "AARCH64"})
    void the_texts_are_what_the_compiler_makes(Abi machine) throws UserException {
        assertThat(TerminalFilter.text(machine))
                .isEqualTo(
                        Compiler.compile(TerminalFilter.filter(machine), TABLE).text());
        assertThat(RootEmulation.text(machine))
                .isEqualTo(
                        Compiler.compile(RootEmulation.filter(machine), TABLE).text());
    }

    @ParameterizedTest
    @EnumSource
    void nothing_types_on_the_terminal(Abi abi) {
        var filter = Interpreter.of(TerminalFilter.text(machine(abi)));
        long ioctl = raw(abi, Model.number(abi, "ioctl"));
        for (long upper : new long[] {0, 1L << 32, 0xffff_ffff_0000_0000L}) {
            assertThat(filter.run(abi, ioctl, 0, upper | 0x5412)).isEqualTo(EPERM);
            assertThat(filter.run(abi, ioctl, 0, upper | 0x541c)).isEqualTo(EPERM);
        }
        for (long other : new long[] {0x5401, 0x5411, 0x5413, 0x541b, 0x541d, 0x15412, 0x8000_5412L, 0}) {
            assertThat(filter.run(abi, ioctl, 0, other)).isEqualTo(ALLOW);
        }
        for (int number = 0; number < 600; number++) {
            if (number != (ioctl & 0xffff)) {
                assertThat(filter.run(abi, raw(abi, number), 0x5412, 0x5412)).isEqualTo(ALLOW);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_only_root_may_do_succeeds_and_nothing_else_is_touched(Abi abi) {
        var filter = Interpreter.of(RootEmulation.text(machine(abi)));
        int emulated = 0;
        for (int number = 0; number < 600; number++) {
            boolean isEmulated = Model.names(abi, number).stream().anyMatch(EMULATED::contains);
            assertThat(filter.run(abi, raw(abi, number), 1, 2, 3))
                    .as("%s %s", abi, Model.names(abi, number))
                    .isEqualTo(isEmulated ? SUCCESS : ALLOW);
            emulated += isEmulated ? 1 : 0;
        }
        assertThat(emulated).isEqualTo(abi == Abi.AARCH64 ? 13 : abi == Abi.I386 || abi == Abi.ARM ? 27 : 15);
    }

    @ParameterizedTest
    @EnumSource
    void devices_alone_are_not_made(Abi abi) {
        var filter = Interpreter.of(RootEmulation.text(machine(abi)));
        for (int type = 0; type < 16; type++) {
            long mode = (long) type << 12 | 0644;
            long expected = type == 2 || type == 6 ? SUCCESS : ALLOW;
            long mknodat = raw(abi, Model.number(abi, "mknodat"));
            assertThat(filter.run(abi, mknodat, 0, 0, mode, 0)).as("%o", mode).isEqualTo(expected);
            assertThat(filter.run(abi, mknodat, 0, 0, mode | 0x7_0000_0000L, 0)).isEqualTo(expected);
            assertThat(filter.run(abi, mknodat, 0, 0x2000, 0644 | 0x8000, 0)).isEqualTo(ALLOW);
            if (abi != Abi.AARCH64) {
                long mknod = raw(abi, Model.number(abi, "mknod"));
                assertThat(filter.run(abi, mknod, 0, mode, 0x2000)).isEqualTo(expected);
            }
        }
    }

    @Test
    void other_machines_calls_pass() {
        assertThat(Interpreter.of(TerminalFilter.text(Abi.X86_64)).run(Abi.AARCH64, 29, 0, 0x5412))
                .isEqualTo(ALLOW);
        assertThat(Interpreter.of(RootEmulation.text(Abi.AARCH64)).run(Abi.I386, 182))
                .isEqualTo(ALLOW);
    }
}
