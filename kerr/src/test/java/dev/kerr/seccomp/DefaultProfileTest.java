package dev.kerr.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The profile of contained launches: every number of every ABI, and the calls that it is about by name.
class DefaultProfileTest {
    private static final Path FILE = Path.of("../etc/seccomp-profiles/default.json");
    private static final SyscallTable TABLE = SyscallTable.load();
    private static final long ALLOW = 0x7fff_0000L;
    private static final long ERRNO = 0x0005_0000L;
    private static final List<String> ROOT = List.of("CAP_CHOWN", "CAP_MKNOD", "CAP_SYS_CHROOT");
    private static final List<String> USER =
            List.of("CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_PERFMON");

    private static Filter filter(Abi machine, List<String> capabilities) throws IOException {
        var circumstances = new Circumstances(machine, capabilities, "6.1.0");
        return Profile.read(Files.readAllBytes(FILE), circumstances, TABLE).filter();
    }

    private static Interpreter program(Abi machine, List<String> capabilities) throws IOException, UserException {
        return new Interpreter(Compiler.compile(filter(machine, capabilities), TABLE));
    }

    private static Abi machine(Abi abi) {
        return abi == Abi.AARCH64 || abi == Abi.ARM ? Abi.AARCH64 : Abi.X86_64;
    }

    private static long raw(Abi abi, long number) {
        return abi == Abi.X32 ? number | 1L << 30 : number;
    }

    /// Arguments that decide: nothing, a new user namespace, TIOCSTI as it is and with a bit that the kernel does not
    /// see, what makes a socket of the kernel's ciphers, and what forbids to randomize addresses.
    private static final long[][] ARGUMENTS = {
        {0, 0, 0, 0, 0, 0},
        {0x1000_0000L, 0, 0, 0, 0, 0},
        {1, 0x5412, 0, 0, 0, 0},
        {0, 0x1_0000_5412L, 0, 0, 0, 0},
        {38, 0x541c, 0, 0, 0, 0},
        {0x4_0000L, 0x7fff, 0, 0, 0, 0},
        {-1, -1, -1, -1, -1, -1}
    };

    @ParameterizedTest
    @EnumSource
    void every_number_has_what_the_rules_say(Abi abi) throws IOException, UserException {
        for (List<String> capabilities : List.of(ROOT, USER, List.<String>of())) {
            var program = program(machine(abi), capabilities);
            var model = new Model(filter(machine(abi), capabilities));
            for (int number = 0; number <= 600; number++) {
                for (long[] arguments : ARGUMENTS) {
                    assertThat(program.run(abi, raw(abi, number), arguments))
                            .as("%s %s of %s", number, Model.names(abi, number), abi)
                            .isEqualTo(model.decide(abi, number, arguments).value());
                }
            }
        }
    }

    /// What a program in a container sees, as `e2e/seccomp.sh` compares it: written by the model, `-Dgolden=update`,
    /// and
    /// answered by a kernel. Of 335 and 336 no filter is asked on x86_64.
    @ParameterizedTest
    @CsvSource({"root", "user"})
    void the_kernel_is_to_answer_as_the_rules_say(String kind) throws IOException {
        var model = new Model(filter(Abi.X86_64, kind.equals("root") ? ROOT : USER));
        var text = new StringBuilder();
        for (Abi abi : List.of(Abi.X86_64, Abi.I386, Abi.X32)) {
            int from = 0;
            for (int number = 1; number <= 601; number++) {
                if (number == 601 || !answer(model, abi, number).equals(answer(model, abi, from))) {
                    text.append(abi).append(' ').append(from).append('-').append(number - 1);
                    text.append(' ').append(answer(model, abi, from)).append('\n');
                    from = number;
                }
            }
        }
        Path golden = Path.of("../e2e/fixtures/syscalls", kind + ".txt");
        if (System.getProperty("golden", "").equals("update")) {
            Files.createDirectories(golden.resolveSibling("."));
            Files.writeString(golden, text);
        }
        assertThat(golden).hasContent(text.toString());
    }

    private static String answer(Model model, Abi abi, int number) {
        int asked = abi != Abi.I386 && (number == 335 || number == 336) ? 334 : number;
        Action action = model.decide(abi, asked, 0, 0, 0, 0, 0, 0);
        return action.equals(Action.ALLOW) ? "ok" : Integer.toString(action.data());
    }

    /// Numbers without a name, of kernels to come, do not exist.
    @ParameterizedTest
    @EnumSource
    void calls_that_nobody_knows_do_not_exist(Abi abi) throws IOException, UserException {
        var program = program(machine(abi), USER);
        for (int number = 471; number <= 1000; number++) {
            if (Model.names(abi, number).isEmpty()) {
                assertThat(program.run(abi, raw(abi, number))).isEqualTo(ERRNO | 38);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mount, 1, 0",
        "umount2, 1, 0",
        "open_tree, 1, 0",
        "open_tree_attr, 1, 0",
        "fsopen, 1, 0",
        "move_mount, 1, 0",
        "mount_setattr, 1, 0",
        "pivot_root, 1, 0",
        "setns, 1, 0",
        "clone3, 38, 0",
        "sethostname, 1, 0",
        "listmount, 38, 0",
        "statmount, 38, 0",
        "bpf, 1, 1",
        "perf_event_open, 1, 0",
        "userfaultfd, 1, 1",
        "io_uring_setup, 1, 1",
        "io_uring_enter, 1, 1",
        "keyctl, 38, 38",
        "add_key, 38, 38",
        "request_key, 38, 38",
        "kexec_load, 1, 1",
        "init_module, 1, 1",
        "finit_module, 1, 1",
        "delete_module, 1, 1",
        "open_by_handle_at, 1, 1",
        "reboot, 1, 1",
        "settimeofday, 1, 1",
        "clock_settime, 1, 1",
        "acct, 1, 1",
        "syslog, 1, 1",
        "kcmp, 1, 0",
        "chroot, 0, 0",
        "swapon, 1, 0",
        "vhangup, 1, 1",
        "quotactl, 1, 0",
        "read, 0, 0",
        "openat, 0, 0",
        "execve, 0, 0",
        "mbind, 0, 0",
        "set_mempolicy, 0, 0",
        "move_pages, 0, 0",
        "ptrace, 0, 0",
        "process_vm_readv, 0, 0",
        "futex, 0, 0",
        "mknodat, 0, 0",
        "sched_setaffinity, 0, 0",
        "memfd_create, 0, 0",
        "seccomp, 0, 0",
        "landlock_create_ruleset, 0, 0",
        "rseq, 0, 0",
        "setuid, 0, 0",
        "capset, 0, 0",
        "fchmodat2, 0, 0",
        "mseal, 0, 0",
        "lookup_dcookie, 38, 38",
        "clone, 0, 0",
        "unshare, 0, 0",
        "socket, 0, 0",
        "personality, 0, 0",
        "ioctl, 0, 0"
    })
    void calls_are_allowed_or_not_by_name(String name, int root, int user) throws IOException, UserException {
        for (Abi abi : Abi.values()) {
            var number = TABLE.number(name, abi);
            if (number.isPresent()) {
                long call = raw(abi, number.getAsInt());
                assertThat(program(machine(abi), ROOT).run(abi, call))
                        .as("root, %s", abi)
                        .isEqualTo(value(root));
                assertThat(program(machine(abi), USER).run(abi, call))
                        .as("user, %s", abi)
                        .isEqualTo(value(user));
            }
        }
    }

    private static long value(int errno) {
        return errno == 0 ? ALLOW : ERRNO | errno;
    }

    @Test
    void arguments_decide() throws IOException, UserException {
        var root = program(Abi.X86_64, ROOT);
        assertThat(root.run(Abi.X86_64, 56, 0x1000_0000)).isEqualTo(ERRNO | 1); // clone(CLONE_NEWUSER)
        assertThat(root.run(Abi.X86_64, 56, 0x0100_0011)).isEqualTo(ALLOW); // fork(3)
        assertThat(root.run(Abi.X86_64, 272, 0x80)).isEqualTo(ERRNO | 1); // unshare(CLONE_NEWTIME)
        assertThat(root.run(Abi.X86_64, 272, 0x200)).isEqualTo(ALLOW); // unshare(CLONE_FS)
        assertThat(root.run(Abi.X86_64, 16, 0, 0x1_0000_5412L)).isEqualTo(ERRNO | 1);
        assertThat(root.run(Abi.X86_64, 16, 0, 0x5401)).isEqualTo(ALLOW);
        assertThat(root.run(Abi.X86_64, 41, 38)).isEqualTo(ERRNO | 97);
        assertThat(root.run(Abi.X86_64, 41, 2)).isEqualTo(ALLOW);
        assertThat(root.run(Abi.X86_64, 135, 0xffff_ffffL)).isEqualTo(ALLOW);
        assertThat(root.run(Abi.X86_64, 135, 0x40_0000)).isEqualTo(ERRNO | 1); // READ_IMPLIES_EXEC
        var user = program(Abi.X86_64, USER);
        assertThat(user.run(Abi.X86_64, 56, 0x1000_0000)).isEqualTo(ALLOW);
        assertThat(user.run(Abi.X86_64, 272, 0x1000_0000)).isEqualTo(ALLOW);
    }

    @Test
    void all_of_roots_rights_open_what_they_are_for() throws IOException, UserException {
        var all = new ArrayList<String>();
        for (String name : List.of(
                "SYS_ADMIN",
                "SYS_MODULE",
                "SYS_BOOT",
                "SYS_TIME",
                "SYSLOG",
                "BPF",
                "PERFMON",
                "DAC_READ_SEARCH",
                "SYS_PTRACE",
                "SYS_RAWIO",
                "SYS_PACCT",
                "SYS_TTY_CONFIG",
                "SYS_CHROOT")) {
            all.add("CAP_" + name);
        }
        var program = program(Abi.X86_64, all);
        for (String name : List.of("mount", "init_module", "bpf", "clone3", "reboot", "open_by_handle_at", "iopl")) {
            assertThat(program.run(Abi.X86_64, Model.number(Abi.X86_64, name)))
                    .as(name)
                    .isEqualTo(ALLOW);
        }
        assertThat(program.run(Abi.X86_64, Model.number(Abi.X86_64, "userfaultfd")))
                .isEqualTo(ERRNO | 1);
    }

    /// A call that is in no rule is in none on purpose: a new one shall be thought about.
    @Test
    void what_no_rule_names_is_old() throws IOException {
        var named = new ArrayList<String>();
        filter(Abi.X86_64, USER).rules().forEach(rule -> named.addAll(rule.names()));
        var unnamed = new TreeMap<Integer, List<String>>();
        for (int number = 0; number < 600; number++) {
            var names = Model.names(Abi.X86_64, number);
            if (!names.isEmpty() && names.stream().noneMatch(named::contains)) {
                unnamed.put(number, names);
            }
        }
        assertThat(unnamed.keySet())
                .as("%s", unnamed)
                .containsExactly(
                        134, 136, 139, 156, 174, 177, 178, 180, 181, 182, 183, 184, 185, 212, 214, 215, 236, 460);
    }

    @Test
    void common_calls_cost_little_and_the_program_is_small() throws IOException, UserException {
        for (List<String> capabilities : List.of(ROOT, USER)) {
            var compiled = Compiler.compile(filter(Abi.X86_64, capabilities), TABLE);
            assertThat(compiled.instructions().size()).isLessThan(600);
            var program = new Interpreter(compiled);
            for (String name : List.of("read", "write", "openat", "futex", "mmap", "clock_gettime", "sendmsg")) {
                program.run(Abi.X86_64, Model.number(Abi.X86_64, name));
                assertThat(program.steps()).as(name).isLessThan(16);
            }
        }
    }

    @Test
    void it_is_compiled_for_launches_and_only_as_it_is(@TempDir Path directory) throws IOException, UserException {
        byte[] profile = Files.readAllBytes(FILE);
        var compiled = new CompiledProfile(directory.resolve("seccomp"));
        assertThat(compiled.ofRoot(profile)).isEmpty();
        compiled.write(profile, Abi.X86_64, new CompiledProfile.Capabilities(ROOT, USER));
        assertThat(compiled.ofRoot(profile))
                .hasValue(Compiler.compile(filter(Abi.X86_64, ROOT), TABLE).text());
        assertThat(compiled.ofUser(profile))
                .hasValue(Compiler.compile(filter(Abi.X86_64, USER), TABLE).text());
        byte[] changed = profile.clone();
        changed[profile.length - 1] = ' ';
        assertThat(compiled.ofRoot(changed)).isEmpty();
        assertThat(compiled.ofUser(changed)).isEmpty();
    }
}
