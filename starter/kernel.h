/* System calls and constants that the C library of the oldest supported build host (glibc 2.35) lacks. */
#ifndef KERR_KERNEL_H
#define KERR_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>

#include <linux/openat2.h>

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC 02000000 /* O_CLOEXEC; alpha, parisc and sparc, which differ, are no targets */
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x04
#define MOVE_MOUNT_T_EMPTY_PATH 0x40
#endif
#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 0x01
#define MOUNT_ATTR_NOSUID 0x02
#define MOUNT_ATTR_NODEV 0x04
#define MOUNT_ATTR_NOEXEC 0x08
#endif

#ifndef MOUNT_ATTR_NOATIME
#define MOUNT_ATTR_NOATIME 0x10
#define MOUNT_ATTR_STRICTATIME 0x20
#define MOUNT_ATTR_NODIRATIME 0x80
#endif
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x200000
#endif
#define MOUNT_ATTR_ATIME 0x70 /* MOUNT_ATTR__ATIME: all ways of counting times of access */

/* struct mount_attr of mount_setattr(2), under our own name because C libraries differ on who declares it. */
struct mount_attributes {
    uint64_t set, clear, propagation, userns_fd;
};

int kernel_openat2(int directory, const char *path, uint64_t flags, uint64_t resolve);
int kernel_open_tree(int directory, const char *path, unsigned flags);
int kernel_move_mount(int from, int to); /* both by descriptor alone */
int kernel_mount_setattr(int tree, unsigned flags, const struct mount_attributes *attributes);
/* A detached mount of a new file system: its options are "key=value" or "key"; MOUNT_ATTR_ flags. */
int kernel_new_mount(const char *type, size_t count, const char *const *options, uint64_t attributes);
int kernel_pivot_root(const char *new_root, const char *put_old);
int kernel_close_range(unsigned first, unsigned last);

#endif
