/* `kerr --check`: read this file to learn how a container is made without any privilege.
 *
 * Each step is what a launch does (identity.c, image.c, tree.c), reduced to its kernel call. The steps run in a child,
 * in order, because each stands on the one before: only in a user namespace of our own may we make a mount namespace,
 * only there may we mount. When the child ends, all that it made is gone.
 */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "kernel.h"
#include "plan.h"

static bool write_file(const char *path, const char *text) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return written;
}

static bool write_map(const char *path, unsigned id) {
    char map[64];
    snprintf(map, sizeof map, "%u %u 1", id, id);
    return write_file(path, map);
}

/* The ids as they are outside; inside the namespace they are unknown until mapped. */
struct ids {
    uid_t uid;
    gid_t gid;
};

static bool user_namespace(const struct ids *ids) {
    (void)ids;
    return unshare(CLONE_NEWUSER) == 0;
}

static bool map_ids(const struct ids *ids) {
    /* setgroups must be given up first: a group may stand for a right that its members lack */
    return write_file("/proc/self/setgroups", "deny") && write_map("/proc/self/uid_map", ids->uid) &&
           write_map("/proc/self/gid_map", ids->gid);
}

static bool open_fuse(const struct ids *ids) {
    (void)ids;
    return open("/dev/fuse", O_RDWR | O_CLOEXEC) >= 0;
}

static bool mount_namespace(const struct ids *ids) {
    (void)ids;
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0;
}

static bool mount_tmpfs(const struct ids *ids) {
    (void)ids;
    return mount("kerr", "/proc", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") == 0 && mkdir("/proc/host", 0700) == 0;
}

static bool pivot(const struct ids *ids) {
    (void)ids;
    return kernel_pivot_root("/proc", "/proc/host") == 0 && chdir("/") == 0;
}

static bool mount_overlay(const struct ids *ids) {
    (void)ids;
    return mkdir("/lower", 0755) == 0 && mkdir("/skeleton", 0755) == 0 && mkdir("/root", 0755) == 0 &&
           mount("kerr", "/root", "overlay", MS_RDONLY, "lowerdir=/skeleton:/lower,userxattr") == 0;
}

static bool bind_tree(const struct ids *ids) {
    (void)ids;
    const int tree = kernel_open_tree(AT_FDCWD, "/host", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    const struct mount_attributes attributes = {.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_RDONLY};
    const int target = open("/lower", O_PATH | O_CLOEXEC);
    return tree >= 0 && kernel_mount_setattr(tree, AT_EMPTY_PATH | AT_RECURSIVE, &attributes) == 0 && target >= 0 &&
           kernel_move_mount(tree, target) == 0;
}

static bool own_terminals(const struct ids *ids) {
    (void)ids;
    return mkdir("/pts", 0755) == 0 && mount("kerr", "/pts", "devpts", MS_NOSUID, "newinstance,ptmxmode=0666") == 0;
}

static bool enter(const struct ids *ids) {
    (void)ids;
    return chdir("/lower") == 0 && kernel_pivot_root(".", ".") == 0 && umount2(".", MNT_DETACH) == 0;
}

static const struct {
    const char *what;
    bool (*perform)(const struct ids *ids);
    const char *remedy;
} STEPS[] = {
    {"make a user namespace: unshare(CLONE_NEWUSER)", user_namespace,
     "sysctl -w user.max_user_namespaces=15000; where they exist also kernel.unprivileged_userns_clone=1 and "
     "kernel.apparmor_restrict_unprivileged_userns=0 (or an AppArmor profile for kerr); not inside a chroot"},
    {"map the caller's ids: /proc/self/uid_map, gid_map", map_ids,
     "kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile that allows kerr userns"},
    {"open /dev/fuse in it", open_fuse, "chmod 0666 /dev/fuse; modprobe fuse"},
    {"make a mount namespace: unshare(CLONE_NEWNS)", mount_namespace, "sysctl -w user.max_mnt_namespaces=15000"},
    {"mount a tmpfs: mount(2)", mount_tmpfs, "an AppArmor or SELinux policy forbids it: see the kernel's log"},
    {"make it the root: pivot_root(2)", pivot, "the host's root must be a mounted file system, no chroot or initramfs"},
    {"mount an overlay in the user namespace", mount_overlay, "Linux 5.11 or newer with overlayfs: modprobe overlay"},
    {"bind a tree: open_tree(2), mount_setattr(2), move_mount(2)", bind_tree, "Linux 5.12 or newer"},
    {"mount terminals of a container's own: devpts", own_terminals,
     "a kernel with CONFIG_UNIX98_PTYS; --contain needs it"},
    {"enter the container: pivot_root(2), umount2(2)", enter, "report this as a bug"},
};

static int perform_steps(const struct ids *ids) {
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        errno = 0;
        if (!STEPS[i].perform(ids)) {
            printf("FAILED  %s: %s\n        remedy: %s\n", STEPS[i].what, strerror(errno), STEPS[i].remedy);
            return EXIT_FATAL;
        }
        printf("ok      %s\n", STEPS[i].what);
    }
    printf("This host can run containers without privilege.\n");
    return 0;
}

int check_host(void) {
    const struct ids ids = {.uid = getuid(), .gid = getgid()};
    const pid_t child = fork();
    if (child < 0) fail_errno("cannot fork");
    if (child == 0) {
        const int status = perform_steps(&ids);
        fflush(stdout);
        _exit(status);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) fail("the check did not end as it should");
    return WEXITSTATUS(status);
}
