/* The last steps: working directory, planner reaped, execve. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "launch.h"
#include "planner.h"

void op_chdir(const struct op *op) {
    for (size_t i = 0; i < op->argc; i++) {
        char reached[PATH_MAX];
        if (chdir(op->argv[i]) != 0) {
            if (op->argc == 1) fail_errno("cannot change to the directory %s in the container", op->argv[i]);
            continue;
        }
        /* a descriptor's magic link could lead outside: the kernel says "(unreachable)" then, where getcwd(3) would go
         * on to look for a directory of the same inode */
        if (syscall(SYS_getcwd, reached, sizeof reached) < 0 || reached[0] != '/')
            fail("the directory %s lies outside the container", op->argv[i]);
        if (i > 0) warn("cannot change to %s in the container, starting in %s", op->argv[0], reached);
        return;
    }
    fail("cannot change to %s in the container", op->argv[0]);
}

static char **arguments_of(const struct launch *launch, const struct op *op) {
    const size_t from = plan_number(op->argv[0]), own = op->argc - 1;
    if (from > launch->caller_argc) fail("the plan names an argument that is not there");
    const size_t appended = from ? launch->caller_argc - from : 0;
    char **argv = calloc(own + appended + 1, sizeof *argv);
    if (!argv) fail("there is no memory for the arguments");
    for (size_t i = 0; i < own; i++) argv[i] = (char *)(uintptr_t)op->argv[i + 1];
    for (size_t i = 0; i < appended; i++) argv[own + i] = launch->caller_argv[from + i];
    return argv;
}

/* Whether the next directory is to be looked into: what cannot be executed for another reason must not be taken for
 * what is not there, or another program of that name would be. */
static bool is_passed_over(int error) {
    return error == ENOENT || error == ENOTDIR || error == EACCES || error == ELOOP || error == ENAMETOOLONG ||
           error == ESTALE;
}

/* Looks a program up in the payload's own PATH. A file that is there and cannot be executed is remembered, and the
 * search goes on; a directory that may not be searched holds nothing for us. */
static void exec_in_path(char **argv, const struct environment *environment) {
    const char *path = environment_value(environment, "PATH");
    int error = ENOENT;
    for (const char *at = path ? path : "/usr/bin:/bin"; at;) {
        const size_t length = strcspn(at, ":");
        char program[PATH_MAX];
        const int n = snprintf(program, sizeof program, "%.*s/%s", (int)length, length ? at : ".", argv[0]);
        at = at[length] ? at + length + 1 : NULL;
        struct stat status;
        if (n < 0 || (size_t)n >= sizeof program) continue;
        if (stat(program, &status) != 0) {
            if (is_passed_over(errno)) continue;
        } else {
            execve(program, argv, environment->variables);
        }
        error = errno;
        if (!is_passed_over(error)) break;
    }
    errno = error;
}

_Noreturn static void fail_to_execute(const char *program) {
    if (errno == ENOENT && !strchr(program, '/')) fail("\"%s\": executable file not found in $PATH", program);
    if (errno == ENOENT && access(program, F_OK) == 0)
        fail("cannot execute %s in the container: its interpreter or loader is not there", program);
    if (errno == ENOEXEC)
        fail("cannot execute %s in the container: it is for another architecture, or has no #! line", program);
    fail_errno("cannot execute %s in the container", *program ? program : "a program without a name");
}

void payload_find(const struct launch *launch, const char *program) {
    char path[PATH_MAX];
    errno = ENOENT;
    if (strchr(program, '/')) {
        if (access(program, X_OK) == 0) return;
        fail_to_execute(program);
    }
    const char *list = environment_value(&launch->environment, "PATH");
    for (const char *at = list ? list : "/usr/bin:/bin"; at;) {
        const size_t length = strcspn(at, ":");
        struct stat status;
        const int n = snprintf(path, sizeof path, "%.*s/%s", (int)length, length ? at : ".", program);
        at = at[length] ? at + length + 1 : NULL;
        if (n < (int)sizeof path && stat(path, &status) == 0 && access(path, X_OK) == 0) return;
    }
    errno = ENOENT;
    fail_to_execute(program);
}

void payload_prepare(struct launch *launch) {
    if (launch->is_prepared) return; /* a filter of system calls had it done */
    launch->is_prepared = true;
    planner_reap(&launch->planner);
    if (launch->is_bound) process_bind();
    umask(launch->umask);
    instance_speak_to_logs(launch);
    signals_give_back(&launch->signals);
}

void op_exec(struct launch *launch, const struct op *op) {
    char **argv = arguments_of(launch, op);
    payload_prepare(launch);
    instance_tell(launch);
    if (strchr(argv[0], '/'))
        execve(argv[0], argv, launch->environment.variables);
    else
        exec_in_path(argv, &launch->environment);
    instance_take_back(launch);
    fail_to_execute(argv[0]);
}
