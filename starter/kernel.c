#define _GNU_SOURCE
#include "kernel.h"

#include <sys/syscall.h>
#include <unistd.h>

/* FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC and FSCONFIG_CMD_CREATE, which are enumerators in some C libraries */
enum { KERNEL_CLOEXEC = 1, KERNEL_CONFIG_CREATE = 6 };

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442 /* the same on every architecture since 5.12 */
#endif

int kernel_openat2(int directory, const char *path, uint64_t flags, uint64_t resolve) {
    const struct open_how how = {.flags = flags, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int kernel_open_tree(int directory, const char *path, unsigned flags) {
    return (int)syscall(SYS_open_tree, directory, path, flags);
}

int kernel_move_mount(int from, int to) {
    return (int)syscall(SYS_move_mount, from, "", to, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int kernel_mount_setattr(int tree, unsigned flags, const struct mount_attributes *attributes) {
    return (int)syscall(SYS_mount_setattr, tree, "", flags, attributes, sizeof *attributes);
}

int kernel_new_proc(void) {
    const int context = (int)syscall(SYS_fsopen, "proc", KERNEL_CLOEXEC);
    if (context < 0) return -1;
    int mount = -1;
    if (syscall(SYS_fsconfig, context, KERNEL_CONFIG_CREATE, NULL, NULL, 0) == 0)
        mount = (int)syscall(SYS_fsmount, context, KERNEL_CLOEXEC,
                             MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    close(context);
    return mount;
}

int kernel_pivot_root(const char *new_root, const char *put_old) {
    return (int)syscall(SYS_pivot_root, new_root, put_old);
}

int kernel_close_range(unsigned first, unsigned last) {
    return (int)syscall(SYS_close_range, first, last, 0);
}
