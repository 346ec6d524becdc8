/* A FUSE server for an empty directory: what IMAGE_SERVER starts in perform_test.sh.
 *
 *   empty_server REPORT        the image is descriptor 3, /dev/fuse descriptor 4
 *
 * First writes to REPORT what it finds itself to be, a line each: pid, parent, session, first word of the image,
 * working directory, environment, descriptors.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { IMAGE = 3, FUSE = 4, REQUEST_MAX = 1 << 18 };

static void report(const char *path) {
    char word[64] = "", directory[4096] = "";
    FILE *file = fopen(path, "w");
    if (!file) _exit(1);
    if (read(IMAGE, word, sizeof word - 1) < 0 || !getcwd(directory, sizeof directory)) _exit(1);
    word[strcspn(word, " \n")] = '\0';
    fprintf(file, "pid %d\nparent %d\nsession %d\n", getpid(), getppid(), getsid(0));
    fprintf(file, "image %s\ndirectory %s\nenvironment", word, directory);
    for (char **variable = environ; *variable; variable++) fprintf(file, " %s", *variable);
    fprintf(file, "\ndescriptors");
    DIR *descriptors = opendir("/proc/self/fd");
    if (!descriptors) _exit(1);
    for (int fd = 0; fd < 256; fd++)
        if (fd != fileno(file) && fd != dirfd(descriptors) && fcntl(fd, F_GETFD) >= 0) fprintf(file, " %d", fd);
    closedir(descriptors);
    fprintf(file, "\n");
    fclose(file);
}

static void answer(uint64_t request, int error, const void *body, size_t size) {
    static char message[sizeof(struct fuse_out_header) + 4096];
    const struct fuse_out_header header = {.len = (uint32_t)(sizeof header + size), .error = -error, .unique = request};
    memcpy(message, &header, sizeof header);
    memcpy(message + sizeof header, body, size);
    if (write(FUSE, message, sizeof header + size) < 0 && errno != ENOENT) _exit(1);
}

static void serve(const struct fuse_in_header *request) {
    const struct fuse_init_out init = {.major = 7, .minor = 31, .max_readahead = 4096, .max_write = 4096};
    const struct fuse_attr_out root = {.attr = {.ino = 1, .mode = S_IFDIR | 0755, .nlink = 2}};
    const struct fuse_open_out open = {0};
    const struct fuse_statfs_out statistics = {.st = {.bsize = 512, .namelen = 255}};
    switch (request->opcode) {
    case FUSE_INIT: answer(request->unique, 0, &init, sizeof init); break;
    case FUSE_GETATTR: answer(request->unique, 0, &root, sizeof root); break;
    case FUSE_OPENDIR: answer(request->unique, 0, &open, sizeof open); break;
    case FUSE_STATFS: answer(request->unique, 0, &statistics, sizeof statistics); break;
    case FUSE_READDIR:
    case FUSE_RELEASEDIR: answer(request->unique, 0, "", 0); break;
    case FUSE_LOOKUP: answer(request->unique, ENOENT, "", 0); break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT: break;
    default: answer(request->unique, ENOSYS, "", 0);
    }
}

int main(int argc, char **argv) {
    if (argc > 1) report(argv[1]);
    static union {
        struct fuse_in_header header;
        char bytes[REQUEST_MAX];
    } request;
    for (;;) {
        const ssize_t size = read(FUSE, &request, sizeof request);
        if (size >= (ssize_t)sizeof request.header)
            serve(&request.header);
        else if (size >= 0 || (errno != EINTR && errno != ENOENT))
            return errno == ENODEV ? 0 : 1; /* unmounted: the container has ended */
    }
}
