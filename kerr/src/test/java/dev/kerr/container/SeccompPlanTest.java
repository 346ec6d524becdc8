package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.Isolation.Processes;
import dev.kerr.container.Security.OtherUser;
import dev.kerr.container.Security.SyscallFilter;
import dev.kerr.linux.Account;
import dev.kerr.seccomp.Abi;
import dev.kerr.seccomp.TerminalFilter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which filters of system calls a plan has, and where.
class SeccompPlanTest {
    private static final Op.Seccomp TERMINAL = new Op.Seccomp(TerminalFilter.text(Abi.X86_64));
    private static final String PROGRAM = "060000000000ff7f";

    @TempDir
    Path sandbox = Path.of("");

    private final Situation situation = new Situation();

    private static Isolation isolation(Rights rights, Security security) {
        return Isolation.of(List.of(), Processes.HOST).hiding(true, true).with(rights, security);
    }

    private static Security filtered() {
        return Security.of(Optional.of(new SyscallFilter(PROGRAM, true)), Optional.empty());
    }

    private List<OpCode> last(int count) throws Exception {
        var codes = situation.plan().ops().stream().map(Op::code).toList();
        return codes.subList(codes.size() - count, codes.size());
    }

    @Test
    void every_launch_has_the_filter_of_terminals() throws Exception {
        for (Action action : List.of(Action.EXEC, Action.RUN, Action.SHELL, Action.TEST)) {
            situation.payload = new Payload(action, 3, List.of());
            assertThat(situation.plan().ops()).containsOnlyOnce(TERMINAL);
            assertThat(last(3)).containsExactly(OpCode.PRIVILEGES, OpCode.SECCOMP, OpCode.EXEC);
        }
        situation.root();
        assertThat(situation.plan().ops()).containsOnlyOnce(TERMINAL);
    }

    @Test
    void steps_of_builds_have_none() throws Exception {
        assertThat(situation.subIds().sandbox(sandbox).step("true").plan().ops())
                .extracting(Op::code)
                .doesNotContain(OpCode.SECCOMP);
    }

    @Test
    void a_profile_comes_last_for_it_may_forbid_another() throws Exception {
        situation.isolation = isolation(Rights.USUAL, filtered());
        var ops = situation.plan().ops();
        assertThat(last(5))
                .containsExactly(OpCode.PRIVILEGES, OpCode.KEYRING, OpCode.SECCOMP, OpCode.SECCOMP, OpCode.EXEC);
        assertThat(ops.get(ops.size() - 3)).isEqualTo(TERMINAL);
        assertThat(ops.get(ops.size() - 2)).isEqualTo(new Op.Seccomp(PROGRAM, true));
    }

    /// Without no_new_privs the kernel takes a filter from nobody who lacks CAP_SYS_ADMIN.
    @Test
    void filters_come_before_rights_are_given_up_where_new_ones_may_be_had() throws Exception {
        situation.root();
        var rights = new Rights(Rights.USUAL.root(), 0, -1, true);
        situation.isolation = isolation(rights, filtered());
        assertThat(last(5))
                .containsExactly(OpCode.KEYRING, OpCode.SECCOMP, OpCode.SECCOMP, OpCode.PRIVILEGES, OpCode.EXEC);
    }

    @Test
    void root_becomes_another_user_before_its_filters() throws Exception {
        situation.root();
        var other = new OtherUser(new Account("ada", 1000, 100, "", "/home/ada", "/bin/sh"), List.of(100, 27));
        situation.isolation = isolation(Rights.USUAL, Security.of(Optional.empty(), Optional.of(other)));
        assertThat(last(5))
                .containsExactly(OpCode.BECOME, OpCode.PRIVILEGES, OpCode.KEYRING, OpCode.SECCOMP, OpCode.EXEC);
        assertThat(situation.plan().ops())
                .contains(new Op.Become(1000, 100, List.of(100, 27)), Rights.USUAL.ofUser())
                .contains(Op.Environment.set("HOME", "/home/ada"));
    }
}
