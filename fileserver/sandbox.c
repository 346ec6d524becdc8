#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the numbers of this machine's system calls are not known to be right"
#endif

#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#define __NR_landlock_restrict_self 446
#endif

/* linux/landlock.h of the oldest kernel headers that we build with lacks most of it. */
struct landlock_ruleset {
    uint64_t files, network, scopes;
};

enum { LANDLOCK_VERSION = 1, NETWORK_SINCE = 4, SCOPES_SINCE = 6, FILTER_MAX = 128 };

/* All rights that a version of Landlock knows of, so that all are taken. Sources: landlock(7), Linux 6.12. */
static const uint64_t FILE_RIGHTS[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff, 0xffff};

static bool enter_landlock(void) {
    const long version = syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION);
    if (version < 1) return true; /* not in this kernel, or switched off */
    const long newest = sizeof FILE_RIGHTS / sizeof *FILE_RIGHTS - 1;
    const struct landlock_ruleset rules = {FILE_RIGHTS[version < newest ? version : newest],
                                           version >= NETWORK_SINCE ? 0x3 : 0, version >= SCOPES_SINCE ? 0x3 : 0};
    const size_t size = version >= SCOPES_SINCE    ? sizeof rules
                        : version >= NETWORK_SINCE ? offsetof(struct landlock_ruleset, scopes)
                                                   : offsetof(struct landlock_ruleset, network);
    const long ruleset = syscall(__NR_landlock_create_ruleset, &rules, size, 0);
    if (ruleset < 0) return false;
    const bool entered = syscall(__NR_landlock_restrict_self, ruleset, 0) == 0;
    close((int)ruleset);
    return entered;
}

/* Calls that cannot reach anything but this process and the descriptors it has; the frequent ones first. */
static const uint16_t ALLOWED[] = {
    __NR_read,         __NR_write,           __NR_pread64, __NR_futex,           __NR_madvise,
    __NR_munmap,       __NR_mremap,          __NR_brk,     __NR_rt_sigreturn,    __NR_rt_sigprocmask,
    __NR_rt_sigaction, __NR_set_robust_list, __NR_rseq,    __NR_setitimer,       __NR_sched_yield,
    __NR_getrandom,    __NR_clock_gettime,   __NR_close,   __NR_restart_syscall, __NR_exit,
    __NR_exit_group,
};

struct program {
    struct sock_filter code[FILTER_MAX];
    unsigned short count;
};

static void add(struct program *program, struct sock_filter instruction) {
    program->code[program->count++] = instruction;
}

static void load(struct program *program, size_t offset) {
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void answer(struct program *program, uint32_t action) {
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* If the value loaded compares so with `operand`, the next `count` instructions are done, else skipped. */
static void when(struct program *program, uint16_t comparison, uint32_t operand, uint8_t count) {
    add(program, (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | BPF_K | comparison), operand, 0, count));
}

/* The low half of an argument: of all that is looked at here the kernel reads no more. */
static size_t argument(unsigned number) { return offsetof(struct seccomp_data, args) + number * sizeof(uint64_t); }

/* Memory, but none whose content is run. */
static void allow_without_exec(struct program *program, uint32_t call) {
    when(program, BPF_JEQ, call, 4);
    load(program, argument(2));
    when(program, BPF_JSET, PROT_EXEC, 1);
    answer(program, SECCOMP_RET_KILL_PROCESS);
    answer(program, SECCOMP_RET_ALLOW);
}

static void allow_threads(struct program *program) {
    const uint32_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
    const uint32_t namespaces =
        CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    when(program, BPF_JEQ, __NR_clone, 5);
    load(program, argument(0));
    add(program, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, thread | namespaces));
    when(program, BPF_JEQ, thread, 1);
    answer(program, SECCOMP_RET_ALLOW);
    answer(program, SECCOMP_RET_KILL_PROCESS);
    /* its flags are in memory, where a filter cannot look; glibc then makes do with clone */
    when(program, BPF_JEQ, __NR_clone3, 1);
    answer(program, SECCOMP_RET_ERRNO | ENOSYS);
}

static bool enter_seccomp(void) {
    struct program program = {.count = 0};
    load(&program, offsetof(struct seccomp_data, arch));
    add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_K | BPF_JEQ, ARCHITECTURE, 1, 0));
    answer(&program, SECCOMP_RET_KILL_PROCESS);
    load(&program, offsetof(struct seccomp_data, nr)); /* numbers of x32 are none of those below */
    for (size_t i = 0; i < sizeof ALLOWED / sizeof *ALLOWED; i++) {
        when(&program, BPF_JEQ, ALLOWED[i], 1);
        answer(&program, SECCOMP_RET_ALLOW);
    }
    allow_without_exec(&program, __NR_mmap);
    allow_without_exec(&program, __NR_mprotect);
    allow_threads(&program);
    when(&program, BPF_JEQ, __NR_prctl, 1); /* newer glibc names its memory by it */
    answer(&program, SECCOMP_RET_ERRNO | EINVAL);
    answer(&program, SECCOMP_RET_KILL_PROCESS);
    const struct sock_fprog filter = {program.count, program.code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

static bool drop_capabilities(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    return syscall(__NR_capset, &header, none) == 0;
}

const char *sandbox_enter(void) {
    const struct rlimit zero = {0, 0};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "cannot give up new privileges";
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &zero) != 0) return "cannot forbid dumps";
    if (!drop_capabilities()) return "cannot drop capabilities";
    if (!enter_landlock()) return "cannot enter Landlock";
    if (!enter_seccomp()) return "cannot filter system calls";
    return NULL;
}
