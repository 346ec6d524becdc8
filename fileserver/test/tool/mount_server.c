/* Mounts an image as a launch does: opens /dev/fuse, mounts it, starts the server, and looks at the mount.
 *
 *   mount_server [-t] DIRECTORY IMAGE COMMAND [ARGUMENT]…
 *
 * The COMMAND finds the image at descriptor 3, /dev/fuse at 4, and the caller's 5. Prints its process's id once the
 * mount answers; with -t the milliseconds from its exec to the first answer too.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { IMAGE_FD = 3, FUSE_FD = 4, HIGH_FD = 20 };

static void check(int holds, const char *what) {
    if (holds) return;
    perror(what);
    exit(1);
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A descriptor out of the way of those that the server gets. */
static int open_high(const char *path, int access) {
    const int file = open(path, access | O_CLOEXEC);
    check(file >= 0, path);
    const int high = fcntl(file, F_DUPFD_CLOEXEC, HIGH_FD);
    close(file);
    return high;
}

static pid_t start(int image, int fuse, char **argv) {
    const pid_t child = fork();
    check(child >= 0, "fork");
    if (child > 0) return child;
    check(dup2(image, IMAGE_FD) >= 0 && dup2(fuse, FUSE_FD) >= 0, "dup2");
    setsid();
    check(chdir("/") == 0, "chdir");
    execv(argv[0], argv);
    perror(argv[0]);
    _exit(1);
}

int main(int argc, char **argv) {
    const int timed = argc > 1 && strcmp(argv[1], "-t") == 0;
    argv += timed;
    if (argc - timed < 4) {
        fprintf(stderr, "usage: mount_server [-t] DIRECTORY IMAGE COMMAND [ARGUMENT]...\n");
        return 2;
    }
    char options[128];
    struct stat status;
    const int image = open_high(argv[2], O_RDONLY), fuse = open_high("/dev/fuse", O_RDWR);
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other,default_permissions",
             fuse, (unsigned)getuid(), (unsigned)getgid());
    check(mount("squashfs-server", argv[1], "fuse", MS_RDONLY | MS_NOSUID | MS_NODEV, options) == 0, "mount");
    const double begin = milliseconds();
    const pid_t server = start(image, fuse, argv + 3);
    close(fuse); /* else the server's death would go unnoticed */
    check(stat(argv[1], &status) == 0, argv[1]);
    if (timed) printf("%d %.3f\n", (int)server, milliseconds() - begin);
    else printf("%d\n", (int)server);
    return 0;
}
