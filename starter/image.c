/* The image: opened once, served or mounted by that descriptor only.
 *
 *   payload-to-be            server (double-forked, own session, not in the container's mount namespace)
 *   ─────────────            ──────
 *   opens /dev/fuse    ───►  inherits it and the image
 *   mounts             byte  waits: reading /dev/fuse before the mount exists gives EPERM
 *                      ───►  execs the program
 *   … becomes the payload;   when the last process of the container's mount namespace ends, however it ends,
 *                            the kernel drops the mount, the server reads ENODEV and ends
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "kernel.h"
#include "launch.h"

enum { LOOP_ATTEMPTS = 64 };

struct image *image_of(struct launch *launch, const char *digits, bool open) {
    const uint64_t number = plan_number(digits);
    if (number >= IMAGES_MAX) fail("the plan numbers an image %s", digits);
    struct image *image = &launch->images[number];
    if ((image->path && image->file >= 0) != open) fail("the plan uses image %s out of order", digits);
    return image;
}

bool image_is_planned(const struct op *op, const struct stat *status) {
    const uint64_t modified = (uint64_t)status->st_mtim.tv_sec * 1000000000 + (uint64_t)status->st_mtim.tv_nsec;
    return S_ISREG(status->st_mode) && status->st_dev == plan_number(op->argv[3]) &&
           status->st_ino == plan_number(op->argv[4]) && (uint64_t)status->st_size == plan_number(op->argv[5]) &&
           modified == plan_number(op->argv[6]);
}

void op_image(struct launch *launch, const struct op *op) {
    struct image *image = image_of(launch, op->argv[0], false);
    const char *path = op->argv[1];
    const int access = op->argv[2][0] ? O_RDONLY : O_RDWR;
    *image = (struct image){.path = path, .fuse = -1, .server_gate = -1, .tree = -1};
    image->file = open(path, access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    check(image->file >= 0, "cannot open the image %s", path);
    struct stat status;
    check(fstat(image->file, &status) == 0, "cannot look at the image %s", path);
    if (!image_is_planned(op, &status))
        fail("the image %s changed while its launch was being planned (hint: run the command again)", path);
    if (strcmp(op->argv[2], "ro,once") == 0) check(unlink(path) == 0, "cannot remove the image %s", path);
}

/* The lock is the open file's: the server or the loop device that has it holds the lock, and lets go with its end. */
void op_lock_image(struct launch *launch, const struct op *op) {
    const struct image *image = image_of(launch, op->argv[0], true);
    const int access = fcntl(image->file, F_GETFL);
    check(access >= 0, "cannot lock %s", image->path);
    const bool writes = (access & O_ACCMODE) == O_RDWR;
    const struct flock lock = {.l_type = writes ? F_WRLCK : F_RDLCK,
                               .l_whence = SEEK_SET,
                               .l_start = (off_t)plan_number(op->argv[1]),
                               .l_len = (off_t)plan_number(op->argv[2])};
    if (fcntl(image->file, F_OFD_SETLK, &lock) == 0) return;
    if (errno == EAGAIN || errno == EACCES)
        fail("%s is in use by another container%s (hint: :ro shares it with others that read)", image->path,
             writes ? "" : ", which writes to it");
    fail_errno("cannot lock %s", image->path);
}

/* The server's process up to its program: nothing of the caller's but the image, /dev/fuse and the job's cgroup. */
_Noreturn static void become_server(const struct image *image, const struct op *op, int gate) {
    char byte;
    server_detach("/dev/null");
    if (chdir("/") != 0 || read(gate, &byte, 1) != 1) _exit(0);
    privileges_drop(); /* it parses bytes that nobody vouches for */
    server_exec(op->argv + 1, (const int[]){image->file, image->fuse}, 2);
}

void op_image_server(struct launch *launch, const struct op *op) {
    struct image *image = image_of(launch, op->argv[0], true);
    if (image->tree >= 0) return; /* a keeper has it served */
    /* in the new user namespace: the kernel compares its opener's namespace with the mount's */
    image->fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    check(image->fuse >= 0, "cannot open /dev/fuse (hint: the administrator should make it mode 0666)");
    int gate[2];
    check(pipe2(gate, O_CLOEXEC) == 0, "cannot make a pipe");
    const int forked = process_fork_orphan();
    if (forked == 0) {
        close(gate[1]);
        become_server(image, op, gate[0]);
    }
    check(forked > 0, "cannot start the file system server %s", op->argv[1]);
    close(gate[0]);
    image->server_gate = gate[1];
}

static void mount_fuse(struct image *image, const char *path) {
    char options[160];
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other,default_permissions",
             image->fuse, (unsigned)getuid(), (unsigned)getgid());
    check(mount("kerr-image", path, "fuse", MS_RDONLY | MS_NOSUID | MS_NODEV, options) == 0,
          "cannot mount the image %s", image->path);
    check(write(image->server_gate, "", 1) == 1, "cannot wake the file system server");
    close(image->server_gate);
    close(image->fuse); /* else the server's death would go unnoticed */
    image->server_gate = image->fuse = -1;
}

static void attach_tree(struct image *image, const char *path) {
    const int target = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    check(target >= 0 && kernel_move_mount(image->tree, target) == 0, "cannot mount the image %s", image->path);
    close(target);
    close(image->tree);
    image->tree = -1;
}

void op_mount_served(struct launch *launch, const struct op *op) {
    struct image *image = image_of(launch, op->argv[0], true);
    if (image->fuse < 0 && image->tree < 0) fail("the plan mounts a server that it did not start");
    if (image->tree >= 0)
        attach_tree(image, op->argv[1]);
    else
        mount_fuse(image, op->argv[1]);
    close(image->file);
    image->file = -1;
    struct stat status;
    check(stat(op->argv[1], &status) == 0, "cannot read the image %s", image->path);
}

/* Attaches the image to a free loop device that frees itself when its last user is gone. */
static int attach_loop(int file, bool read_only, uint64_t offset, uint64_t size, char *device, size_t room) {
    const int control = open(SESSION_HOST "/dev/loop-control", O_RDWR | O_CLOEXEC);
    check(control >= 0, "cannot open /dev/loop-control");
    for (int attempt = 0; attempt < LOOP_ATTEMPTS; attempt++) {
        const int number = ioctl(control, LOOP_CTL_GET_FREE);
        check(number >= 0, "there is no free loop device");
        snprintf(device, room, SESSION_HOST "/dev/loop%d", number);
        const int loop = open(device, O_RDWR | O_CLOEXEC);
        check(loop >= 0, "cannot open %s", device + strlen(SESSION_HOST));
        struct loop_config config = {.fd = (uint32_t)file};
        config.info.lo_offset = offset;
        config.info.lo_sizelimit = size;
        config.info.lo_flags = LO_FLAGS_AUTOCLEAR | (read_only ? LO_FLAGS_READ_ONLY : 0);
        if (ioctl(loop, LOOP_CONFIGURE, &config) == 0) {
            close(control);
            return loop;
        }
        check(errno == EBUSY, "cannot attach the image to %s", device + strlen(SESSION_HOST)); /* another took it */
        close(loop);
    }
    fail("all loop devices are taken faster than one can be had (hint: try again)");
}

void op_mount_loop(struct launch *launch, const struct op *op) {
    char device[64];
    struct image *image = image_of(launch, op->argv[0], true);
    const bool read_only = plan_has_flag(op->argv[2], "ro");
    const unsigned long flags =
        MS_NODEV | (read_only ? MS_RDONLY : 0) | (plan_has_flag(op->argv[2], "suid") ? 0 : MS_NOSUID);
    const int loop = attach_loop(image->file, read_only, plan_number(op->argv[3]), plan_number(op->argv[4]), device,
                                 sizeof device);
    check(mount(device, op->argv[1], op->argv[5], flags, NULL) == 0,
          "the kernel cannot mount the %s file system in %s (hint: is the image whole?)", op->argv[5], image->path);
    close(loop);
    close(image->file);
    image->file = -1;
}
