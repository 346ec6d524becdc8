#define _GNU_SOURCE
#include "kernel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC and FSCONFIG_*, which are enumerators in some C libraries */
enum { KERNEL_CLOEXEC = 1, KERNEL_CONFIG_FLAG = 0, KERNEL_CONFIG_STRING = 1, KERNEL_CONFIG_CREATE = 6 };

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

int kernel_new_mount(const char *type, size_t count, const char *const *options, uint64_t attributes) {
    const int context = (int)syscall(SYS_fsopen, type, KERNEL_CLOEXEC);
    if (context < 0) return -1;
    long result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        char key[32];
        const char *equals = strchr(options[i], '=');
        const size_t length = equals ? (size_t)(equals - options[i]) : strlen(options[i]);
        snprintf(key, sizeof key, "%.*s", (int)length, options[i]);
        result = syscall(SYS_fsconfig, context, equals ? KERNEL_CONFIG_STRING : KERNEL_CONFIG_FLAG, key,
                         equals ? equals + 1 : NULL, 0);
    }
    int mount = -1;
    if (result == 0 && syscall(SYS_fsconfig, context, KERNEL_CONFIG_CREATE, NULL, NULL, 0) == 0)
        mount = (int)syscall(SYS_fsmount, context, KERNEL_CLOEXEC, attributes);
    const int error = errno;
    close(context);
    errno = error;
    return mount;
}

int kernel_pivot_root(const char *new_root, const char *put_old) {
    return (int)syscall(SYS_pivot_root, new_root, put_old);
}

int kernel_close_range(unsigned first, unsigned last) {
    return (int)syscall(SYS_close_range, first, last, 0);
}
