/* One mount of an image for all of a user's launches of it on this node.
 *
 *   launch                                     keeper (forked by the first launch)
 *   ──────                                     ──────
 *   connects to the keeper's socket  ───────►  holds the mount in namespaces of its own, for a file system server
 *   enters its user namespaces       ◄───────  hands over a copy of the mount, and the namespaces
 *   … becomes the payload                      watches that process by a pidfd
 *
 * A launch enters no mount namespace of the keeper's: what it sees of the host is its own. The keeper ends some seconds
 * after the last of these processes. The server ends with the last mount: so what a payload has left running keeps its
 * files, also when the keeper is killed. If the server ends, so does the keeper.
 *
 * Nobody else can stand in for a keeper: its socket is in a directory that is the user's alone. Nor does a payload come
 * near it: that has no right in the user namespace in which the keeper is.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "descriptors.h"
#include "fail.h"
#include "kernel.h"
#include "launch.h"

#define MOUNT_POINT "/image"
#define SHARED_MODE 0700

enum {
    KEY_MAX = 16 * 1024,
    ATTEMPTS = 3,
    ANSWER_SECONDS = 10, /* a server may have to fetch its first block from a slow disk */
    REQUEST_SECONDS = 1,
    LAUNCHES_MAX = 4096,
    OUTER = 0, /* what a keeper hands over, in this order */
    INNER = 1,
    TREE = 2,
    HANDED_OVER = 3,
};

/* Where keepers have their sockets. */
struct place {
    int directory, above;
    const char *name; /* of the directory in the one above */
};

static void add_arguments(struct buffer *key, const struct op *op) {
    for (size_t i = 0; i < op->argc; i++) add_text(key, op->argv[i]);
    add_text(key, "");
}

static void add_file(struct buffer *key, const struct stat *status) {
    char text[64];
    snprintf(text, sizeof text, "%llx %llx", (unsigned long long)status->st_dev, (unsigned long long)status->st_ino);
    add_text(key, text);
}

static void add_version(struct buffer *key, const struct stat *status) {
    char text[64];
    snprintf(text, sizeof text, "%llx %lld.%09ld", (unsigned long long)status->st_size,
             (long long)status->st_mtim.tv_sec, status->st_mtim.tv_nsec);
    add_text(key, text);
}

static bool add_namespace(struct buffer *key, const struct launch *launch, const char *path) {
    struct stat status;
    if (fstatat(launch->proc, path, &status, 0) != 0) return false;
    add_file(key, &status);
    return true;
}

/* A batch system ends a step with all that is in its cgroup, and so the keeper: each step has its own. Slurm has one
 * more below for each task of a step. */
static bool add_cgroups(struct buffer *key, const struct launch *launch) {
    char text[KEY_MAX / 2];
    const int fd = openat(launch->proc, "self/cgroup", O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    if (size < 0 || size == (ssize_t)sizeof text - 1) return false;
    text[size] = '\0';
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
        char *task = strstr(line, "/task_");
        if (task) *task = '\0';
        add_text(key, line);
    }
    return true;
}

/* What must be the same for two launches to share a mount. A keeper shows its own to nobody: it compares. */
static bool make_key(const struct launch *launch, const struct image *image, const struct op *op, struct buffer *key) {
    struct stat status;
    if (fstat(image->file, &status) != 0) return false;
    add_file(key, &status);
    add_version(key, &status);
    add_text(key, op->argv[3]);
    add_text(key, op->argv[4]);
    add_arguments(key, op + 1);
    add_arguments(key, op + 2);
    return add_namespace(key, launch, "self/ns/user") && add_namespace(key, launch, "self/ns/pid") &&
           add_cgroups(key, launch) && fits(key);
}

/* The directory, made if need be; only if it is ours alone. */
static bool open_place(const char *path, struct place *place) {
    char above[PATH_MAX];
    struct stat status;
    snprintf(above, sizeof above, "%s", path);
    char *slash = strrchr(above, '/');
    *slash = '\0';
    place->name = path + (slash - above) + 1;
    place->above = open(above[0] ? above : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place->above < 0) return false;
    mkdirat(place->above, place->name, SHARED_MODE);
    place->directory = openat(place->above, place->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (place->directory >= 0 && fstat(place->directory, &status) == 0 && status.st_uid == geteuid() &&
        (status.st_mode & 07777) == SHARED_MODE)
        return true;
    if (place->directory >= 0) close(place->directory);
    close(place->above);
    return false;
}

static void close_place(const struct place *place) {
    close(place->directory);
    close(place->above);
}

static void set_patience(int socket, int seconds) {
    const struct timeval time = {.tv_sec = seconds};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

/* The address goes by a descriptor: it is short, and no link can lead it elsewhere. */
static int new_socket(int directory, const char *name, struct sockaddr_un *address) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", directory, name);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static bool is_ours(int socket) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

/* A connection to a keeper; -1 if there is none. A name without a keeper is removed. */
static int connect_to(int directory, const char *name) {
    struct sockaddr_un address;
    const int connection = new_socket(directory, name, &address);
    if (connection < 0) return -1;
    set_patience(connection, ANSWER_SECONDS);
    const bool connected = connect(connection, (struct sockaddr *)&address, sizeof address) == 0;
    if (connected && is_ours(connection)) return connection;
    if (!connected && errno == ECONNREFUSED) unlinkat(directory, name, 0);
    close(connection);
    return -1;
}

/* Takes the mount from its keeper. Returns false if there is none, or it has nothing to give. */
static bool join(struct launch *launch, struct image *image, int directory, const char *name,
                 const struct buffer *key) {
    char answer;
    int files[HANDED_OVER];
    const int connection = connect_to(directory, name);
    if (connection < 0) return false;
    const int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    bool joined = self >= 0 && descriptors_send(connection, key->bytes, key->size, &self, 1) &&
                  descriptors_receive(connection, &answer, 1, files, HANDED_OVER) == 1 && files[TREE] >= 0;
    close(connection);
    if (self >= 0) close(self);
    if (!joined) return false;
    joined = setns(files[OUTER], CLONE_NEWUSER) == 0;
    close(files[OUTER]);
    if (!joined) {
        close(files[INNER]);
        close(files[TREE]);
        return false;
    }
    launch->is_joined = true;
    launch->inner = files[INNER];
    image->tree = files[TREE];
    return true;
}

/* ---- the keeper's side */

struct keeper {
    const struct image *image;
    const struct buffer *key;
    int socket, namespaces[2];
    struct pollfd polled[1 + LAUNCHES_MAX]; /* the socket, and a pidfd for each launch */
    size_t launches;
};

static void take_child(int signal) { (void)signal; }

static int own_namespace(const struct launch *launch) {
    const int fd = openat(launch->proc, "self/ns/user", O_RDONLY | O_CLOEXEC);
    check(fd >= 0, "cannot open the user namespace");
    return fd;
}

/* A user namespace without a process: its descriptor keeps it. */
static int make_inner(struct launch *launch, const struct op *op) {
    int sockets[2], inner = -1;
    char byte;
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0, "cannot make a socket");
    const pid_t child = fork();
    check(child >= 0, "cannot fork");
    if (child == 0) {
        const char *maps[] = {op->argv[3], op->argv[4], "root", "root", NULL};
        op_user_namespace(launch, &(struct op){.code = OP_USER_NAMESPACE, .argc = 4, .argv = maps});
        inner = own_namespace(launch);
        _exit(descriptors_send(sockets[1], "", 1, &inner, 1) ? 0 : 1);
    }
    close(sockets[1]);
    descriptors_receive(sockets[0], &byte, 1, &inner, 1);
    close(sockets[0]);
    while (waitpid(child, NULL, 0) < 0) check(errno == EINTR, "cannot wait");
    if (inner < 0) fail("cannot make the user namespace of launches");
    return inner;
}

/* Mounts the image where nothing is of the host: what a keeper holds can be unmounted there. */
static void mount_alone(struct launch *launch, const char *number) {
    op_mount_namespace(NULL);
    op_private_mounts();
    op_session(launch, &(struct op){.argv = (const char *[]){"4096", NULL}});
    check(mkdir(MOUNT_POINT, 0755) == 0, "cannot make a mount point");
    op_mount_served(launch, &(struct op){.argv = (const char *[]){number, MOUNT_POINT, NULL}});
    check(umount2(SESSION_HOST, MNT_DETACH) == 0, "cannot let go of the host's root");
    close(launch->host);
}

static void tell(const struct keeper *keeper, int connection) {
    char text[PATH_MAX + 64];
    const int size = snprintf(text, sizeof text, "%d %zu %s\n", (int)getpid(), keeper->launches, keeper->image->path);
    descriptors_send(connection, text, (size_t)size < sizeof text ? (size_t)size : sizeof text - 1, NULL, 0);
}

static void give(struct keeper *keeper, int connection, int launch) {
    const int tree = kernel_open_tree(AT_FDCWD, MOUNT_POINT, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    const int files[HANDED_OVER] = {
        [OUTER] = keeper->namespaces[OUTER], [INNER] = keeper->namespaces[INNER], [TREE] = tree};
    if (tree >= 0 && descriptors_send(connection, "", 1, files, HANDED_OVER))
        keeper->polled[1 + keeper->launches++] = (struct pollfd){.fd = launch, .events = POLLIN};
    else
        close(launch);
    if (tree >= 0) close(tree);
}

/* One request: the key and the launch's pidfd, or a question mark. */
static void answer(struct keeper *keeper) {
    char request[KEY_MAX];
    int launch = -1;
    const int connection = accept4(keeper->socket, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) return;
    set_patience(connection, REQUEST_SECONDS);
    const ssize_t size = is_ours(connection) ? descriptors_receive(connection, request, sizeof request, &launch, 1) : 0;
    const bool is_same = size == (ssize_t)keeper->key->size && memcmp(request, keeper->key->bytes, (size_t)size) == 0;
    if (size == 1 && request[0] == '?') tell(keeper, connection);
    if (is_same && launch >= 0 && keeper->launches < LAUNCHES_MAX)
        give(keeper, connection, launch);
    else if (launch >= 0)
        close(launch);
    close(connection);
}

static void forget_ended(struct keeper *keeper) {
    for (size_t i = 1; i <= keeper->launches;) {
        if (keeper->polled[i].revents) {
            close(keeper->polled[i].fd);
            keeper->polled[i] = keeper->polled[keeper->launches--];
        } else {
            i++;
        }
    }
}

static int64_t now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Until no launch has had it for so long, or the server has ended: it is our child since whoever started it ended. */
static void keep(struct keeper *keeper, int64_t linger_ms) {
    sigset_t none;
    sigemptyset(&none);
    keeper->polled[0] = (struct pollfd){.fd = keeper->socket, .events = POLLIN};
    for (int64_t end = now_ms() + linger_ms; keeper->launches > 0 || now_ms() < end;) {
        const int64_t left = end - now_ms();
        const struct timespec wait = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
        const int ready = ppoll(keeper->polled, 1 + keeper->launches, keeper->launches > 0 ? NULL : &wait, &none);
        if (waitpid(-1, NULL, WNOHANG) != 0) return;
        if (ready <= 0) continue;
        if (keeper->polled[0].revents) answer(keeper);
        const bool is_used = keeper->launches > 0;
        forget_ended(keeper);
        if (is_used) end = now_ms() + linger_ms;
    }
}

/* The first launch may be bound to a processor, as ranks are, and limited: what it starts is for all. */
static void be_for_all(void) {
    static const int LIMITS[] = {RLIMIT_NOFILE, RLIMIT_CPU};
    cpu_set_t processors;
    memset(&processors, 0xff, sizeof processors); /* those that the cgroup allows */
    sched_setaffinity(0, sizeof processors, &processors);
    for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++) {
        struct rlimit limit;
        if (getrlimit(LIMITS[i], &limit) != 0) continue;
        limit.rlim_cur = limit.rlim_max;
        setrlimit(LIMITS[i], &limit);
    }
}

_Noreturn static void become_keeper(struct launch *launch, const struct op *op, const struct buffer *key,
                                    const struct place *place, const char *name, int socket) {
    static struct keeper keeper;
    struct image *image = image_of(launch, op->argv[0], true);
    const struct sigaction child = {.sa_handler = take_child};
    sigset_t blocked;
    server_detach("/dev/null");
    server_keep_files((const int[]){image->file, socket, place->directory, place->above, launch->proc}, 5);
    image->file = SERVER_FIRST_FILE;
    keeper = (struct keeper){.image = image, .key = key, .socket = SERVER_FIRST_FILE + 1};
    const struct place kept = {SERVER_FIRST_FILE + 2, SERVER_FIRST_FILE + 3, place->name};
    launch->proc = SERVER_FIRST_FILE + 4;
    launch_rename(launch, "kerr-keeper", "kerr: keeps %s mounted", image->path);
    be_for_all();
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    check(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 && sigaction(SIGCHLD, &child, NULL) == 0 &&
              sigprocmask(SIG_BLOCK, &blocked, NULL) == 0,
          "cannot watch the file system server");
    op_user_namespace(launch, op + 1);
    op_image_server(launch, op + 2);
    mount_alone(launch, op->argv[0]);
    keeper.namespaces[OUTER] = own_namespace(launch);
    keeper.namespaces[INNER] = make_inner(launch, op);
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "cannot set no_new_privs");
    keep(&keeper, (int64_t)plan_number(op->argv[2]) * 1000);
    unlinkat(kept.directory, name, 0);
    unlinkat(kept.above, kept.name, AT_REMOVEDIR); /* if it was the last */
    _exit(0);
}

/* Names that keepers have left behind that were killed. */
static void sweep(int directory) {
    const int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = copy < 0 ? NULL : fdopendir(copy);
    if (!names) return;
    for (const struct dirent *entry; (entry = readdir(names));) {
        const int connection = entry->d_name[0] == '.' ? -1 : connect_to(directory, entry->d_name);
        if (connection >= 0) close(connection);
    }
    closedir(names);
}

/* A socket that listens from the moment on at which its name is there. Returns -1 if another has the name. */
static int listen_as(int directory, const char *name) {
    char made[32];
    struct sockaddr_un address;
    snprintf(made, sizeof made, "new-%d", (int)getpid());
    const int socket = new_socket(directory, made, &address);
    if (socket < 0) return -1;
    if (bind(socket, (struct sockaddr *)&address, sizeof address) == 0 && listen(socket, SOMAXCONN) == 0 &&
        renameat2(directory, made, directory, name, RENAME_NOREPLACE) == 0)
        return socket;
    unlinkat(directory, made, 0);
    close(socket);
    return -1;
}

/* Returns whether there is a keeper of ours now; it need not be ready. */
static bool start(struct launch *launch, const struct op *op, const struct buffer *key, const struct place *place,
                  const char *name) {
    sweep(place->directory);
    const int socket = listen_as(place->directory, name);
    if (socket < 0) return false;
    const int forked = process_fork_orphan();
    if (forked == 0) become_keeper(launch, op, key, place, name, socket);
    close(socket);
    return forked > 0;
}

void op_share(struct launch *launch, const struct op *op, size_t following) {
    static uint8_t room[KEY_MAX];
    struct buffer key = {.bytes = room, .room = sizeof room};
    char name[32];
    struct image *image = image_of(launch, op->argv[0], true);
    if (following < 2 || op[1].code != OP_USER_NAMESPACE || op[2].code != OP_IMAGE_SERVER ||
        strcmp(op[2].argv[0], op->argv[0]) != 0)
        fail("the plan shares what it does not serve");
    if (!make_key(launch, image, op, &key)) return;
    snprintf(name, sizeof name, "%016llx", (unsigned long long)hash(key.bytes, key.size));
    bool started = false, joined = false;
    for (int attempt = 0; attempt < ATTEMPTS && !started && !joined; attempt++) {
        struct place place;
        if (!open_place(op->argv[1], &place)) return;
        joined = join(launch, image, place.directory, name, &key);
        started = !joined && start(launch, op, &key, &place, name);
        if (started && !(joined = join(launch, image, place.directory, name, &key)))
            close(connect_to(place.directory, name)); /* it has ended, and left its name */
        if (!joined) unlinkat(place.above, place.name, AT_REMOVEDIR); /* if no other is there */
        close_place(&place);
    }
}
