/* Mounts an image as a launch does: opens /dev/fuse, mounts it, starts the server, and looks at the mount.
 *
 *   mount_server [-t] [-w] DIRECTORY IMAGE COMMAND [ARGUMENT]…
 *
 * The COMMAND finds the image at descriptor 3, /dev/fuse at 4, and the caller's 5. Prints its process's id once the
 * mount answers; with -t the milliseconds from its start to the first answer too. With -w waits for its end, and exits
 * as it did, with 128 + the signal if one killed it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
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
    const int null = open("/dev/null", O_RDWR);
    check(dup2(null, 0) >= 0 && dup2(null, 1) >= 0, "dup2"); /* who reads our output must not wait for the server */
    check(dup2(image, IMAGE_FD) >= 0 && dup2(fuse, FUSE_FD) >= 0, "dup2");
    if (null > FUSE_FD + 1) close(null);
    setsid();
    check(chdir("/") == 0, "chdir");
    execv(argv[0], argv);
    perror(argv[0]);
    _exit(1);
}

static int mount_fuse(const char *directory) {
    char options[128];
    const int fuse = open_high("/dev/fuse", O_RDWR);
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other,default_permissions",
             fuse, (unsigned)getuid(), (unsigned)getgid());
    check(mount("squashfs-server", directory, "fuse", MS_RDONLY | MS_NOSUID | MS_NODEV, options) == 0, "mount");
    return fuse;
}

/* The status of a server that has ended, as a shell has it. */
static int wait_for(pid_t server) {
    int status = 0;
    check(waitpid(server, &status, 0) == server, "wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv) {
    bool timed = false, waits = false;
    struct stat status;
    for (int option; (option = getopt(argc, argv, "+tw")) > 0;) {
        timed = timed || option == 't';
        waits = waits || option == 'w';
    }
    argv += optind;
    if (argc - optind < 3) {
        fprintf(stderr, "usage: mount_server [-t] [-w] DIRECTORY IMAGE COMMAND [ARGUMENT]...\n");
        return 2;
    }
    const int image = open_high(argv[1], O_RDONLY), fuse = mount_fuse(argv[0]);
    const double begin = milliseconds();
    const pid_t server = start(image, fuse, argv + 2);
    close(fuse); /* else the server's death would go unnoticed */
    const bool answers = stat(argv[0], &status) == 0;
    if (timed) printf("%d %.3f\n", (int)server, milliseconds() - begin);
    else printf("%d\n", (int)server);
    fclose(stdout); /* nor for us */
    if (waits) return wait_for(server);
    return answers ? 0 : 1;
}
