/* Who the payload is: user namespace, identity maps, ids. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "launch.h"

enum { MAP_WORDS_MAX = 64 };

static void write_once(const struct launch *launch, const char *path, const char *text) {
    const int fd = openat(launch->proc, path, O_WRONLY | O_CLOEXEC);
    check(fd >= 0, "cannot open /proc/%s", path);
    const size_t size = strlen(text);
    check(write(fd, text, size) == (ssize_t)size, "cannot write the map /proc/%s", path);
    close(fd);
}

/* Runs newuidmap or newgidmap on the process: PROGRAM PID INSIDE OUTSIDE COUNT… Root of the namespace around needs
 * neither: "root" stands for itself. */
static bool run_map_program(const struct launch *launch, const char *program, pid_t process, const char *file,
                            const char *map) {
    if (strcmp(program, "root") == 0) {
        char path[64];
        snprintf(path, sizeof path, "%d/%s", (int)process, file);
        if (faccessat(launch->proc, path, F_OK, 0) != 0) return false; /* it has ended, and said why */
        write_once(launch, path, map);
        return true;
    }
    char pid[32], *words = strdup(map), *argv[MAP_WORDS_MAX + 3];
    snprintf(pid, sizeof pid, "%d", (int)process);
    size_t argc = 0;
    argv[argc++] = (char *)(uintptr_t)program;
    argv[argc++] = pid;
    for (char *rest = words, *word; rest && (word = strtok_r(rest, " \n", &rest)) && argc < MAP_WORDS_MAX + 2;)
        argv[argc++] = word;
    argv[argc] = NULL;
    const pid_t child = fork();
    if (child == 0) {
        execve(program, argv, (char *[]){NULL});
        _exit(127);
    }
    int status = 0;
    pid_t ended = -1;
    while (child > 0 && (ended = waitpid(child, &status, 0)) < 0 && errno == EINTR) {}
    free(words);
    return ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The helper stays outside the new user namespace, where newuidmap's privilege counts, or that of root there. It waits
 * for a byte that says that the namespace is there; end of file says that it never will be. Exit status 1: uid map; 2:
 * gid map; 3: none. */
static pid_t start_map_helper(const struct launch *launch, const struct op *op, int *gate) {
    const pid_t process = getpid();
    int ends[2];
    check(pipe2(ends, O_CLOEXEC) == 0, "cannot make a pipe");
    const pid_t helper = fork();
    check(helper >= 0, "cannot fork");
    if (helper > 0) {
        close(ends[0]);
        *gate = ends[1];
        return helper;
    }
    close(ends[1]);
    char byte;
    ssize_t size;
    while ((size = read(ends[0], &byte, 1)) < 0 && errno == EINTR) {}
    if (size < 0) _exit(3);
    if (size == 0) _exit(0);
    if (!run_map_program(launch, op->argv[2], process, "uid_map", op->argv[0])) _exit(1);
    if (!run_map_program(launch, op->argv[3], process, "gid_map", op->argv[1])) _exit(2);
    _exit(0);
}

static void finish_map_helper(const struct op *op, pid_t helper, int gate) {
    check(write(gate, "", 1) == 1, "cannot wake the map helper");
    close(gate);
    int status = 0;
    while (waitpid(helper, &status, 0) < 0) check(errno == EINTR, "cannot wait for the map helper");
    if (status != 0) {
        if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FATAL) _exit(EXIT_FATAL); /* it has said why */
        const bool users = WIFEXITED(status) && WEXITSTATUS(status) == 1;
        fail("%s could not map ids (hint: is your range in /etc/%s, and is the program setuid root?)",
             op->argv[users ? 2 : 3], users ? "subuid" : "subgid");
    }
}

/* Whether it was, or is now, entered as a keeper's. */
static bool joins(struct launch *launch) {
    const bool joins = launch->is_joined || launch->inner >= 0;
    if (!launch->is_joined && joins) {
        check(setns(launch->inner, CLONE_NEWUSER) == 0, "cannot enter the user namespace of other launches");
        close(launch->inner);
        launch->inner = -1;
    }
    launch->is_joined = false;
    return joins;
}

void op_user_namespace(struct launch *launch, const struct op *op) {
    if (joins(launch)) return;
    const bool by_helper = op->argv[2][0] != '\0'; /* other ids than one's own take privilege */
    int gate = -1;
    const pid_t helper = by_helper ? start_map_helper(launch, op, &gate) : -1;
    check(unshare(CLONE_NEWUSER) == 0, "cannot make a user namespace (hint: `kerr doctor` names the setting)");
    if (by_helper) {
        finish_map_helper(op, helper, gate);
        return;
    }
    write_once(launch, "self/setgroups", "deny"); /* the kernel's condition for a gid map without privilege */
    write_once(launch, "self/uid_map", op->argv[0]);
    write_once(launch, "self/gid_map", op->argv[1]);
}

void op_become(const struct op *op) {
    gid_t groups[NGROUPS_MAX];
    const size_t count = op->argc - 2;
    if (count > NGROUPS_MAX) fail("the plan names %zu groups", count);
    for (size_t i = 0; i < count; i++) {
        const char *digits = op->argv[i + 2];
        if (*digits == '\0' || digits[strspn(digits, "0123456789")]) fail("the plan names a group '%s'", digits);
        groups[i] = (gid_t)plan_number(digits);
    }
    const uid_t uid = (uid_t)plan_number(op->argv[0]);
    const gid_t gid = (gid_t)plan_number(op->argv[1]);
    /* capabilities stay permitted, not effective, until PRIVILEGES leaves those that are wanted */
    check(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0, "cannot keep capabilities");
    check(setgroups(count, groups) == 0 && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0,
          "cannot become user %s", op->argv[0]);
}
