package dev.kerr.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.util.List;

/// Reads and compiles profiles that a fuzzer makes: what is taken is a program that the kernel would take, and means
/// what its rules say.
class ProfileFuzzTest {
    private static final SyscallTable TABLE = SyscallTable.load();
    private static final Circumstances HERE = new Circumstances(Abi.X86_64, List.of("CAP_SYS_ADMIN"), "6.1.0");

    @FuzzTest
    void any_bytes_are_a_profile_that_the_kernel_takes_or_refused(byte[] bytes) {
        Profile profile;
        Program program;
        try {
            profile = Profile.read(bytes, HERE, TABLE);
            program = Compiler.compile(profile.filter(), TABLE);
        } catch (FormatException | UserException expected) {
            return;
        }
        var interpreter = new Interpreter(program);
        var model = new Model(profile.filter());
        for (int number = 0; number < 600; number++) {
            for (long argument : new long[] {0, 0x5412, 0xffff_ffffL, -1}) {
                long[] arguments = {argument, argument, argument, argument, argument, argument};
                assertThat(interpreter.run(Abi.X86_64, number, arguments))
                        .isEqualTo(model.decide(Abi.X86_64, number, arguments).value());
            }
        }
    }
}
