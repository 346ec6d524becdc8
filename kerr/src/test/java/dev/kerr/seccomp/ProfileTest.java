package dev.kerr.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What profiles say, and what is refused. Quotation marks of the JSON are written as apostrophes,
/// and `SCMP_` as `@`.
class ProfileTest {
    private static final SyscallTable TABLE = SyscallTable.load();
    private static final long ALLOW = 0x7fff_0000L;
    private static final long ERRNO = 0x0005_0000L;

    private static Profile read(String json, String kernel, String... capabilities) throws FormatException {
        byte[] document = json.replace('\'', '"').replace("@", "SCMP_").getBytes(StandardCharsets.UTF_8);
        return Profile.read(document, new Circumstances(Abi.X86_64, List.of(capabilities), kernel), TABLE);
    }

    private static Interpreter run(String json, String... capabilities) throws FormatException, UserException {
        return new Interpreter(
                Compiler.compile(read(json, "6.1.0-18-amd64", capabilities).filter(), TABLE));
    }

    /// A profile that allows nothing but some rules.
    private static String allowing(String rules) {
        return "{'defaultAction': '@ACT_ERRNO', 'syscalls': [" + "{'names': ['execve'], 'action': '@ACT_ALLOW'},"
                + rules + "]}";
    }

    private static String denying(String rule) {
        return "{'defaultAction': '@ACT_ALLOW', 'syscalls': [" + rule + "]}";
    }

    @Test
    void the_form_of_the_runtime_specification_is_read() throws Exception {
        var filter = run("{'defaultAction': '@ACT_ERRNO', 'defaultErrnoRet': 38,"
                + "'architectures': ['@ARCH_X86', '@ARCH_MIPS64N32'],"
                + "'flags': ['SECCOMP_FILTER_FLAG_SPEC_ALLOW'], 'syscalls': ["
                + "{'names': ['read', 'execve'], 'action': '@ACT_ALLOW', 'args': null},"
                + "{'names': ['ioctl'], 'action': '@ACT_TRACE', 'errnoRet': 7,"
                + " 'args': [{'index': 1, 'value': 4294967295, 'valueTwo': 21522, 'op': '@CMP_MASKED_EQ'}]},"
                + "{'names': ['kill'], 'action': '@ACT_KILL_PROCESS'},"
                + "{'names': ['tkill'], 'action': '@ACT_KILL'},"
                + "{'names': ['tgkill'], 'action': '@ACT_TRAP'},"
                + "{'names': ['write'], 'action': '@ACT_LOG'}]}");
        assertThat(filter.run(Abi.X86_64, 0)).isEqualTo(ALLOW);
        assertThat(filter.run(Abi.I386, 3)).isEqualTo(ALLOW);
        assertThat(filter.run(Abi.X86_64, 2)).isEqualTo(ERRNO | 38);
        assertThat(filter.run(Abi.X86_64, 16, 0, 0x1_0000_5412L)).isEqualTo(0x7ff0_0007L);
        assertThat(filter.run(Abi.X86_64, 16, 0, 0x5413)).isEqualTo(ERRNO | 38);
        assertThat(filter.run(Abi.X86_64, 62)).isEqualTo(0x8000_0000L);
        assertThat(filter.run(Abi.X86_64, 200)).isZero();
        assertThat(filter.run(Abi.X86_64, 234)).isEqualTo(0x0003_0000L);
        assertThat(filter.run(Abi.X86_64, 1)).isEqualTo(0x7ffc_0000L);
        assertThat(filter.run(Abi.X86_64, 1L << 30)).isEqualTo(0x8000_0000L); // x32 is not named
    }

    @Test
    void the_form_of_docker_is_read() throws Exception {
        String json = "{'defaultAction': '@ACT_ERRNO', 'defaultErrno': 'ENOSYS', 'defaultErrnoRet': 38, 'archMap': ["
                + "{'architecture': '@ARCH_X86_64', 'subArchitectures': ['@ARCH_X86', '@ARCH_X32']},"
                + "{'architecture': '@ARCH_RISCV64', 'subArchitectures': null}], 'syscalls': ["
                + "{'names': ['execve'], 'action': '@ACT_ALLOW', 'args': [], 'comment': '',"
                + " 'includes': {}, 'excludes': {}},"
                + "{'names': ['mount'], 'action': '@ACT_ALLOW', 'includes': {'caps': ['CAP_SYS_ADMIN']}},"
                + "{'names': ['mount'], 'action': '@ACT_ERRNO', 'errno': 'EPERM',"
                + " 'excludes': {'caps': ['CAP_SYS_ADMIN']}},"
                + "{'names': ['ptrace'], 'action': '@ACT_ALLOW', 'includes': {'minKernel': '4.8'}},"
                + "{'names': ['bpf'], 'action': '@ACT_ALLOW', 'includes': {'minKernel': '6.2'}},"
                + "{'names': ['arch_prctl'], 'action': '@ACT_ALLOW', 'includes': {'arches': ['amd64', 'x32']}},"
                + "{'names': ['modify_ldt'], 'action': '@ACT_ALLOW', 'includes': {'arches': ['arm64']}},"
                + "{'name': 'clone', 'action': '@ACT_ALLOW', 'excludes': {'arches': ['s390']}}]}";
        var user = run(json);
        assertThat(user.run(Abi.X86_64, 165)).isEqualTo(ERRNO | 1);
        assertThat(user.run(Abi.X86_64, 101)).isEqualTo(ALLOW);
        assertThat(user.run(Abi.X86_64, 321)).isEqualTo(ERRNO | 38);
        assertThat(user.run(Abi.X86_64, 158)).isEqualTo(ALLOW);
        assertThat(user.run(Abi.X86_64, 154)).isEqualTo(ERRNO | 38);
        assertThat(user.run(Abi.X86_64, 56)).isEqualTo(ALLOW);
        assertThat(user.run(Abi.X86_64, 1L << 30 | 56)).isEqualTo(ALLOW);
        assertThat(user.run(Abi.I386, 120)).isEqualTo(ALLOW);
        var root = run(json, "CAP_SYS_ADMIN", "CAP_CHOWN");
        assertThat(root.run(Abi.X86_64, 165)).isEqualTo(ALLOW);
    }

    @ParameterizedTest
    @CsvSource({"6.18.44-fc, 1", "10.0, 1", "6.2, 1", "6.1.9, 38", "5.15.0-91-generic, 38"})
    void kernels_are_compared_by_their_first_two_numbers(String kernel, int errno) throws Exception {
        String rules = "{'names': ['bpf'], 'action': '@ACT_ERRNO', 'includes': {'minKernel': '6.2'}},"
                + "{'names': ['bpf'], 'action': '@ACT_ERRNO', 'errnoRet': 38, 'excludes': {'minKernel': '6.2'}}";
        var profile = read(allowing(rules), kernel);
        assertThat(new Interpreter(Compiler.compile(profile.filter(), TABLE)).run(Abi.X86_64, 321))
                .isEqualTo(ERRNO | errno);
    }

    @Test
    void conditions_for_one_argument_are_alternatives() throws Exception {
        var filter = run(allowing("{'names': ['personality'], 'action': '@ACT_ALLOW', 'args': ["
                + "{'index': 0, 'value': 0, 'op': '@CMP_EQ'}, {'index': 0, 'value': 8, 'op': '@CMP_EQ'}]}"));
        assertThat(filter.run(Abi.X86_64, 135, 0)).isEqualTo(ALLOW);
        assertThat(filter.run(Abi.X86_64, 135, 8)).isEqualTo(ALLOW);
        assertThat(filter.run(Abi.X86_64, 135, 9)).isEqualTo(ERRNO | 1);
    }

    @Test
    void values_have_64_bits() throws Exception {
        var filter = run(allowing("{'names': ['personality'], 'action': '@ACT_ALLOW', 'args': ["
                + "{'index': 0, 'value': 18446744073709551615, 'op': '@CMP_GE'}]}"));
        assertThat(filter.run(Abi.X86_64, 135, -1)).isEqualTo(ALLOW);
        assertThat(filter.run(Abi.X86_64, 135, -2)).isEqualTo(ERRNO | 1);
    }

    @Test
    void the_kernel_logs_if_the_profile_says_so() throws Exception {
        String json = denying("{'names': ['mount'], 'action': '@ACT_ERRNO'}");
        assertThat(read(json, "6.1").isLogged()).isFalse();
        String logged = json.replace("{'defaultAction'", "{'flags': ['SECCOMP_FILTER_FLAG_LOG'], 'defaultAction'");
        assertThat(read(logged, "6.1").isLogged()).isTrue();
    }

    @Test
    void names_of_newer_kernels_are_passed_over_where_that_is_stricter() throws Exception {
        var profile = read(
                allowing("{'names': ['read', 'read_in_2040', 'riscv_flush_icache'], 'action': '@ACT_ALLOW'}"), "6.1");
        assertThat(profile.unknown()).containsExactly("read_in_2040");
    }

    @Test
    void a_name_of_another_architecture_may_be_forbidden() throws Exception {
        var filter = run(denying("{'names': ['s390_sthyi', 'kexec_load'], 'action': '@ACT_ERRNO'}"));
        assertThat(filter.run(Abi.X86_64, 246)).isEqualTo(ERRNO | 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kexec_lod", "KEXEC_LOAD", "kexec_load ", "kexec-load"})
    void a_restriction_is_not_lost_by_a_slip_of_the_pen(String name) {
        refused(
                denying("{'names': ['mount', '" + name + "'], 'action': '@ACT_ERRNO'}"),
                "\"" + name + "\" is not known");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'defaultAction': '@ACT_ALLOW'}",
                "{'defaultAction': '@ACT_ALLOW', 'syscalls': []}",
                "{'defaultAction': '@ACT_ALLOW', 'syscalls': [{'names': ['mount'], 'action': '@ACT_ALLOW'}]}",
                "{'defaultAction': '@ACT_ALLOW', 'syscalls': [{'names': ['s390_sthyi'], 'action': '@ACT_KILL'}]}",
                "{'defaultAction': '@ACT_ALLOW', 'syscalls': [{'names': ['mount'], 'action': '@ACT_KILL',"
                        + " 'includes': {'caps': ['CAP_BPF']}}]}"
            })
    void a_profile_that_restricts_nothing_is_none(String json) {
        refused(json, "the profile restricts nothing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | \"defaultAction\" is missing",
                "{'defaultAction': '@ACT_ERRNO'} | does not allow execve",
                "{'defaultAction': '@ACT_TRACE'} | does not allow execve",
                "{'defaultAction': 'ERRNO'} | the action \"ERRNO\" is not known",
                "{'defaultAction': '@ACT_NOTIFY'} | SCMP_ACT_NOTIFY needs a program",
                "{'defaultAction': 7} | \"defaultAction\" is not a text",
                "{'defaultAction': '@ACT_ALLOW', 'defaultErrnoRet': 1} | SCMP_ACT_ALLOW has no errno",
                "{'defaultAction': '@ACT_ERRNO', 'defaultErrnoRet': 4096} | 4096 is no errno",
                "{'defaultAction': '@ACT_ERRNO', 'defaultErrnoRet': -1} | -1 is no errno",
                "{'defaultAction': '@ACT_ERRNO', 'defaultErrno': 'EWHAT'} | the errno \"EWHAT\" is not known",
                "{'defaultAction': '@ACT_ERRNO', 'defaultErrno': 'EPERM', 'defaultErrnoRet': 38} | are not the same",
                "{'defaultAction': '@ACT_ALLOW', 'sycalls': []} | \"sycalls\" is no member of a seccomp profile",
                "{'defaultAction': '@ACT_ALLOW', 'listenerPath': '/s'} | which Kerr does not do",
                "{'defaultAction': '@ACT_ERRNO', 'architectures': ['@ARCH_X86_46']} | does not allow execve",
                "{'defaultAction': '@ACT_LOG', 'architectures': ['@ARCH_X86_46']} | SCMP_ARCH_X86_46 is not known",
                "{'defaultAction': '@ACT_LOG', 'architectures': ['@ARCH_X86'], 'archMap': [{'architecture': 'a'}]}"
                        + " | which is one too many",
                "{'defaultAction': '@ACT_LOG', 'flags': ['SECCOMP_FILTER_FLAG_NEW']} | the flag",
                "{'defaultAction': '@ACT_LOG', 'syscalls': {}} | \"syscalls\" is not a list",
                "[] | the JSON is no object",
                "{'defaultAction': '@ACT_LOG' | malformed JSON",
                "{'defaultAction': '@ACT_LOG', 'defaultAction': '@ACT_ALLOW'} | appears twice"
            })
    void what_is_no_profile_is_refused(String json, String problem) {
        refused(json, problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'action': '@ACT_KILL'} | the rule names no system call",
                "{'names': [], 'action': '@ACT_KILL'} | the rule names no system call",
                "{'names': [''], 'action': '@ACT_KILL'} | the rule names no system call",
                "{'names': ['read'], 'name': 'write', 'action': '@ACT_KILL'} | which is one too many",
                "{'names': ['read']} | \"action\" is missing",
                "{'names': ['read'], 'action': '@ACT_KILL', 'errnoRet': 1} | SCMP_ACT_KILL has no errno",
                "{'names': ['read'], 'action': '@ACT_NOTIFY'} | SCMP_ACT_NOTIFY needs a program",
                "{'names': ['read'], 'action': '@ACT_KILL', 'arg': []} | \"arg\" is no member of a seccomp rule",
                "{'names': ['read'], 'action': '@ACT_KILL', 'includes': {'cap': ['X']}} | \"cap\" is no member",
                "{'names': ['read'], 'action': '@ACT_KILL', 'includes': {'minKernel': 'new'}} | is no version",
                "{'names': ['read'], 'action': '@ACT_KILL', 'args': [{'index': 6, 'value': 0, 'op': '@CMP_EQ'}]}"
                        + " | 6 is no argument",
                "{'names': ['read'], 'action': '@ACT_KILL', 'args': [{'index': 0, 'value': -1, 'op': '@CMP_EQ'}]}"
                        + " | is no number from 0",
                "{'names': ['read'], 'action': '@ACT_KILL', 'args': [{'index': 0, 'value': 1.5, 'op': '@CMP_EQ'}]}"
                        + " | is no number from 0",
                "{'names': ['read'], 'action': '@ACT_KILL', 'args': [{'index': 0, 'op': '@CMP_EQ'}]}"
                        + " | \"value\" is missing",
                "{'names': ['read'], 'action': '@ACT_KILL', 'args': [{'index': 0, 'value': 1, 'op': 'EQ'}]}"
                        + " | the comparison EQ is not known"
            })
    void what_is_no_rule_is_refused(String rule, String problem) {
        refused(denying(rule), problem);
    }

    private static void refused(String json, String problem) {
        assertThatThrownBy(() -> read(json, "6.1"))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(problem);
    }
}
