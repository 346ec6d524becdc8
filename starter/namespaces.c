/* Namespaces beside those of users, mounts and processes, and what goes with them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "launch.h"

static const struct {
    const char *word, *name;
    int flag;
} KINDS[] = {{"ipc", "an IPC", CLONE_NEWIPC}, {"uts", "a UTS", CLONE_NEWUTS}, {"net", "a network", CLONE_NEWNET},
           {"cgroup", "a cgroup", CLONE_NEWCGROUP}, {"user", "a user", CLONE_NEWUSER}, {"pid", "a PID", CLONE_NEWPID}};

static size_t kind_of(const char *word) {
    size_t kind = 0;
    while (kind < sizeof KINDS / sizeof *KINDS && strcmp(KINDS[kind].word, word) != 0) kind++;
    if (kind == sizeof KINDS / sizeof *KINDS) fail("the plan names a namespace '%s'", word);
    return kind;
}

/* One system call each: where one of several fails, the kernel must not be left with half of them (CVE-2026-43472). */
void op_namespaces(const struct op *op) {
    for (size_t i = 0; i < op->argc; i++) {
        const size_t kind = kind_of(op->argv[i]);
        check(unshare(KINDS[kind].flag) == 0, "cannot make %s namespace", KINDS[kind].name);
    }
}

void op_path_namespace(const struct op *op) {
    const size_t kind = kind_of(op->argv[0]);
    const int namespace = open(op->argv[1], O_RDONLY | O_CLOEXEC);
    check(namespace >= 0 && setns(namespace, KINDS[kind].flag) == 0, "cannot enter %s namespace %s", KINDS[kind].name,
          op->argv[1]);
    close(namespace);
}

void op_hostname(const struct op *op) {
    check(sethostname(op->argv[0], strlen(op->argv[0])) == 0, "cannot set the host name %s", op->argv[0]);
}

void op_keyring(void) {
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0) return;
    if (errno == ENOSYS) return; /* a kernel without keys */
    if (errno != EDQUOT) fail_errno("cannot make a session keyring");
    warn("the container has the caller's keys: no more keyrings can be made (hint: /proc/sys/kernel/keys/maxkeys)");
}
