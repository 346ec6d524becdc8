/* A file system server that mounts by itself: fuse2fs, fuse-overlayfs. It sees the session, and must not keep it alive.
 *
 *   payload-to-be     helper (own copy of the mounts)          server
 *   ─────────────     ──────                                   ──────
 *   forks      ─────► forks                             ─────► its root is the host's, the session at SERVER_SESSION
 *                     waits until something is mounted  ◄───── mounts in the helper's copy
 *   attaches   ◄───── takes that mount, lets go of its own, ends
 *   … becomes the payload                                      reads ENODEV when the container's last process has
 *                                                              ended, and ends
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"
#include "fail.h"
#include "kernel.h"
#include "launch.h"

enum { SERVER_WAIT_MS = 20000, HIGH_FD = 16 };

void server_detach(const char *null_device) {
    const int null = open(null_device, O_RDWR);
    for (int fd = 0; fd < SERVER_FIRST_FILE; fd++)
        if (dup2(null, fd) < 0) _exit(1); /* a pipe to the caller must not stay open on our account */
    setsid();                             /* so that ^C at the terminal does not reach the server */
}

void server_keep_files(const int *files, int count) {
    int high[SERVER_FILES_MAX];
    for (int i = 0; i < count; i++) high[i] = fcntl(files[i], F_DUPFD, HIGH_FD);
    for (int i = 0; i < count; i++)
        if (dup2(high[i], SERVER_FIRST_FILE + i) < 0) _exit(1);
    if (kernel_close_range((unsigned)(SERVER_FIRST_FILE + count), ~0U) != 0) _exit(1);
}

_Noreturn void server_exec(const char *const *argv, const int *files, int count) {
    server_keep_files(files, count);
    umask(022);
    const struct rlimit zero = {0, 0};
    if (setrlimit(RLIMIT_CORE, &zero) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(1);
    execve(argv[0], (char *const *)(uintptr_t)argv, (char *[]){"PATH=/usr/bin:/bin", NULL});
    _exit(1); /* the first access of the mount then says ENOTCONN */
}

_Noreturn static void become_server(int file, const struct op *op) {
    server_detach(SESSION_HOST "/dev/null");
    if (chroot(SESSION_HOST) != 0 || chdir("/") != 0) _exit(1);
    if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0) { /* as root of this user namespace, if it has one */
        privileges_pass();
    }
    server_exec(op->argv + 2, &file, file >= 0);
}

/* What is done with the mount of a server, which would outlive us with it: if that fails, it is ended. */
static void must(bool done, pid_t server, const char *what, const char *program) {
    if (done) return;
    const int error = errno;
    kill(server, SIGKILL);
    errno = error;
    fail_errno("cannot %s the mount of %s", what, program);
}

/* Waits until another file system is at `path`, and takes it: a detached mount. */
static int take_mount(const char *path, dev_t before, pid_t server, const char *program) {
    struct stat status;
    for (int ms = 0; ms < SERVER_WAIT_MS; ms++) {
        if (stat(path, &status) == 0 && status.st_dev != before) {
            const int tree = kernel_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
            must(tree >= 0, server, "take", program);
            must(umount2(path, MNT_DETACH) == 0, server, "let go of", program);
            return tree;
        }
        if (waitpid(server, NULL, WNOHANG) == server) fail("%s could not mount its file system", program);
        usleep(1000);
    }
    kill(server, SIGKILL);
    fail("%s did not mount its file system in %d s", program, SERVER_WAIT_MS / 1000);
}

_Noreturn static void help(int file, const struct op *op, int socket) {
    char path[512];
    struct stat status;
    check(unshare(CLONE_NEWNS) == 0, "cannot copy the mounts");
    check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "cannot make the mounts private");
    check(mount("/", SESSION_HOST SERVER_SESSION, NULL, MS_BIND | MS_REC, NULL) == 0, "cannot bind the session");
    const int length = snprintf(path, sizeof path, SESSION_HOST SERVER_SESSION "%s", op->argv[0]);
    if (length >= (int)sizeof path) fail("the path %s is too long", op->argv[0]);
    check(stat(path, &status) == 0, "cannot look at %s", op->argv[0]);
    const pid_t server = fork();
    check(server >= 0, "cannot fork");
    if (server == 0) become_server(file, op);
    const int tree = take_mount(path, status.st_dev, server, op->argv[2]);
    must(descriptors_send(socket, "", 1, &tree, 1), server, "hand over", op->argv[2]);
    _exit(0);
}

void op_fuse_server(struct launch *launch, const struct op *op) {
    struct image *image = op->argv[1][0] ? image_of(launch, op->argv[1], true) : NULL;
    int sockets[2], status = 0, tree;
    char byte;
    check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == 0, "cannot make a socket");
    const pid_t helper = fork();
    check(helper >= 0, "cannot fork");
    if (helper == 0) {
        close(sockets[0]);
        help(image ? image->file : -1, op, sockets[1]);
    }
    close(sockets[1]);
    descriptors_receive(sockets[0], &byte, 1, &tree, 1);
    close(sockets[0]);
    while (waitpid(helper, &status, 0) < 0) check(errno == EINTR, "cannot wait");
    if (tree < 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FATAL) _exit(EXIT_FATAL); /* it has said why */
    if (tree < 0) fail("cannot take over the mount of %s: its helper was killed", op->argv[2]);
    const struct mount_attributes attributes = {.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
    check(kernel_mount_setattr(tree, AT_EMPTY_PATH, &attributes) == 0, "cannot restrict the mount of %s", op->argv[2]);
    const int target = open(op->argv[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
    check(target >= 0 && kernel_move_mount(tree, target) == 0, "cannot mount what %s serves", op->argv[2]);
    close(target);
    close(tree);
    if (image) {
        close(image->file);
        image->file = -1;
    }
}
