/* The network of a container that has a network namespace of its own: a program outside connects it.
 *
 *   kerr                             watcher (nobody's child)                  helper
 *   ────                             ───────
 *   forks, twice             ──────► waits at its socket
 *   makes the namespace
 *   LOOPBACK: a byte         ──────► starts the helper                 ──────► pasta, slirp4netns, or plugins of CNI
 *   waits                    ◄────── says that the network is there    ◄────── … is ready, or has ended well
 *   … becomes the payload            waits until nobody is in the namespace
 *                                    ends the helper, or has it undo what it did
 *
 * A helper that serves is in a PID namespace of its own, whose init ends when the watcher does: so the kernel ends it,
 * whoever is killed. What a helper that ended has made on the host outlives every process, so two look after it: the
 * watcher's child does the work, and has a successor if it is killed; if the watcher is killed the child goes on.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "launch.h"

/* Seen by the helper alone: where it says that it is ready, and where slirp4netns takes requests. */
#define PRIVATE_DIRECTORY "/tmp"
#define READY_FILE PRIVATE_DIRECTORY "/ready"
#define REQUEST_SOCKET PRIVATE_DIRECTORY "/api"

enum {
    TEXT_MAX = 4096,
    READY_WAIT_MS = 20000,
    UNDO_ATTEMPTS = 3,
    UNDO_PAUSE_US = 200 * 1000, /* another launch may have the lock of a plugin's */
    WORKERS_MAX = 16, /* one after the other, if each is killed */
    EMPTY_WAIT_MS = 100,
    NAME_MAX_BYTES = 64,
    /* the watcher's descriptors: the launch's end of the socket, its pidfd, what a helper says, what it has made */
    SOCKET = SERVER_FIRST_FILE,
    LAUNCH,
    SAID,
    MADE,
    NAMESPACE,
};

struct helper {
    const char *const *requests; /* what each is for, and its text */
    size_t request_count;
    const char *const *argv;
    char namespace[NAME_MAX_BYTES]; /* what @net@ stands for */
    ino_t inode;                    /* of the namespace */
};

static void watch(const struct launch *launch, const struct op *op, pid_t process);

/* ---- what a launch does */

void op_network_helper(struct launch *launch, const struct op *op) {
    const size_t requests = plan_number(op->argv[1]);
    if (op->argc < 3 || requests > op->argc || op->argc - 2 <= 2 * requests || op->argv[2 + 2 * requests][0] != '/')
        fail("the plan's network helper has no program");
    if (launch->network >= 0) fail("the plan has two network helpers");
    int sockets[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0, "cannot make a socket");
    const pid_t process = getpid();
    const int self = (int)syscall(SYS_pidfd_open, process, 0);
    check(self >= 0, "cannot open a pidfd");
    const int forked = process_fork_orphan();
    if (forked == 0) {
        server_detach("/dev/null");
        server_keep_files((const int[]){sockets[1], self}, 2);
        watch(launch, op, process);
    }
    check(forked > 0, "cannot start the network's watcher");
    close(sockets[1]);
    close(self);
    launch->network = sockets[0];
}

/* Has the helper connect the namespace. It answers with a NUL byte, or with why it cannot. */
static void connect_network(struct launch *launch) {
    char text[TEXT_MAX];
    size_t size = 0;
    check(write(launch->network, "", 1) == 1, "cannot wake the network's watcher");
    while (size < sizeof text - 1) {
        const ssize_t n = read(launch->network, text + size, sizeof text - 1 - size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        size += (size_t)n;
        if (text[0] == '\0') break;
    }
    text[size] = '\0';
    if (size == 0) fail("the network's helper was killed");
    if (text[0] != '\0') fail("%s", text);
    close(launch->network);
    launch->network = -1;
}

/* No port of a namespace of our own is another's: so none is for root alone. Where no settings can be written, as in
 * Docker, the usual ones stay. */
static void open_low_ports(const struct launch *launch) {
    const int file = openat(launch->proc, "sys/net/ipv4/ip_unprivileged_port_start", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    if (write(file, "0", 1) != 1) warn("ports below 1024 are for root of the container alone");
    close(file);
}

void op_loopback(struct launch *launch) {
    struct ifreq request = {.ifr_name = "lo"};
    const int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    check(control >= 0, "cannot make a socket");
    check(ioctl(control, SIOCGIFFLAGS, &request) == 0, "cannot look at the loopback interface");
    request.ifr_flags |= IFF_UP;
    check(ioctl(control, SIOCSIFFLAGS, &request) == 0, "cannot bring the loopback interface up");
    close(control);
    open_low_ports(launch);
    if (launch->network >= 0) connect_network(launch);
}

void op_join_network(const struct op *op) {
    const int file = open(op->argv[0], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    check(file >= 0, "cannot open the network namespace %s", op->argv[0]);
    if (setns(file, CLONE_NEWNET) != 0) {
        if (errno == EINVAL) fail("%s is no network namespace", op->argv[0]);
        fail_errno("cannot join the network namespace %s", op->argv[0]);
    }
    close(file);
}

/* ---- what a watcher says */

/* What was said last, in one line of which `fail` makes its own. */
static void last_line(char *text, size_t room) {
    const ssize_t size = pread(SAID, text, room - 1, 0);
    text[size > 0 ? size : 0] = '\0';
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1])) text[--length] = '\0';
    const char *line = strrchr(text, '\n') ? strrchr(text, '\n') + 1 : text;
    if (strncmp(line, "FATAL:", 6) == 0) line += 6;
    memmove(text, line + strspn(line, " "), strlen(line + strspn(line, " ")) + 1);
}

/* Tells the launch that waits why it has no network, and ends. */
_Noreturn static void __attribute__((format(printf, 1, 2))) give_up(const char *format, ...) {
    char text[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    send(SOCKET, text, strlen(text), MSG_NOSIGNAL);
    _exit(1);
}

static void say_ready(void) {
    send(SOCKET, "", 1, MSG_NOSIGNAL);
    close(SOCKET);
}

/* ---- running a helper */

/* `word` with the namespace and the act in the place of @net@ and @act@. */
static const char *filled(const char *word, const struct helper *helper, const char *act) {
    const char *const marks[] = {"@net@", "@act@"}, *const values[] = {helper->namespace, act};
    for (size_t i = 0; i < 2; i++) {
        for (const char *at; (at = strstr(word, marks[i]));) {
            char *text = NULL;
            if (asprintf(&text, "%.*s%s%s", (int)(at - word), word, values[i], at + strlen(marks[i])) < 0) _exit(1);
            word = text;
        }
    }
    return word;
}

/* A file in memory that takes so much and no more, so that what a helper says cannot fill it. */
static int bounded_file(void) {
    const int file = memfd_create("kerr-network", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0 || ftruncate(file, TEXT_MAX) != 0 || fcntl(file, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0)
        give_up("cannot make a file in memory: %s", strerror(errno));
    return file;
}

/* Forks and becomes the helper, with `file` as its descriptor 3. */
static pid_t start(const struct helper *helper, const char *act, int file) {
    const pid_t child = fork();
    if (child != 0) return child;
    size_t count = 0;
    while (helper->argv[count]) count++;
    const char **words = calloc(count + 1, sizeof *words);
    for (size_t i = 0; words && i < count; i++) words[i] = filled(helper->argv[i], helper, act);
    if (!words || dup2(SAID, STDERR_FILENO) < 0) _exit(1);
    signals_give_back(&(struct signals){SIG_DFL, SIG_DFL, SIG_DFL}); /* pasta of 2023 fails where SIGPIPE is ignored */
    if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0) { /* as root of this user namespace, if it has one */
        privileges_pass();
    }
    server_exec(words, &file, 1);
}

static bool is_inside(const struct helper *helper, pid_t process) {
    char path[NAME_MAX_BYTES];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)process);
    return stat(path, &status) == 0 && status.st_ino == helper->inode;
}

/* A process in the namespace: besides the payload, what it has left running. 0 if there is none. */
static pid_t inhabitant(const struct helper *helper) {
    DIR *processes;
    pid_t found = 0;
    while (!(processes = opendir("/proc"))) usleep(EMPTY_WAIT_MS * 1000); /* who is not seen may be there */
    for (struct dirent *entry; found == 0 && (entry = readdir(processes));) {
        const pid_t process = (pid_t)strtol(entry->d_name, NULL, 10);
        if (process > 0 && is_inside(helper, process)) found = process;
    }
    closedir(processes);
    return found;
}

/* Waits until the launch has ended, and all that it has left running. Returns before if `other` has something. */
static bool wait_until_empty(const struct helper *helper, int other) {
    struct pollfd files[] = {{.fd = LAUNCH, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    while (files[0].revents == 0)
        if (poll(files, 2, -1) > 0 && files[1].revents) return false;
    for (pid_t process; (process = inhabitant(helper)) > 0;) {
        files[0] = (struct pollfd){.fd = (int)syscall(SYS_pidfd_open, process, 0), .events = POLLIN};
        /* its number may be another's by now */
        poll(files, 2, files[0].fd < 0 || !is_inside(helper, process) ? EMPTY_WAIT_MS : -1);
        if (files[0].fd >= 0) close(files[0].fd);
        if (files[1].revents) return false;
    }
    return true;
}

/* ---- a helper that serves: it runs as long as the network */

/* Nothing of the host but what the helper reads, the namespace, and a file for the word that it is ready. */
static int private_directory(const char *namespace) {
    const int file = unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
                         ? open(namespace, O_RDONLY | O_CLOEXEC)
                         : -1;
    if (file < 0 || mount("kerr", PRIVATE_DIRECTORY, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0700,size=64k") != 0)
        give_up("cannot make the directory of the network's helper: %s", strerror(errno));
    const int ready = open(READY_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const int point = open(PRIVATE_DIRECTORY "/net", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    char path[NAME_MAX_BYTES];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (ready < 0 || point < 0 || mount(path, PRIVATE_DIRECTORY "/net", NULL, MS_BIND, NULL) != 0)
        give_up("cannot show the network namespace to the network's helper: %s", strerror(errno));
    close(point);
    close(file);
    return ready;
}

/* The name of the program, without its directory. */
static const char *name_of(const struct helper *helper) { return strrchr(helper->argv[0], '/') + 1; }

static void wait_until_ready(const struct helper *helper, pid_t child, int ready) {
    char text[TEXT_MAX];
    struct stat status;
    for (int ms = 0; ms < READY_WAIT_MS; ms++) {
        if (fstat(ready, &status) == 0 && status.st_size > 0) return;
        if (waitpid(child, NULL, WNOHANG) == child) {
            last_line(text, sizeof text);
            give_up("%s cannot make the network: %s", name_of(helper), text[0] ? text : "it was killed");
        }
        usleep(1000);
    }
    give_up("%s did not make the network in %d s", name_of(helper), READY_WAIT_MS / 1000);
}

/* Sends one request, and waits for the answer, which names an error if there was one. */
static void request(const struct helper *helper, const char *what, const char *text) {
    char answer[TEXT_MAX];
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = REQUEST_SOCKET};
    const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (const struct sockaddr *)&address, sizeof address) != 0 ||
        write(connection, text, strlen(text)) != (ssize_t)strlen(text) || shutdown(connection, SHUT_WR) != 0)
        give_up("%s takes no request for %s: %s", name_of(helper), what, strerror(errno));
    const ssize_t size = recv(connection, answer, sizeof answer - 1, MSG_WAITALL);
    answer[size > 0 ? size : 0] = '\0';
    close(connection);
    if (size <= 0 || strstr(answer, "\"error\""))
        give_up("%s cannot map the port %s (hint: is the host's port in use?)", name_of(helper), what);
}

/* The first process of the helper's PID namespace. `lifeline` ends with the watcher. */
_Noreturn static void tend(struct helper *helper, int lifeline) {
    const int ready = private_directory(helper->namespace);
    snprintf(helper->namespace, sizeof helper->namespace, PRIVATE_DIRECTORY "/net");
    const pid_t child = start(helper, "", ready);
    if (child < 0) give_up("cannot start %s: %s", name_of(helper), strerror(errno));
    wait_until_ready(helper, child, ready);
    for (size_t i = 0; i < helper->request_count; i++)
        request(helper, helper->requests[2 * i], helper->requests[2 * i + 1]);
    say_ready();
    struct pollfd files[] = {{.fd = lifeline}, {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN}};
    while (poll(files, 2, -1) < 0 && errno == EINTR) continue;
    _exit(0);
}

_Noreturn static void serve(struct helper *helper) {
    int lifeline[2];
    if (pipe2(lifeline, O_CLOEXEC) != 0 || unshare(CLONE_NEWPID) != 0)
        give_up("cannot make a PID namespace for the network's helper: %s", strerror(errno));
    const pid_t child = fork();
    if (child < 0) give_up("cannot fork: %s", strerror(errno));
    if (child == 0) {
        close(lifeline[1]);
        tend(helper, lifeline[0]);
    }
    close(lifeline[0]);
    close(SOCKET);
    wait_until_empty(helper, (int)syscall(SYS_pidfd_open, child, 0));
    _exit(0); /* the lifeline with it, and so the PID namespace */
}

/* ---- a helper that does its work and ends: it runs again to undo it */

/* Runs the helper to its end, and waits for what it has started even if it is killed itself. */
static bool run(const struct helper *helper, const char *act, int made) {
    const pid_t child = start(helper, act, made);
    int status = 0;
    bool done = false;
    if (child < 0) return false;
    for (pid_t ended; (ended = waitpid(-1, &status, 0)) > 0 || errno == EINTR;)
        if (ended == child) done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return done;
}

static void undo(const struct helper *helper, int made) {
    for (int attempt = 0; attempt < UNDO_ATTEMPTS && !run(helper, "down", made); attempt++) usleep(UNDO_PAUSE_US);
}

_Noreturn static void work(struct helper *helper, int made, bool is_first) {
    char text[TEXT_MAX];
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (is_first) {
        const bool connected = run(helper, "up", made);
        last_line(text, sizeof text);
        if (connected) {
            say_ready();
        } else {
            undo(helper, made);
            give_up("%s", text[0] ? text : "the network's helper was killed");
        }
    }
    wait_until_empty(helper, -1);
    undo(helper, made);
    _exit(0);
}

_Noreturn static void work_and_undo(struct helper *helper) {
    const int made = memfd_create("kerr-network", MFD_CLOEXEC), namespace = open(helper->namespace, O_RDONLY);
    if (made != MADE || namespace != NAMESPACE || fcntl(namespace, F_SETFD, FD_CLOEXEC) != 0)
        give_up("cannot keep the network namespace: %s", strerror(errno));
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    for (int worker = 0; worker < WORKERS_MAX; worker++) {
        int status = 0;
        bool done = false;
        const pid_t child = fork();
        if (child < 0) give_up("cannot fork: %s", strerror(errno));
        if (child == 0) {
            /* by a name that outlives the launch: what a plugin has made in the namespace is undone in it */
            snprintf(helper->namespace, sizeof helper->namespace, "/proc/%d/fd/%d", (int)getpid(), NAMESPACE);
            work(helper, made, worker == 0);
        }
        close(SOCKET);
        for (pid_t ended; (ended = waitpid(-1, &status, 0)) > 0 || errno == EINTR;)
            if (ended == child) done = WIFEXITED(status);
        if (done) break;
    }
    _exit(0);
}

/* The watcher, which has its socket and the launch's pidfd. */
_Noreturn static void watch(const struct launch *launch, const struct op *op, pid_t process) {
    char byte;
    struct stat status;
    struct helper helper = {.requests = op->argv + 2, .request_count = plan_number(op->argv[1])};
    helper.argv = helper.requests + 2 * helper.request_count;
    launch_rename(launch, "kerr-network", "kerr: keeps the network of process %d", (int)process);
    snprintf(helper.namespace, sizeof helper.namespace, "/proc/%d/ns/net", (int)process);
    if (chdir("/") != 0 || read(SOCKET, &byte, 1) != 1) _exit(0); /* the launch has failed */
    if (stat(helper.namespace, &status) != 0) give_up("cannot look at the network namespace: %s", strerror(errno));
    helper.inode = status.st_ino;
    if (bounded_file() != SAID) give_up("the network's watcher has other files than its own");
    if (strcmp(op->argv[0], "once") == 0)
        work_and_undo(&helper);
    else
        serve(&helper);
}
