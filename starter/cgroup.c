/* What limits a payload: control groups of its own, which are gone when its last process is.
 *
 *   kerr                                           watcher (nobody's child)
 *   ────                                           ───────
 *   forks it before there is anything to remove ─► says that it is there
 *                                                  waits until the payload runs, or never will: a socket is closed
 *   makes the groups, writes the limits
 *   … file system servers, mounts, namespaces …    (all of that is not limited)
 *   enters the groups, becomes the payload    ───► waits for one process in them after the other, by its pidfd
 *                                                  removes the groups, ends
 *
 * The watcher holds nothing of the container. It is two processes that stand in for each other: a child that does the
 * work, and its parent, which does it if the child is killed. If both are, they leave empty groups, which the next
 * launch beside them removes.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "launch.h"
#include "planner.h"

enum {
    GROUP_MODE = 0755,
    VALUE_MAX = 256,
    FIRST_PAUSE_MS = 20,
    LAST_PAUSE_MS = 4000,
    PAUSE_MS = 250,
    STALE_SECONDS = 60,
    REMOVE_ATTEMPTS = 250,
};

struct groups {
    char paths[CGROUPS_MAX][PATH_MAX];
    size_t count;
    char leaf[PATH_MAX];     /* "" if there is none */
    const char *controllers; /* of the group above the leaf */
    pid_t other;             /* the watcher beside this one; 0 if it has ended, or in the launch itself */
};

/* ---- the watcher's side */

/* The first process in a group that is neither this one nor that; 0 if there is none. */
static pid_t first_process(const char *group, pid_t other) {
    char path[PATH_MAX + 16], line[32];
    snprintf(path, sizeof path, "%s/cgroup.procs", group);
    FILE *processes = fopen(path, "re");
    pid_t found = 0;
    while (processes && found == 0 && fgets(line, sizeof line, processes)) {
        const pid_t process = (pid_t)strtol(line, NULL, 10);
        if (process != getpid() && process != other) found = process;
    }
    if (processes) fclose(processes);
    return found;
}

/* Waits until a process of the group has ended. Returns whether there was one to wait for. */
static bool wait_for_one(const char *group, pid_t other) {
    const pid_t process = first_process(group, other);
    const int fd = process > 0 ? (int)syscall(SYS_pidfd_open, process, 0) : -1;
    if (fd < 0) return false;
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    if (first_process(group, other) == process) poll(&polled, 1, -1); /* else the number may be another's by now */
    close(fd);
    return true;
}

/* Removes a group and the groups that the payload made in it. Returns false if it must be tried again. */
static bool remove_group(const char *group) {
    DIR *names = opendir(group);
    for (const struct dirent *entry; names && (entry = readdir(names));) {
        char below[PATH_MAX];
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
        if (snprintf(below, sizeof below, "%s/%s", group, entry->d_name) < (int)sizeof below) remove_group(below);
    }
    if (names) closedir(names);
    return rmdir(group) == 0 || errno == ENOENT;
}

static void remove_when_empty(const char *group) {
    int pause = FIRST_PAUSE_MS, refusals = 0;
    while (!remove_group(group)) {
        if (errno != EBUSY && errno != ENOTEMPTY && ++refusals == REMOVE_ATTEMPTS) return;
        if (wait_for_one(group, 0)) {
            pause = FIRST_PAUSE_MS;
            continue;
        }
        usleep((useconds_t)pause * 1000); /* one that is ending, or is in a group below */
        pause = pause < PAUSE_MS ? PAUSE_MS : pause < LAST_PAUSE_MS ? pause * 2 : LAST_PAUSE_MS;
    }
}

static bool write_file(const char *group, const char *file, const char *text) {
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", group, file);
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    const int error = errno;
    close(fd);
    errno = error;
    return written;
}

/* "memory pids" as "+memory +pids" */
static void signed_words(const char *words, char sign, char *text, size_t room) {
    size_t length = 0;
    bool begins = true;
    for (; *words && length + 2 < room; words++) {
        if (begins && *words != ' ') text[length++] = sign;
        begins = *words == ' ';
        text[length++] = *words;
    }
    text[length] = '\0';
}

/* The watchers are in the leaf themselves: they go up, which the group above allows when it gives no controllers. */
static void remove_leaf(const struct groups *groups) {
    char disabled[VALUE_MAX], other[32];
    while (first_process(groups->leaf, groups->other) > 0)
        if (!wait_for_one(groups->leaf, groups->other)) usleep(PAUSE_MS * 1000);
    signed_words(groups->controllers, '-', disabled, sizeof disabled);
    snprintf(other, sizeof other, "%d", (int)groups->other);
    write_file(groups->leaf, "../cgroup.subtree_control", disabled);
    write_file(groups->leaf, "../cgroup.procs", "0");
    if (groups->other > 0) write_file(groups->leaf, "../cgroup.procs", other);
    for (int i = 0; i < REMOVE_ATTEMPTS && !remove_group(groups->leaf); i++) usleep(FIRST_PAUSE_MS * 1000);
}

/* Forks the watcher that does the work. Returns in it, and in this one if that was killed. */
static void be_two(struct groups *groups) {
    int status = 0;
    groups->other = getpid();
    const pid_t worker = fork();
    if (worker == 0) return;
    groups->other = 0;
    while (worker > 0 && waitpid(worker, &status, 0) < 0 && errno == EINTR) {}
    if (worker > 0 && WIFEXITED(status)) _exit(0);
}

_Noreturn static void watch(const struct launch *launch, struct groups *groups, int started) {
    char byte;
    server_detach("/dev/null");
    server_keep_files(&started, 1);
    launch_rename(launch, "kerr-limits", "kerr: removes %s", groups->paths[0]);
    if (chdir("/") != 0) _exit(1);
    be_two(groups);
    if (send(SERVER_FIRST_FILE, "", 1, MSG_NOSIGNAL) != 1 && errno != EPIPE) _exit(1);
    while (read(SERVER_FIRST_FILE, &byte, 1) < 0) usleep(FIRST_PAUSE_MS * 1000);
    for (size_t i = 0; i < groups->count; i++) remove_when_empty(groups->paths[i]);
    if (groups->leaf[0]) remove_leaf(groups);
    _exit(0);
}

/* ---- the launch's side */

static void start_watcher(struct launch *launch, struct groups *groups) {
    int ends[2];
    char ready;
    ssize_t size = 0;
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "cannot make a pair of sockets");
    const int forked = process_fork_orphan();
    if (forked == 0) watch(launch, groups, ends[0]);
    check(forked > 0, "cannot start the process that removes control groups");
    close(ends[0]);
    while ((size = read(ends[1], &ready, 1)) < 0 && errno == EINTR) {}
    if (size != 1) fail("the process that removes control groups has not started");
    launch->limits_watched = ends[1]; /* closed by execve, or by our end */
}

/* Groups beside ours whose watchers were killed: empty ones of processes that are gone, and not of this minute. */
static void sweep(const char *path, size_t prefix) {
    char above[PATH_MAX];
    snprintf(above, sizeof above, "%s", path);
    char *const name = strrchr(above, '/') + 1;
    const size_t length = prefix - (size_t)(name - above);
    name[-1] = '\0';
    DIR *names = opendir(above);
    for (const struct dirent *entry; names && (entry = readdir(names));) {
        struct stat status;
        const char *const number = entry->d_name + length;
        if (strncmp(entry->d_name, path + (name - above), length) != 0 || !isdigit((unsigned char)*number)) continue;
        if (kill((pid_t)strtol(number, NULL, 10), 0) == 0 || errno != ESRCH) continue;
        if (fstatat(dirfd(names), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            status.st_mtime < time(NULL) - STALE_SECONDS)
            unlinkat(dirfd(names), entry->d_name, AT_REMOVEDIR);
    }
    if (names) closedir(names);
}

static void complete(char *path, const char *prefix) {
    if (snprintf(path, PATH_MAX - 64, "%s%d", prefix, (int)getpid()) >= PATH_MAX - 64)
        fail("the control group %s has too long a path", prefix);
}

static void make_group(const char *path, const char *prefix) {
    sweep(path, strlen(prefix));
    if (mkdir(path, GROUP_MODE) == 0) return;
    if (errno == EEXIST) rmdir(path); /* of another process that had our number */
    check(mkdir(path, GROUP_MODE) == 0, "cannot make the control group %s", path);
}

/* What the kernel has made of a number: it rounds sizes to pages, and brings others into their range. */
static void compare(const char *group, const char *file, const char *value) {
    char path[PATH_MAX + 64], text[VALUE_MAX] = "";
    if (value[0] == '\0' || value[strspn(value, "0123456789")] != '\0') return;
    snprintf(path, sizeof path, "%s/%s", group, file);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    const size_t digits = strspn(text, "0123456789");
    if (size <= 0 || digits == 0 || text[digits] != '\n') return;
    text[digits] = '\0';
    const unsigned long long wanted = strtoull(value, NULL, 10), given = strtoull(text, NULL, 10);
    if (given > wanted || wanted - given >= (unsigned long long)sysconf(_SC_PAGESIZE))
        fail("cannot set %s of %s to %s: the kernel makes %s of it", file, group, value, text);
}

static void set(const char *group, const char *file, const char *value) {
    check(write_file(group, file, value), "cannot set %s of the control group %s to %s", file, group, value);
    compare(group, file, value);
}

/* Leaves the present group, and has it give controllers to the groups in it: one that does may hold no process. */
static void enter_leaf(struct launch *launch, const struct op *op, struct groups *groups) {
    complete(groups->leaf, op->argv[0]);
    groups->controllers = op->argv[1];
    make_group(groups->leaf, op->argv[0]);
    if (!write_file(groups->leaf, "cgroup.procs", "0")) {
        const int error = errno;
        rmdir(groups->leaf);
        errno = error;
        fail_errno("cannot enter the control group %s", groups->leaf);
    }
    planner_reap(&launch->planner);
}

/* Whether an argument begins a group: files are names. */
static bool begins_group(const char *argument) { return argument[0] == '/'; }

void op_cgroup(struct launch *launch, const struct op *op) {
    static struct groups groups;
    char enabled[VALUE_MAX];
    if (op->argv[0][0]) enter_leaf(launch, op, &groups);
    for (size_t i = 2; i < op->argc; i++) {
        if (!begins_group(op->argv[i])) {
            i++;
            continue;
        }
        if (groups.count == CGROUPS_MAX) fail("the plan names too many control groups");
        complete(groups.paths[groups.count++], op->argv[i]);
    }
    start_watcher(launch, &groups);
    if (groups.leaf[0]) {
        signed_words(groups.controllers, '+', enabled, sizeof enabled);
        set(groups.leaf, "../cgroup.subtree_control", enabled);
    }
    const char *group = NULL;
    for (size_t i = 2; i < op->argc; i++) {
        if (begins_group(op->argv[i])) {
            char path[PATH_MAX + 16];
            group = groups.paths[launch->limit_count];
            make_group(group, op->argv[i]);
            snprintf(path, sizeof path, "%s/cgroup.procs", group);
            launch->limits[launch->limit_count] = open(path, O_WRONLY | O_CLOEXEC);
            check(launch->limits[launch->limit_count++] >= 0, "cannot open %s", path);
            continue;
        }
        if (!group || i + 1 == op->argc) fail("the plan sets a limit of no control group, or to no value");
        set(group, op->argv[i], op->argv[i + 1]);
        i++;
    }
}

void cgroup_thaw(const char *path) {
    write_file(path, "freezer.state", "THAWED");
    write_file(path, "cgroup.freeze", "0");
}

/* Makes a group and those above it. */
static void make_groups(const char *path) {
    char above[PATH_MAX];
    if (snprintf(above, sizeof above, "%s", path) >= (int)sizeof above) fail("the path %s is too long", path);
    for (char *slash = strchr(above + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(above, GROUP_MODE);
        *slash = '/';
    }
    check(mkdir(path, GROUP_MODE) == 0 || errno == EEXIST, "cannot make the control group %s", path);
}

void op_cgroup_keep(struct launch *launch, const struct op *op) {
    for (size_t i = 0; i < op->argc;) {
        char path[PATH_MAX + 16];
        const char *group = op->argv[i++];
        if (!begins_group(group)) fail("the plan sets a limit of no control group");
        if (launch->limit_count == CGROUPS_MAX) fail("the plan names too many control groups");
        make_groups(group);
        cgroup_thaw(group); /* one that was left frozen would stop whoever enters it */
        for (; i + 1 < op->argc && !begins_group(op->argv[i]); i += 2) set(group, op->argv[i], op->argv[i + 1]);
        snprintf(path, sizeof path, "%s/cgroup.procs", group);
        launch->limits[launch->limit_count] = open(path, O_WRONLY | O_CLOEXEC);
        check(launch->limits[launch->limit_count++] >= 0, "cannot open %s", path);
    }
}

/* What ends takes its time, and what is frozen ends only when it is not. */
void cgroup_remove(const char *path) {
    cgroup_thaw(path);
    for (int i = 0; i < REMOVE_ATTEMPTS && !remove_group(path); i++) {
        const pid_t process = first_process(path, 0);
        const int fd = process > 0 ? (int)syscall(SYS_pidfd_open, process, 0) : -1;
        if (fd >= 0 && first_process(path, 0) == process) syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
        if (fd >= 0) close(fd);
        usleep(FIRST_PAUSE_MS * 1000);
    }
}

void op_cgroup_join(const struct op *op) {
    for (size_t i = 0; i < op->argc; i++) {
        const int processes = open(op->argv[i], O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        check(processes >= 0 && write(processes, "0", 1) == 1, "cannot enter the control group of %s", op->argv[i]);
        close(processes);
    }
}

void op_cgroup_enter(struct launch *launch) {
    for (size_t i = 0; i < launch->limit_count; i++) {
        check(write(launch->limits[i], "0", 1) == 1, "cannot enter a control group");
        close(launch->limits[i]);
    }
    launch->limit_count = 0;
}
