/* Instances: containers that stay when whoever started them has ended, and that others enter by name.
 *
 *   kerr, as called         kerr, nobody's child          process 1 inside            payload
 *   ───────────────         ────────────────────          ────────────────            ───────
 *   DETACH: forks   ──────► makes the container
 *   reads what they say     PROCESS_NAMESPACE   ────────► RECORD: writes who it is
 *                           waits                         forks             ────────► becomes the program
 *   ends  ◄─────────────────────────────────────────────  sees that it has
 *                           removes the record  ◄───────  ends when it is told to
 *
 * Whoever of them is killed before the last step takes all of it along: the pipe then ends without that word, or has
 * no reader for it. Afterwards process 1 is bound to the kerr that waits, and all inside are to process 1.
 *
 * A record says of process 1 what no other process has in common with it: number, time of start, boot, namespaces. JOIN
 * holds the process by a pidfd, compares, enters by one setns(2), and looks once more: whatever a file says, what is
 * entered is the caller's own process, and the one that was recorded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/nsfs.h>

#include "fail.h"
#include "kernel.h"
#include "launch.h"
#include "planner.h"

/* What is said to whoever waits for the start, among messages: they have no such bytes. */
enum { STARTED = '\0', WAITING = '\1' };

enum { STAT_PARENT = 4, STAT_START = 22, BOOT_ID_SIZE = 36, FACTS_MAX = 1024 };

static const struct {
    const char *name;
    int flag;
} NAMESPACES[] = {
    {"user", CLONE_NEWUSER}, {"mnt", CLONE_NEWNS},  {"pid", CLONE_NEWPID},       {"ipc", CLONE_NEWIPC},
    {"uts", CLONE_NEWUTS},   {"net", CLONE_NEWNET}, {"cgroup", CLONE_NEWCGROUP},
};
enum { NAMESPACE_KINDS = sizeof NAMESPACES / sizeof *NAMESPACES };

/* ---- what is known of a process */

struct facts {
    pid_t pid, parent;
    char state;
    unsigned long long start; /* in clock ticks since boot */
};

/* Reads a small file of /proc; its size, or -1. */
static ssize_t read_small(int directory, const char *path, char *text, size_t room) {
    const int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? -1 : read(fd, text, room - 1);
    if (fd >= 0) close(fd);
    text[size > 0 ? size : 0] = '\0';
    return size;
}

/* By /proc/PID/stat, whose second field is a name in parentheses with anything in it. */
static bool read_facts(int directory, const char *path, struct facts *facts) {
    char text[1024];
    if (read_small(directory, path, text, sizeof text) <= 0) return false;
    facts->pid = (pid_t)strtol(text, NULL, 10);
    char *rest = strrchr(text, ')');
    if (!rest || rest[1] != ' ') return false;
    facts->state = rest[2];
    rest += 2;
    for (int field = 3; rest; field++, rest = strchr(rest, ' ')) {
        while (*rest == ' ') rest++;
        if (field == STAT_PARENT) facts->parent = (pid_t)strtol(rest, NULL, 10);
        if (field == STAT_START) {
            facts->start = strtoull(rest, NULL, 10);
            return true;
        }
    }
    return false;
}

static bool read_boot_id(int proc, char *id) {
    return read_small(proc, "sys/kernel/random/boot_id", id, BOOT_ID_SIZE + 1) == BOOT_ID_SIZE;
}

/* ---- the start */

/* A directory that nobody else can have written to. */
static int open_records(const char *path) {
    struct stat status;
    const int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    check(directory >= 0 && fstat(directory, &status) == 0, "cannot open %s", path);
    if (status.st_uid != geteuid() || status.st_mode & 022)
        fail("%s is not yours alone (hint: it must be your own, with mode 0700)", path);
    return directory;
}

static int open_output(const char *path, int flags) {
    struct stat status;
    const int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags, 0644);
    check(fd >= 0 && fstat(fd, &status) == 0, "cannot open %s to write", path);
    if (!S_ISREG(status.st_mode)) fail("%s is no regular file", path);
    return fd;
}

/* Passes on what is said until nobody is left to say anything. It ends with STARTED if all went well inside, and has
 * had WAITING in it if it did outside. An instance that cannot be heard is not left running. */
_Noreturn static void await_start(int told, const char *said, pid_t instance) {
    static const char FATAL[] = "FATAL:";
    char text[4096];
    bool is_started = false, is_waited_for = false, is_explained = false;
    size_t matched = 0; /* of FATAL */
    for (ssize_t size; (size = read(told, text, sizeof text)) != 0;) {
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) {
            const int error = errno;
            kill(instance, SIGKILL);
            errno = error;
            fail_errno("cannot hear from the instance");
        }
        for (ssize_t i = 0; i < size; i++) {
            if (text[i] == WAITING) {
                is_waited_for = true;
                continue;
            }
            is_started = text[i] == STARTED;
            if (is_started) continue;
            fputc(text[i], stderr);
            matched = FATAL[matched] && text[i] == FATAL[matched] ? matched + 1 : 0;
            is_explained |= FATAL[matched] == '\0';
        }
    }
    if (is_started && is_waited_for && said[0]) fprintf(stderr, "%s\n", said);
    if (is_started && is_waited_for) exit(0);
    if (!is_explained) fail("the instance was ended while it was being started");
    exit(EXIT_FATAL);
}

/* Nothing of the caller's stays open but the directory of processes, which is ours, and the pipe. */
static void let_go_of_caller(struct launch *launch, int told) {
    if (dup2(told, STDERR_FILENO) < 0) { /* whoever waits is to say it, and once */
        dprintf(told, "FATAL:   cannot go into the background: %s\n", errno_text(errno));
        _exit(EXIT_FATAL);
    }
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    check(null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(told, STDOUT_FILENO) >= 0,
          "cannot go into the background");
    server_keep_files((const int[]){launch->proc, told}, 2);
    launch->proc = SERVER_FIRST_FILE;
    launch->instance.told = SERVER_FIRST_FILE + 1;
    for (int fd = SERVER_FIRST_FILE; fd < SERVER_FIRST_FILE + 2; fd++)
        check(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0, "cannot go into the background");
    check(setsid() >= 0, "cannot make a session for the instance");
}

void op_detach(struct launch *launch, const struct op *op) {
    int ends[2];
    struct instance *instance = &launch->instance;
    check(pipe2(ends, O_CLOEXEC) == 0, "cannot make a pipe");
    const pid_t child = fork();
    check(child >= 0, "cannot fork");
    if (child > 0) {
        close(ends[1]);
        planner_reap(&launch->planner);
        await_start(ends[0], op->argv[6], child);
    }
    launch->planner = -1;
    let_go_of_caller(launch, ends[1]);
    instance->name = op->argv[0];
    instance->records = open_records(op->argv[1]);
    instance->logs[0] = open_output(op->argv[2], O_APPEND);
    instance->logs[1] = open_output(op->argv[3], O_APPEND);
    if (op->argv[4][0]) instance->pid_file = open_output(op->argv[4], 0);
    instance->is_recorded = mmap(NULL, sizeof(bool), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(instance->is_recorded != MAP_FAILED, "cannot share memory with the instance");
    instance->title = op->argv[5];
}

/* What is said from here on goes to the logs. */
static void speak_to_logs(const struct instance *instance) {
    check(dup2(instance->logs[0], STDOUT_FILENO) >= 0 && dup2(instance->logs[1], STDERR_FILENO) >= 0,
          "cannot write to the logs of instance %s", instance->name);
}

/* Passes on to process 1 what others send to us, until it has ended; it is not reaped. */
static void await_end(pid_t init, const sigset_t *all) {
    for (siginfo_t ended = {0};;) {
        siginfo_t from;
        while (waitid(P_PID, (id_t)init, &ended, WEXITED | WNOHANG | WNOWAIT) != 0)
            check(errno == EINTR, "cannot wait for process 1 of the instance");
        if (ended.si_pid == init) return;
        const int signal = sigwaitinfo(all, &from);
        if (signal > 0 && signal != SIGCHLD) kill(init, signal);
    }
}

/* Until process 1 is reaped no other has its number, nobody takes the record for one that was left, and none of the
 * same name can be there: what is removed is our own. */
_Noreturn void instance_wait(struct launch *launch, pid_t init) {
    char name[NAME_MAX + 1];
    const struct instance *instance = &launch->instance;
    sigset_t all;
    sigfillset(&all);
    signals_mask(SIG_BLOCK, &all, NULL);
    speak_to_logs(instance);
    server_keep_files((const int[]){instance->records, instance->told}, 2);
    if (write(SERVER_FIRST_FILE + 1, &(const char){WAITING}, 1) != 1) _exit(EXIT_FATAL);
    close(SERVER_FIRST_FILE + 1);
    launch_rename(launch, "kerr-instance", "%s", instance->title);
    await_end(init, &all);
    snprintf(name, sizeof name, "%s.json", instance->name);
    if (*instance->is_recorded) unlinkat(SERVER_FIRST_FILE, name, 0); /* else the name is another's */
    waitpid(init, NULL, 0);
    exit(0);
}

void instance_speak_to_logs(const struct launch *launch) {
    if (launch->instance.name) speak_to_logs(&launch->instance);
}

void instance_tell(struct launch *launch) {
    struct instance *instance = &launch->instance;
    if (!instance->name) return;
    instance->has_told = true;
    /* without a process 1 that sees what becomes of us, it is said to whoever waits for the start */
    if (write(instance->init >= 0 ? instance->init : instance->told, "", 1) != 1) _exit(EXIT_FATAL);
}

void instance_take_back(const struct launch *launch) {
    const struct instance *instance = &launch->instance;
    const int error = errno;
    if (!instance->name) return;
    dup2(instance->told, STDERR_FILENO);
    if (instance->has_told && instance->init >= 0 && write(instance->init, "", 1) != 1) _exit(EXIT_FATAL);
    errno = error;
}

/* ---- the record */

static void write_all(int fd, const char *text, const char *what) {
    for (size_t done = 0, size = strlen(text); done < size;) {
        const ssize_t n = write(fd, text + done, size - done);
        check(n > 0, "cannot write %s", what);
        done += (size_t)n;
    }
}

/* Our own facts as members of a JSON object. */
static void describe(const struct launch *launch, struct facts *facts, char *text, size_t room) {
    char boot[BOOT_ID_SIZE + 1];
    check(read_facts(launch->proc, "self/stat", facts) && read_boot_id(launch->proc, boot),
          "cannot read /proc/self/stat");
    int length = snprintf(text, room,
                          "\"pid\": %d, \"ppid\": %d, \"startTime\": %llu, \"bootId\": \"%s\", \"namespaces\": {",
                          (int)facts->pid, (int)facts->parent, facts->start, boot);
    for (size_t i = 0; i < NAMESPACE_KINDS; i++) {
        char path[32];
        struct stat status;
        snprintf(path, sizeof path, "self/ns/%s", NAMESPACES[i].name);
        check(fstatat(launch->proc, path, &status, 0) == 0, "cannot look at /proc/%s", path);
        length += snprintf(text + length, room - (size_t)length, "%s\"%s\": %llu", i ? ", " : "", NAMESPACES[i].name,
                           (unsigned long long)status.st_ino);
    }
    snprintf(text + length, room - (size_t)length, "}");
}

/* A file without a name, or with one that no record has where the file system knows no others. */
static int new_record(int records, char *made, size_t room) {
    made[0] = '\0';
    const int fd = openat(records, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    snprintf(made, room, ".new-%d", (int)getpid());
    unlinkat(records, made, 0);
    return openat(records, made, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Returns our number, or -1 if there is such a record. */
static pid_t link_record(const struct launch *launch, int directory, const char *name, const char *const *texts) {
    char text[FACTS_MAX], made[32], file[NAME_MAX + 1];
    struct facts facts = {0};
    describe(launch, &facts, text, sizeof text);
    const int fd = new_record(directory, made, sizeof made);
    check(fd >= 0, "cannot make the record of %s", name);
    write_all(fd, texts[0], "the record");
    write_all(fd, text, "the record");
    write_all(fd, texts[1], "the record");
    snprintf(file, sizeof file, "%s.json", name);
    snprintf(text, sizeof text, "self/fd/%d", fd);
    const int linked = made[0] ? linkat(directory, made, directory, file, 0)
                               : linkat(launch->proc, text, directory, file, AT_SYMLINK_FOLLOW);
    const int error = errno;
    if (made[0]) unlinkat(directory, made, 0);
    close(fd);
    errno = error;
    check(linked == 0 || errno == EEXIST, "cannot write the record of %s", name);
    return linked == 0 ? facts.pid : -1;
}

void instance_write_record(const struct launch *launch, int directory, const char *name, const char *const *texts) {
    if (link_record(launch, directory, name, texts) < 0) fail("there is a record of the container already");
}

static void write_record(const struct launch *launch, const struct op *op) {
    const struct instance *instance = &launch->instance;
    char pid[32];
    const pid_t process = link_record(launch, instance->records, instance->name, op->argv);
    if (process < 0) fail("instance %s already exists", instance->name);
    *instance->is_recorded = true;
    if (instance->pid_file < 0) return;
    snprintf(pid, sizeof pid, "%d\n", (int)process);
    check(ftruncate(instance->pid_file, 0) == 0, "cannot write the file of the instance's process number");
    write_all(instance->pid_file, pid, "the file of the instance's process number");
}

/* Signals that ask to end: with nobody left who could heed them, the instance does. */
static bool asks_to_end(int signal) { return signal == SIGINT || signal == SIGTERM || signal == SIGQUIT; }

/* Process 1: reaps, and passes every signal on to all. It stays when its program has ended, for services that the
 * program has started and for those who enter. */
_Noreturn static void be_init(void) {
    sigset_t all;
    int asked = 0;
    sigfillset(&all);
    for (;;) {
        pid_t ended;
        while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) {}
        if (ended < 0 && asked) _exit(128 + asked);
        const int signal = sigwaitinfo(&all, NULL);
        if (signal <= 0 || signal == SIGCHLD) continue;
        if (kill(-1, signal) != 0 && errno == ESRCH && signal != SIGCONT && signal != SIGWINCH) _exit(128 + signal);
        if (asks_to_end(signal)) asked = signal;
    }
}

/* The child says that it is about to become the program, and once more if it could not. */
static bool has_begun(int child) {
    char said[2];
    ssize_t size = 0;
    for (ssize_t n; size < 2 && (n = read(child, said, 2 - (size_t)size)) != 0;) {
        if (n < 0 && errno != EINTR) return false;
        size += n > 0 ? n : 0;
    }
    return size == 1;
}

/* Whatever can fail does so before it is said that the instance has started; a close(2) cannot. */
_Noreturn static void become_init(struct launch *launch, const char *title, int child) {
    struct instance *instance = &launch->instance;
    check(chdir("/") == 0, "cannot enter the root of instance %s", instance->name);
    server_keep_files((const int[]){child, instance->told, instance->logs[0], instance->logs[1]}, 4);
    instance->told = SERVER_FIRST_FILE + 1;
    instance->logs[0] = SERVER_FIRST_FILE + 2;
    instance->logs[1] = SERVER_FIRST_FILE + 3;
    launch_rename(launch, "kerr-init", "%s", title);
    if (!has_begun(SERVER_FIRST_FILE)) _exit(EXIT_FATAL);
    speak_to_logs(instance);
    if (write(instance->told, "", 1) != 1) _exit(EXIT_FATAL);
    for (int fd = SERVER_FIRST_FILE; fd < SERVER_FIRST_FILE + 4; fd++) close(fd);
    be_init();
}

void op_record(struct launch *launch, const struct op *op) {
    int ends[2];
    if (!launch->instance.name) fail("the plan records an instance that it did not detach");
    if (getpid() != 1) fail("the plan records an instance that has no processes of its own");
    write_record(launch, op);
    if (op->argv[2][0] == '\0') return;
    sigset_t all, before;
    sigfillset(&all);
    signals_mask(SIG_BLOCK, &all, &before);
    check(pipe2(ends, O_CLOEXEC) == 0, "cannot make a pipe");
    const pid_t program = fork();
    check(program >= 0, "cannot fork");
    if (program == 0) {
        close(ends[0]);
        launch->instance.init = ends[1];
        signals_mask(SIG_SETMASK, &before, NULL);
        return;
    }
    become_init(launch, op->argv[2], ends[0]);
}

/* ---- entering */

_Noreturn static void refuse(const char *name, const char *why) {
    fail("cannot join instance %s: %s (hint: `kerr instance list` forgets instances that have ended)", name, why);
}

/* The namespaces to enter: all of the record that are not ours already. */
static int compare_namespaces(const struct launch *launch, int process, const struct op *op) {
    int flags = 0;
    for (size_t i = 4; i < op->argc; i++) {
        const char *equals = strchr(op->argv[i], '=');
        size_t kind = 0;
        while (kind < NAMESPACE_KINDS && !(equals && strlen(NAMESPACES[kind].name) == (size_t)(equals - op->argv[i]) &&
                                           strncmp(op->argv[i], NAMESPACES[kind].name,
                                                   strlen(NAMESPACES[kind].name)) == 0))
            kind++;
        if (kind == NAMESPACE_KINDS) fail("the plan names a namespace '%s'", op->argv[i]);
        char theirs[32], ours[32];
        struct stat status, own;
        snprintf(theirs, sizeof theirs, "ns/%s", NAMESPACES[kind].name);
        snprintf(ours, sizeof ours, "self/ns/%s", NAMESPACES[kind].name);
        if (fstatat(process, theirs, &status, 0) != 0) refuse(op->argv[0], "its process is not yours, or has ended");
        check(fstatat(launch->proc, ours, &own, 0) == 0, "cannot look at /proc/%s", ours);
        if (status.st_ino != strtoull(equals + 1, NULL, 10))
            refuse(op->argv[0], "its process is in other namespaces than were recorded");
        if (status.st_ino != own.st_ino) flags |= NAMESPACES[kind].flag;
    }
    const int needed = op->code == OP_JOIN ? CLONE_NEWNS | CLONE_NEWPID : CLONE_NEWNS;
    if ((flags & needed) != needed)
        refuse(op->argv[0], "its process is in no container");
    return flags;
}

/* A user namespace that is entered must be one of the caller's. */
static void check_owner(int process, const char *name) {
    uid_t owner;
    const int namespace = openat(process, "ns/user", O_RDONLY | O_CLOEXEC);
    if (namespace < 0 || ioctl(namespace, NS_GET_OWNER_UID, &owner) != 0 || owner != geteuid())
        refuse(name, "its user namespace is not yours");
    close(namespace);
}

static void compare_process(const struct launch *launch, int process, const struct op *op) {
    char boot[BOOT_ID_SIZE + 1];
    struct facts facts = {0};
    struct stat status;
    if (fstat(process, &status) != 0) refuse(op->argv[0], "it has ended");
    if (op->code == OP_JOIN && status.st_uid != geteuid()) refuse(op->argv[0], "its process is not yours");
    if (!read_boot_id(launch->proc, boot) || strcmp(boot, op->argv[3]) != 0)
        refuse(op->argv[0], "it was started before the last boot, or on another host");
    if (!read_facts(process, "stat", &facts) || facts.state == 'Z' || facts.state == 'X')
        refuse(op->argv[0], "it has ended");
    if (facts.start != plan_number(op->argv[2])) refuse(op->argv[0], "another process has its number now");
}

bool instance_is_process(const struct launch *launch, const char *pid, const char *boot, uint64_t start) {
    char path[64], present[BOOT_ID_SIZE + 1];
    struct facts facts = {0};
    snprintf(path, sizeof path, "%s/stat", pid);
    check(read_boot_id(launch->proc, present), "cannot read the boot's id");
    if (strcmp(present, boot) != 0) return false;
    errno = ESRCH;
    if (!read_facts(launch->proc, path, &facts)) {
        check(errno == ESRCH || errno == ENOENT, "cannot read /proc/%s", path);
        return false;
    }
    return facts.start == start && facts.state != 'Z' && facts.state != 'X';
}

static bool is_alive(int pidfd) {
    struct pollfd polled = {.fd = pidfd, .events = POLLIN};
    return poll(&polled, 1, 0) == 0;
}

static void join(struct launch *launch, const struct op *op) {
    const char *name = op->argv[0];
    const uint64_t number = plan_number(op->argv[1]);
    struct stat root, entered;
    if (number == 0 || number > INT_MAX) refuse(name, "its record names no process");
    const int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)number, 0);
    if (pidfd < 0) refuse(name, "it has ended");
    const int process = openat(launch->proc, op->argv[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (process < 0) refuse(name, "it has ended");
    compare_process(launch, process, op);
    const int flags = compare_namespaces(launch, process, op);
    if (flags & CLONE_NEWUSER) check_owner(process, name);
    if (fstatat(process, "root", &root, 0) != 0) refuse(name, "its root cannot be looked at");
    /* nobody inside may trace us or open our files before we are the program, which they may trace (CVE-2016-9962) */
    check(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "cannot hide from the container");
    if (setns(pidfd, flags) != 0) {
        if (!is_alive(pidfd)) refuse(name, "it has ended");
        fail_errno("cannot enter instance %s", name);
    }
    if (!is_alive(pidfd)) refuse(name, "it ended while it was being entered");
    check(stat("/", &entered) == 0, "cannot look at the root of instance %s", name);
    if (entered.st_dev != root.st_dev || entered.st_ino != root.st_ino)
        refuse(name, "the root of its mount namespace is not that of its process");
    close(process);
    close(pidfd);
    close(launch->proc); /* the host's, to which one with the right to trace us could get by our descriptor */
    launch->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

void op_join(struct launch *launch, const struct op *op) {
    join(launch, op);
    process_enter(launch);
}

void op_enter_container(struct launch *launch, const struct op *op) {
    join(launch, op);
}
