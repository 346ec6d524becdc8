/* Shows a directory as a client of a distant file system would see it: read-only, each question about names and
 * attributes answered late.
 *
 *   slowfs DELAY READ_DELAY IN_FLIGHT SOURCE MOUNTPOINT [FUSE-OPTION]…
 *
 * Delays are in microseconds; with -f it stays in the foreground.
 *
 * The model is one client of a parallel file system (Lustre, GPFS, BeeGFS) whose metadata server is a network away and
 * busy, not saturated: every look-up, getattr, readlink, open, opendir and readdir waits for DELAY, a read for
 * READ_DELAY. As many as IN_FLIGHT questions about metadata wait at the same time, the others until one of those is
 * answered; 0 is no limit (a Lustre client has 8 unless told otherwise). The client is a good one: it trusts what it
 * looked up for a second (such file systems revalidate, or hold a lock that others take away), but not that a name is
 * missing; it keeps file contents as long as the kernel has room; it lists a directory in one go. What is not there: a
 * server that gets slower the more clients ask, which makes storms worse.
 *
 *   cc -O2 -o slowfs slowfs.c $(pkg-config --cflags --libs fuse3)
 */
#define _GNU_SOURCE
#define FUSE_USE_VERSION 35
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static const double TRUST_SECONDS = 1.0;

/* As many requests wait at once as this; newer libraries stop at ten of their own accord. */
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 12)
#define OPTIONS "ro,default_permissions,max_threads=256,max_idle_threads=64"
#else
#define OPTIONS "ro,default_permissions"
#endif

struct slow {
    int source;
    long delay_micros, read_delay_micros;
    bool limited;
    sem_t in_flight;
};

static struct slow *slow(void) { return fuse_get_context()->private_data; }

static void wait_micros(long micros) {
    struct timespec left = {.tv_sec = micros / 1000000, .tv_nsec = micros % 1000000 * 1000};
    while (micros > 0 && nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

/* One round trip to the server of metadata; what there is to tell of a path, relative to the source. */
static const char *asked(const char *path) {
    struct slow *to = slow();
    while (to->limited && sem_wait(&to->in_flight) != 0) {}
    wait_micros(to->delay_micros);
    if (to->limited) sem_post(&to->in_flight);
    return path == NULL || path[1] == 0 ? "." : path + 1;
}

static int result(int returned) { return returned < 0 ? -errno : 0; }

static int slow_getattr(const char *path, struct stat *attributes, struct fuse_file_info *file) {
    const char *at = asked(path);
    if (file && file->fh) return result(fstat((int)file->fh, attributes));
    return result(fstatat(slow()->source, at, attributes, AT_SYMLINK_NOFOLLOW));
}

static int slow_readlink(const char *path, char *target, size_t size) {
    const ssize_t length = readlinkat(slow()->source, asked(path), target, size - 1);
    if (length < 0) return -errno;
    target[length] = 0;
    return 0;
}

static int slow_open(const char *path, struct fuse_file_info *file) {
    const int fd = openat(slow()->source, asked(path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return -errno;
    file->fh = (uint64_t)fd;
    file->keep_cache = 1;
    return 0;
}

static int slow_read(const char *path, struct fuse_bufvec **buffers, size_t size, off_t offset,
                     struct fuse_file_info *file) {
    (void)path;
    wait_micros(slow()->read_delay_micros);
    struct fuse_bufvec *from = malloc(sizeof *from);
    if (!from) return -ENOMEM;
    *from = FUSE_BUFVEC_INIT(size);
    from->buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
    from->buf[0].fd = (int)file->fh;
    from->buf[0].pos = offset;
    *buffers = from;
    return 0;
}

static int slow_release(const char *path, struct fuse_file_info *file) {
    (void)path;
    return result(close((int)file->fh));
}

static int slow_opendir(const char *path, struct fuse_file_info *file) {
    const int fd = openat(slow()->source, asked(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -errno;
    file->fh = (uint64_t)fd;
    return 0;
}

static int slow_readdir(const char *path, void *into, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *file,
                        enum fuse_readdir_flags flags) {
    (void)offset, (void)flags;
    asked(path);
    DIR *directory = fdopendir(openat((int)file->fh, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) return -errno;
    for (struct dirent *entry; (entry = readdir(directory));) {
        const struct stat of = {.st_ino = entry->d_ino, .st_mode = (mode_t)entry->d_type << 12};
        if (fill(into, entry->d_name, &of, 0, 0)) break;
    }
    return result(closedir(directory));
}

static int slow_statfs(const char *path, struct statvfs *of) {
    (void)path;
    return result(fstatvfs(slow()->source, of));
}

static void *slow_init(struct fuse_conn_info *connection, struct fuse_config *config) {
    connection->want &= ~(unsigned)FUSE_CAP_READDIRPLUS;
    connection->want |= connection->capable & (FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_CACHE_SYMLINKS);
    config->entry_timeout = config->attr_timeout = TRUST_SECONDS;
    config->negative_timeout = 0;
    config->use_ino = 1;
    config->nullpath_ok = 1;
    return fuse_get_context()->private_data;
}

static const struct fuse_operations OPERATIONS = {
    .init = slow_init,
    .getattr = slow_getattr,
    .readlink = slow_readlink,
    .open = slow_open,
    .read_buf = slow_read,
    .release = slow_release,
    .opendir = slow_opendir,
    .readdir = slow_readdir,
    .releasedir = slow_release,
    .statfs = slow_statfs,
};

int main(int argc, char **argv) {
    if (argc < 6) {
        fputs("usage: slowfs DELAY READ_DELAY IN_FLIGHT SOURCE MOUNTPOINT [FUSE-OPTION]...\n", stderr);
        return 1;
    }
    const long in_flight = strtol(argv[3], NULL, 10);
    struct slow state = {
        .source = open(argv[4], O_PATH | O_DIRECTORY | O_CLOEXEC),
        .delay_micros = strtol(argv[1], NULL, 10),
        .read_delay_micros = strtol(argv[2], NULL, 10),
        .limited = in_flight > 0,
    };
    if (state.source < 0 || sem_init(&state.in_flight, 0, (unsigned)(state.limited ? in_flight : 0)) != 0) {
        fprintf(stderr, "slowfs: cannot open %s: %s\n", argv[4], strerror(errno));
        return 1;
    }
    char options[] = "-o" OPTIONS;
    argv[3] = argv[0];
    argv[4] = options;
    return fuse_main(argc - 3, argv + 3, &OPERATIONS, &state);
}
