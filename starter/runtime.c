/* Containers of the OCI's runtime specification: one command makes them, another starts them, others end them.
 *
 *   kerr, as called                     kerr, a child                    the container's process
 *   ───────────────                     ─────────────                    ───────────────────────
 *   CREATE: claims the name, forks ──►  control groups, namespaces
 *                                       PROCESS: forks, ends        ──►  RECORD_PROCESS, mounts
 *   runs hooks                     ◄───────────────────────────────────  HOOKS: asks for those outside, waits
 *   says its number, ends          ◄───────────────────────────────────  READY: all is made
 *                                                                        waits for a byte in the FIFO "start"
 *   START (another kerr): writes it, sees that nobody reads it any more  becomes the program
 *
 * Nobody of ours stays, unless it was called to stay: then it is the reaper of the container's process, which else is a
 * child of whoever has said to be that. The record says who the process is (instance.c); whatever a record says, START,
 * DELETE and ENTER_CONTAINER hold the process by a pidfd first, and compare then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/close_range.h>

#include "descriptors.h"
#include "fail.h"
#include "kernel.h"
#include "launch.h"
#include "planner.h"

#define FIFO "start"
#define RECORD "state"

enum { ASKS_FOR_HOOKS = 'h', IS_READY = 'r', ENDS_WITHIN_MS = 10000 };

/* The arguments of CREATE. */
enum { NAME, DIRECTORY, PID_FILE, MANNER, CONSOLE_SOCKET, STATE, CREATE_GROUPS };

/* The arguments of START and DELETE. */
enum { OF_DIRECTORY, OF_NAME, OF_PID, OF_START, OF_BOOT, OF_STATE, DELETE_FORCE, DELETE_GROUPS };

/* ---- what the processes tell each other, in bytes */

/* Returns false if the other has ended. */
static bool tell(int other, char byte) {
    ssize_t size;
    while ((size = write(other, &byte, 1)) < 0 && errno == EINTR) {}
    check(size == 1 || errno == EPIPE, "cannot speak to another process of kerr");
    return size == 1;
}

/* Returns false if the other has ended. */
static bool hear(int other, char *byte) {
    ssize_t size;
    while ((size = read(other, byte, 1)) < 0 && errno == EINTR) {}
    check(size >= 0, "cannot hear another process of kerr");
    return size == 1;
}

/* ---- hooks */

void op_hook(struct launch *launch, const struct op *op) {
    struct runtime *runtime = &launch->runtime;
    const size_t arguments = plan_number(op->argv[3]);
    if (arguments == 0 || arguments > op->argc - 4) fail("the plan has a hook without arguments");
    if (runtime->hook_count == HOOKS_MAX) fail("the plan has more than %d hooks", HOOKS_MAX);
    runtime->hooks[runtime->hook_count++] = op;
}

/* The container's state as JSON, of which the last members are ours, in a file that hooks have as standard input. */
static int state_file(const char *head, const char *status, pid_t process) {
    const int file = memfd_create("kerr-state", MFD_CLOEXEC);
    check(file >= 0 && dprintf(file, "%s, \"status\": \"%s\", \"pid\": %d}\n", head, status, (int)process) > 0 &&
              lseek(file, 0, SEEK_SET) == 0,
          "cannot write the state for hooks");
    return file;
}

_Noreturn static void become_hook(const struct op *hook, int state, int root) {
    const size_t count = plan_number(hook->argv[3]);
    char **argv = calloc(count + 1, sizeof *argv);
    sigset_t none;
    sigemptyset(&none);
    if (!argv || sigprocmask(SIG_SETMASK, &none, NULL) != 0 || dup2(state, STDIN_FILENO) < 0) _exit(127);
    if (root >= 0 && (fchdir(root) != 0 || chroot(".") != 0)) _exit(127);
    kernel_close_range(3, ~0U);
    for (size_t i = 0; i < count; i++) argv[i] = (char *)(uintptr_t)hook->argv[4 + i];
    const char *const *environment = hook->argv + 4 + count; /* ends with the operation's arguments */
    execve(hook->argv[2], argv, (char *const *)(uintptr_t)environment);
    _exit(127);
}

static bool ends_within(pid_t process, int milliseconds) {
    struct pollfd polled = {.fd = (int)syscall(SYS_pidfd_open, process, 0), .events = POLLIN};
    int ready;
    do ready = poll(&polled, 1, milliseconds);
    while (ready < 0 && errno == EINTR);
    close(polled.fd);
    return ready != 0;
}

/* Runs one; says what is wrong with it. */
static bool run_hook(const struct op *hook, int state, int root) {
    const int seconds = (int)plan_number(hook->argv[1]);
    int status = 0;
    const pid_t child = fork();
    check(child >= 0, "cannot fork");
    if (child == 0) become_hook(hook, state, root);
    const bool in_time = ends_within(child, seconds > 0 ? seconds * 1000 : -1);
    if (!in_time) kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    const char *phase = hook->argv[0], *path = hook->argv[2];
    if (!in_time)
        warn("the %s hook %s did not end within %d s", phase, path, seconds);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        warn("cannot run the %s hook %s", phase, path);
    else if (status != 0)
        warn("the %s hook %s failed: status %d", phase, path, status);
    return in_time && status == 0;
}

/* Runs all hooks of a phase up to the first that fails; without `strict`, all. Descriptor of the root that they see, or
 * -1 for ours. */
static bool run_hooks(const struct launch *launch, const char *phase, const char *head, const char *status,
                      pid_t process, int root) {
    const struct runtime *runtime = &launch->runtime;
    const bool strict = strncmp(phase, "post", 4) != 0;
    bool all = true;
    for (size_t i = 0; i < runtime->hook_count && (all || !strict); i++) {
        if (strcmp(runtime->hooks[i]->argv[0], phase) != 0) continue;
        const int state = state_file(head, status, process);
        all &= run_hook(runtime->hooks[i], state, root);
        close(state);
    }
    return all;
}

/* What hooks see of the container is at its path on the host, as other runtimes have it. */
static void show_root(const struct launch *launch, const char *path) {
    const int tree =
        kernel_open_tree(launch->root, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
    const int target = kernel_openat2(launch->host, path, O_PATH | O_CLOEXEC | O_DIRECTORY, RESOLVE_IN_ROOT);
    check(tree >= 0 && target >= 0 && kernel_move_mount(tree, target) == 0, "cannot show hooks the root %s", path);
    close(tree);
    close(target);
}

void op_hooks(struct launch *launch, const struct op *op) {
    const struct runtime *runtime = &launch->runtime;
    char byte;
    if (!runtime->created) fail("the plan runs hooks of no container");
    if (op->argv[0][0]) {
        show_root(launch, op->argv[0]);
        if (!run_hooks(launch, "createContainer", runtime->created->argv[STATE], "creating", *runtime->process,
                       launch->host))
            fail("a hook failed: the container is not made");
    } else if (!tell(runtime->told, ASKS_FOR_HOOKS) || !hear(runtime->answers, &byte)) {
        exit(EXIT_FATAL); /* who has ended has said why */
    }
}

/* ---- the one who was called */

static void write_pid_file(const char *path, pid_t process) {
    if (!path[0]) return;
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644);
    check(file >= 0 && dprintf(file, "%d", (int)process) > 0, "cannot write the process number to %s", path);
    close(file);
}

/* Removes what CREATE and RECORD_PROCESS have made, and the container's control groups with what is in them. */
static void forget(const char *directory, size_t count, const char *const *groups) {
    static const char *const FILES[] = {FIFO, RECORD ".json"};
    char path[PATH_MAX];
    for (size_t i = 0; i < count; i++) cgroup_remove(groups[i]);
    if (!directory[0]) return;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, FILES[i]);
        unlink(path);
    }
    if (rmdir(directory) != 0 && errno != ENOENT) warn("cannot remove %s: %s", directory, errno_text(errno));
}

/* What the one who was called has made, until it is a container. */
static struct {
    const struct op *op; /* NULL when nothing is to be taken back, and in all other processes */
    pid_t child; /* 0 if there is none, or none any more */
    pid_t *process; /* so, too */
    int told, answers; /* -1 if they are closed */
} made;

/* Called at every exit: whoever ends without having made a container leaves nothing of it. */
static void take_back(void) {
    char rest[64];
    const struct op *op = made.op;
    if (!op) return;
    made.op = NULL;
    close(made.answers);
    if (*made.process > 0) kill(*made.process, SIGKILL);
    if (made.child > 0) kill(made.child, SIGKILL);
    while (made.told >= 0 && read(made.told, rest, sizeof rest) > 0) {} /* until both have ended */
    if (made.child > 0) waitpid(made.child, NULL, 0);
    forget(op->argv[DIRECTORY], op->argc - CREATE_GROUPS, op->argv + CREATE_GROUPS);
}

static bool stays(const struct op *op) { return strcmp(op->argv[MANNER], "stay") == 0; }

static void reap_child(void) {
    const pid_t child = made.child;
    made.child = 0;
    check(child == 0 || waitpid(child, NULL, 0) == child, "cannot wait for a process of kerr");
}

/* Whoever ended before the container was made has said why, unless something ended it. */
_Noreturn static void end_like_others(void) {
    const pid_t others[] = {made.child, *made.process}; /* of which the second may be nobody's child, or ours */
    made.child = *made.process = 0;
    for (size_t i = 0; i < 2; i++) {
        int status;
        if (others[i] > 0 && waitpid(others[i], &status, 0) == others[i] && WIFSIGNALED(status))
            fail("signal %d ended what makes the container", WTERMSIG(status));
    }
    exit(EXIT_FATAL);
}

/* Does what the container's process asks for; returns when that is the program, or has said that it waits. */
static void attend(const struct launch *launch, const struct op *op) {
    const bool leaves_it_waiting = strcmp(op->argv[MANNER], "wait") == 0;
    bool is_ready = false;
    char said;
    while (hear(made.told, &said)) {
        if (said == ASKS_FOR_HOOKS) {
            const char *head = op->argv[STATE];
            if (!run_hooks(launch, "prestart", head, "creating", *made.process, -1) ||
                !run_hooks(launch, "createRuntime", head, "creating", *made.process, -1))
                fail("a hook failed: the container is not made");
            if (!tell(made.answers, said)) end_like_others();
            continue;
        }
        is_ready = true;
        write_pid_file(op->argv[PID_FILE], *made.process);
        if (leaves_it_waiting) return;
        if (!stays(op)) continue;
        reap_child();
        if (!tell(made.answers, said)) return;
    }
    if (!is_ready) end_like_others();
}

_Noreturn static void supervise(struct launch *launch, const struct op *op) {
    const pid_t *process = launch->runtime.process;
    planner_reap(&launch->planner);
    attend(launch, op);
    reap_child();
    if (!stays(op)) made.op = NULL;
    if (strcmp(op->argv[MANNER], "wait") == 0) exit(0);
    run_hooks(launch, "poststart", op->argv[STATE], "running", *process, -1);
    if (!stays(op)) exit(0);
    made.told = made.answers = -1;
    kernel_close_range(3, ~0U);
    const pid_t number = *process;
    const int status = process_stay(number);
    *made.process = 0;
    take_back();
    run_hooks(launch, "poststop", op->argv[STATE], "stopped", number, -1);
    process_end_as(status);
}

static int connect_to(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int console = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (strlen(path) >= sizeof address.sun_path) fail("the path of the console socket %s is too long", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    check(console >= 0 && connect(console, (const struct sockaddr *)&address, sizeof address) == 0,
          "cannot connect to the console socket %s", path);
    return console;
}

/* A directory is made or is there already: so of two who want the same name one has it. */
static void claim(struct launch *launch, const struct op *op) {
    struct runtime *runtime = &launch->runtime;
    const char *directory = op->argv[DIRECTORY];
    char fifo[PATH_MAX];
    if (mkdir(directory, 0700) != 0) {
        if (errno != EEXIST) fail_errno("cannot make the directory %s", directory);
        fail("container %s exists already (hint: choose another id, or `kerr oci delete` it)", op->argv[NAME]);
    }
    made.op = op;
    runtime->directory = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    check(runtime->directory >= 0, "cannot open the directory %s", directory);
    if (strcmp(op->argv[MANNER], "wait") != 0) return;
    snprintf(fifo, sizeof fifo, "%s/" FIFO, directory);
    const bool is_made = mkfifo(fifo, 0600) == 0;
    runtime->start = is_made ? open(fifo, O_RDWR | O_CLOEXEC) : -1; /* both ways: there is always a reader */
    check(runtime->start >= 0, "cannot make the FIFO %s", fifo);
}

void op_create(struct launch *launch, const struct op *op) {
    int told[2], answers[2];
    sigset_t callers;
    struct runtime *runtime = &launch->runtime;
    runtime->process = mmap(NULL, sizeof(pid_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(runtime->process != MAP_FAILED, "cannot share memory with the container");
    check(pipe2(told, O_CLOEXEC) == 0 && pipe2(answers, O_CLOEXEC) == 0, "cannot make a pipe");
    if (op->argv[CONSOLE_SOCKET][0]) runtime->console = connect_to(op->argv[CONSOLE_SOCKET]);
    if (stays(op))
        check(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0, "cannot become the reaper of the container's process");
    process_block_signals(&callers);
    check(atexit(take_back) == 0, "there is no memory");
    made.process = runtime->process;
    made.told = made.answers = -1;
    if (op->argv[DIRECTORY][0]) claim(launch, op);
    made.op = op; /* of one without a name, too */
    made.child = fork();
    check(made.child >= 0, "cannot fork");
    if (made.child > 0) {
        made.told = told[0];
        made.answers = answers[1];
        close(told[1]);
        close(answers[0]);
        if (runtime->start >= 0) close(runtime->start);
        supervise(launch, op);
    }
    made.op = NULL;
    signals_mask(SIG_SETMASK, &callers, NULL);
    close(told[0]);
    close(answers[1]);
    launch->planner = -1;
    runtime->created = op;
    runtime->told = told[1];
    runtime->answers = answers[0];
}

/* ---- the container's process */

void op_process(struct launch *launch, const struct op *op) {
    int gate[2];
    char byte = 0;
    if (!launch->runtime.created) fail("the plan forks the process of no container");
    if (op->argv[0][0]) check(unshare(CLONE_NEWPID) == 0, "cannot make a PID namespace");
    check(pipe2(gate, O_CLOEXEC) == 0, "cannot make a pipe");
    const pid_t child = fork();
    check(child >= 0, "cannot fork");
    if (child > 0) {
        *launch->runtime.process = child; /* as the host numbers it: we are in its PID namespace */
        exit(tell(gate[1], byte) ? 0 : EXIT_FATAL);
    }
    close(gate[1]);
    if (!hear(gate[0], &byte)) exit(EXIT_FATAL);
    close(gate[0]);
}

void op_record_process(struct launch *launch, const struct op *op) {
    if (launch->runtime.directory < 0) fail("the plan records a container that it has not created");
    instance_write_record(launch, launch->runtime.directory, RECORD, op->argv);
}

void op_console(struct launch *launch, const struct op *op) {
    const struct winsize size = {.ws_row = (unsigned short)plan_number(op->argv[1]),
                                 .ws_col = (unsigned short)plan_number(op->argv[0])};
    const int unlocked = 0, primary = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    char message[] = "/dev/ptmx";
    if (launch->runtime.console < 0) fail("the plan sends a terminal to nobody");
    check(primary >= 0 && ioctl(primary, TIOCSPTLCK, &unlocked) == 0,
          "cannot make a terminal (hint: config.json needs a devpts on /dev/pts)");
    const int terminal = ioctl(primary, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    check(terminal >= 0, "cannot open the terminal");
    if (size.ws_row || size.ws_col) ioctl(primary, TIOCSWINSZ, &size);
    check(fchown(terminal, (uid_t)plan_number(op->argv[2]), (gid_t)-1) == 0, "cannot give the terminal to the user");
    check(descriptors_send(launch->runtime.console, message, sizeof message - 1, &primary, 1),
          "cannot send the terminal to the console socket");
    setsid();
    check(ioctl(terminal, TIOCSCTTY, 0) == 0, "cannot make the terminal ours");
    for (int fd = 0; fd < 3; fd++) check(dup2(terminal, fd) >= 0, "cannot use the terminal");
    close(primary);
    close(terminal);
    close(launch->runtime.console);
}

/* Whoever stays may be killed, and then so is the container. That it may be our parent by now it says itself. */
static void end_with_parent(int answers) {
    char byte;
    struct pollfd polled = {.fd = answers, .events = POLLIN};
    if (!hear(answers, &byte)) exit(EXIT_FATAL);
    check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0, "cannot end with kerr");
    const int ended = poll(&polled, 1, 0);
    check(ended >= 0, "cannot ask whether kerr has ended");
    if (ended > 0) exit(EXIT_FATAL);
}

/* Whether START has come: its byte is read last, so that it sees whether we got so far. */
static void await_start(int fifo) {
    struct pollfd polled = {.fd = fifo, .events = POLLIN};
    while (poll(&polled, 1, -1) < 0) check(errno == EINTR, "cannot wait for the start");
}

void op_ready(struct launch *launch, const struct op *op) {
    const struct runtime *runtime = &launch->runtime;
    const unsigned first = 3 + (unsigned)plan_number(op->argv[0]);
    char byte;
    if (!runtime->created) fail("the plan has no container to be ready");
    payload_find(launch, op->argv[1]);
    check(syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) == 0, "cannot close the caller's files");
    if (!tell(runtime->told, IS_READY)) exit(EXIT_FATAL);
    if (stays(runtime->created)) end_with_parent(runtime->answers);
    if (runtime->start >= 0) await_start(runtime->start);
    if (!run_hooks(launch, "startContainer", runtime->created->argv[STATE], "created", getpid(), -1))
        fail("a hook failed: the program is not started");
    if (runtime->start >= 0 && !hear(runtime->start, &byte)) exit(EXIT_FATAL);
}

/* ---- other commands */

/* Holds the process of a record; -1 if it has ended. */
static int hold(const struct launch *launch, const struct op *op) {
    const uint64_t number = plan_number(op->argv[OF_PID]);
    if (number == 0 || number > INT_MAX) return -1;
    const int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)number, 0);
    check(pidfd >= 0 || errno == ESRCH, "cannot hold the process of container %s", op->argv[OF_NAME]);
    if (pidfd >= 0 && instance_is_process(launch, op->argv[OF_PID], op->argv[OF_BOOT], plan_number(op->argv[OF_START])))
        return pidfd;
    if (pidfd >= 0) close(pidfd);
    return -1;
}

void op_start(struct launch *launch, const struct op *op) {
    char path[PATH_MAX];
    const char *name = op->argv[OF_NAME];
    const int process = hold(launch, op);
    if (process < 0) fail("container %s has ended: it cannot be started", name);
    snprintf(path, sizeof path, "%s/" FIFO, op->argv[OF_DIRECTORY]);
    const int fifo = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    /* the name goes first: of two who start it one does */
    if (fifo < 0 || unlink(path) != 0) fail("container %s is not waiting to be started", name);
    planner_reap(&launch->planner);
    check(write(fifo, "", 1) == 1, "cannot start container %s", name);
    struct pollfd polled = {.fd = fifo};
    while (poll(&polled, 1, -1) < 0) check(errno == EINTR, "cannot wait for the start of container %s", name);
    int unread = 0;
    if (ioctl(fifo, FIONREAD, &unread) == 0 && unread > 0) fail("container %s ended before its program started", name);
    run_hooks(launch, "poststart", op->argv[OF_STATE], "running", (pid_t)plan_number(op->argv[OF_PID]), -1);
    exit(0);
}

void op_delete(struct launch *launch, const struct op *op) {
    const int process = hold(launch, op);
    struct pollfd polled = {.fd = process, .events = POLLIN};
    const int ended = process >= 0 ? poll(&polled, 1, 0) : 1;
    check(ended >= 0, "cannot ask whether container %s has ended", op->argv[OF_NAME]);
    const bool is_alive = ended == 0;
    if (is_alive && !op->argv[DELETE_FORCE][0])
        fail("container %s has not ended (hint: `kerr oci kill` it first, or delete it with --force)",
             op->argv[OF_NAME]);
    planner_reap(&launch->planner);
    if (is_alive) {
        check(syscall(SYS_pidfd_send_signal, process, SIGKILL, NULL, 0) == 0, "cannot end container %s",
              op->argv[OF_NAME]);
        for (size_t i = DELETE_GROUPS; i < op->argc; i++) cgroup_thaw(op->argv[i]);
        if (poll(&polled, 1, ENDS_WITHIN_MS) != 1) fail("container %s does not end", op->argv[OF_NAME]);
    }
    forget(op->argv[OF_DIRECTORY], op->argc - DELETE_GROUPS, op->argv + DELETE_GROUPS);
    if (access(op->argv[OF_DIRECTORY], F_OK) == 0) fail("cannot remove %s", op->argv[OF_DIRECTORY]);
    run_hooks(launch, "poststop", op->argv[OF_STATE], "stopped", 0, -1);
    exit(0);
}

/* ---- what else a container's process is given */

void op_rlimit(const struct op *op) {
    const struct rlimit limit = {.rlim_cur = plan_number(op->argv[1]), .rlim_max = plan_number(op->argv[2])};
    check(setrlimit((__rlimit_resource_t)plan_number(op->argv[0]), &limit) == 0,
          "cannot set the limit %s of resources to %s, at most %s", op->argv[3], op->argv[1], op->argv[2]);
}

void op_proc_write(const struct launch *launch, const struct op *op) {
    const size_t size = strlen(op->argv[1]);
    const int file = kernel_openat2(launch->proc, op->argv[0], O_WRONLY | O_CLOEXEC, RESOLVE_BENEATH);
    check(file >= 0 && write(file, op->argv[1], size) == (ssize_t)size, "cannot set /proc/%s to %s", op->argv[0],
          op->argv[1]);
    close(file);
}

void op_domainname(const struct op *op) {
    check(setdomainname(op->argv[0], strlen(op->argv[0])) == 0, "cannot set the domain name %s", op->argv[0]);
}

void op_personality(const struct op *op) {
    check(personality(plan_number(op->argv[0])) >= 0, "cannot set the personality");
}
