/* A PID namespace: who waits for whom.
 *
 *   kerr (outside, waits) ──► init (pid 1: reaps) ──► the rest of the plan, then the payload (pid 2)
 *
 * Each is killed with its parent, and the kernel kills everything in the namespace with its init: so nothing of a
 * build's step outlives the step, nor the build, however either ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "launch.h"
#include "planner.h"

/* Forks a child that dies with us; returns as fork(2) does. The child says by a byte that it will, so that a parent
 * that is killed in between is not missed: the child's byte then has no reader, and SIGPIPE ends it. */
static pid_t fork_bound(void) {
    int ready[2];
    char byte = 0;
    check(pipe2(ready, O_CLOEXEC) == 0, "cannot make a pipe");
    const pid_t child = fork();
    check(child >= 0, "cannot fork");
    if (child == 0) {
        close(ready[0]);
        check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0, "cannot bind a process to its parent");
        if (write(ready[1], &byte, 1) != 1) _exit(EXIT_FATAL);
        close(ready[1]);
        return 0;
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) fail("cannot start a process in the PID namespace");
    close(ready[0]);
    return child;
}

/* Reaps until `child` has ended, and ends with its status: 128 + N for signal N. */
_Noreturn static void wait_and_end(pid_t child) {
    for (;;) {
        int status;
        const pid_t ended = waitpid(-1, &status, 0);
        if (ended < 0 && errno != EINTR) _exit(EXIT_FATAL);
        if (ended == child) _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    }
}

void op_process_namespace(struct launch *launch) {
    if (launch->planner >= 0) planner_reap(launch->planner);
    launch->planner = -1;
    check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0, "cannot bind a process to its parent");
    check(unshare(CLONE_NEWPID) == 0, "cannot make a PID namespace");
    pid_t child = fork_bound();
    if (child > 0) wait_and_end(child);
    child = fork_bound();
    if (child > 0) wait_and_end(child);
}
