/* A PID namespace: who waits for whom.
 *
 *   kerr (outside, waits) ──► init (pid 1: reaps) ──► the rest of the plan, then the payload (pid 2)
 *
 * Each is killed with its parent, and the kernel kills everything in the namespace with its init: so nothing of the
 * payload's outlives kerr, however either ends. Both pass on to the payload what others send to them; what the terminal
 * sends has come to the payload already, for it is in the same process group. kerr ends as the payload did, by the same
 * signal if it was one, so that a shell or a batch system sees no difference.
 *
 * Without an init of ours the payload is pid 1, and the kernel keeps signals from it that it does not expect.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "kernel.h"
#include "launch.h"
#include "planner.h"

/* One who waits for a process. */
struct waiter {
    pid_t child;
    int report; /* where the payload's status goes, or comes from; -1 if nowhere */
};

/* What is waited for: SIGCHLD, and all that is passed on. The terminal's stop signals stop us with the payload; what a
 * process does to itself is its own affair. */
static void waited_for(sigset_t *set) {
    static const int NOT[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGSEGV, SIGBUS, SIGFPE,
                              SIGILL,  SIGTRAP, SIGSYS,  SIGPIPE, SIGXFSZ};
    sigfillset(set);
    for (size_t i = 0; i < sizeof NOT / sizeof *NOT; i++) sigdelset(set, NOT[i]);
}

void process_bind(void) {
    check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0, "cannot bind a process to its parent");
}

int process_fork_orphan(void) {
    const pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        const pid_t orphan = fork();
        if (orphan == 0) return 0;
        _exit(orphan > 0 ? 0 : errno);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return -1;
    if (status == 0) return 1;
    errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
    return -1;
}

/* Forks a child that dies with us; returns as fork(2) does. The child says that it will, or why not, so that a parent
 * that is killed in between is not missed: what the child says then has no reader, and it ends. */
static pid_t fork_bound(void) {
    int ready[2], error = 0;
    ssize_t size;
    check(pipe2(ready, O_CLOEXEC) == 0, "cannot make a pipe");
    const pid_t child = fork();
    check(child >= 0, "cannot fork");
    if (child == 0) {
        close(ready[0]);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) error = errno;
        if (write(ready[1], &error, sizeof error) != (ssize_t)sizeof error || error) _exit(EXIT_FATAL);
        close(ready[1]);
        return 0;
    }
    close(ready[1]);
    while ((size = read(ready[0], &error, sizeof error)) < 0 && errno == EINTR) {}
    if (size == (ssize_t)sizeof error) errno = error;
    check(size == 0 || errno == 0, "cannot bind a process to its parent");
    if (size == 0) fail("a process in the PID namespace was killed");
    close(ready[0]);
    return child;
}

/* Passes signals on and reaps until the child has ended; returns how. */
static int wait_for(pid_t child) {
    sigset_t set;
    waited_for(&set);
    for (;;) {
        siginfo_t from;
        const int number = sigwaitinfo(&set, &from);
        if (number > 0 && number != SIGCHLD && from.si_code != SI_KERNEL) kill(child, number);
        int status;
        for (pid_t ended = 1; number == SIGCHLD && ended != 0;) {
            ended = waitpid(-1, &status, WNOHANG);
            check(ended >= 0 || errno == EINTR, "cannot wait for the program");
            if (ended == child) return status;
        }
    }
}

/* Whether the terminal is ours to read from: then it is so again when the payload has ended. */
static bool has_terminal(void) {
    return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void take_terminal_back(void) {
    if (tcgetpgrp(STDIN_FILENO) < 0 || has_terminal()) return;
    signal(SIGTTOU, SIG_IGN); /* a process in the background would be stopped by it */
    tcsetpgrp(STDIN_FILENO, getpgrp());
}

_Noreturn void process_end_as(int status) {
    if (!WIFSIGNALED(status)) _exit(WEXITSTATUS(status));
    const int number = WTERMSIG(status);
    const struct rlimit none = {0};
    sigset_t set;
    setrlimit(RLIMIT_CORE, &none); /* the payload has left its own, if any */
    signal(number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
    _exit(128 + number);
}

/* Keeps nothing open that the payload's other end may wait to see closed, but the standard descriptors and the report.
 * These are the caller's, and end with us. */
static void keep_only(int report) {
    check((report <= 3 || kernel_close_range(3, (unsigned)report - 1) == 0) &&
              kernel_close_range(report < 3 ? 3 : (unsigned)report + 1, ~0U) == 0,
          "cannot close descriptors");
}

_Noreturn static void be_init(const struct launch *launch, const struct waiter *waiter) {
    launch_rename(launch, "kerr-init", "kerr-init");
    keep_only(waiter->report);
    const int status = wait_for(waiter->child);
    /* a status of ours tells not whether the payload ended by a signal: kerr is told */
    check(write(waiter->report, &status, sizeof status) == (ssize_t)sizeof status, "cannot tell how the program ended");
    _exit(0);
}

_Noreturn static void wait_outside(struct launch *launch, const struct waiter *waiter) {
    if (launch->instance.name) instance_wait(launch, waiter->child);
    const bool terminal = has_terminal();
    keep_only(waiter->report);
    int status = wait_for(waiter->child), reported;
    if (waiter->report >= 0) {
        ssize_t size;
        while ((size = read(waiter->report, &reported, sizeof reported)) < 0 && errno == EINTR) {}
        check(size >= 0, "cannot learn how the program ended");
        if (size == (ssize_t)sizeof reported) status = reported;
    }
    if (terminal) take_terminal_back();
    process_end_as(status);
}

void process_block_signals(sigset_t *callers) {
    sigset_t set;
    waited_for(&set);
    signals_mask(SIG_BLOCK, &set, callers);
}

int process_stay(pid_t child) {
    const bool terminal = has_terminal();
    const int status = wait_for(child);
    if (terminal) take_terminal_back();
    return status;
}

void process_enter(struct launch *launch) {
    sigset_t set, callers;
    planner_reap(&launch->planner);
    waited_for(&set);
    signals_mask(SIG_BLOCK, &set, &callers);
    const pid_t child = fork_bound();
    if (child > 0) wait_outside(launch, &(struct waiter){.child = child, .report = -1});
    signals_mask(SIG_SETMASK, &callers, NULL);
    launch->is_bound = true;
}

void op_process_namespace(struct launch *launch, const struct op *op) {
    int report[2];
    sigset_t set, callers;
    planner_reap(&launch->planner);
    if (strcmp(op->argv[0], "bound") == 0) process_bind();
    check(unshare(CLONE_NEWPID) == 0, "cannot make a PID namespace");
    if (strcmp(op->argv[0], "bare") == 0) {
        process_enter(launch);
        return;
    }
    waited_for(&set);
    signals_mask(SIG_BLOCK, &set, &callers);
    check(pipe2(report, O_CLOEXEC) == 0, "cannot make a pipe");
    const pid_t first = fork_bound();
    if (first > 0) {
        close(report[1]);
        wait_outside(launch, &(struct waiter){.child = first, .report = report[0]});
    }
    close(report[0]);
    const pid_t second = fork_bound();
    if (second > 0) be_init(launch, &(struct waiter){.child = second, .report = report[1]});
    close(report[1]);
    signals_mask(SIG_SETMASK, &callers, NULL);
    launch->is_bound = true;
}
