/* A copy of this program that nobody can write to.
 *
 * A payload may be /proc/self/exe, or a script with that interpreter: its process is then kerr itself, in the
 * container, and a descriptor of /proc/PID/exe leads to the file on the host, which root can write to as soon as nobody
 * executes it (CVE-2019-5736). Only what root performs goes on as a copy: nobody else may write to the file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "sealed.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U /* Linux 6.3 */
#endif

#define NAME "kerr"
#define PATH_VARIABLE "KERR_SEALED_PATH" /* from the program to its copy */

/* What the copy is a copy of; empty if this process is none. */
static char file[PATH_MAX];

static size_t link_of_this(char *link, size_t size) {
    const ssize_t length = readlink("/proc/self/exe", link, size - 1);
    if (length <= 0) fail_errno("cannot find the installation: /proc/self/exe");
    link[length] = '\0';
    return (size_t)length;
}

static int copy_of(int program) {
    struct stat status;
    int copy = memfd_create(NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    if (copy < 0 && errno == EINVAL) copy = memfd_create(NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (copy < 0 && errno == EACCES)
        fail("cannot make the copy of kerr that root's containers need (hint: sysctl vm.memfd_noexec=1)");
    bool is_whole = copy >= 0 && fstat(program, &status) == 0;
    while (is_whole && lseek(copy, 0, SEEK_CUR) < status.st_size)
        is_whole = sendfile(copy, program, NULL, (size_t)status.st_size) > 0;
    if (!is_whole || fcntl(copy, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        fail_errno("cannot make the copy of kerr that root's containers need");
    return copy;
}

void sealed_become(char **argv) {
    char link[PATH_MAX];
    link_of_this(link, sizeof link);
    if (strncmp(link, "/memfd:" NAME, sizeof "/memfd:" NAME - 1) == 0) {
        const char *path = getenv(PATH_VARIABLE);
        if (!path || snprintf(file, sizeof file, "%s", path) >= (int)sizeof file)
            fail("a copy of kerr is started by kerr alone");
        unsetenv(PATH_VARIABLE);
        prctl(PR_SET_NAME, NAME); /* else it has that of the descriptor */
        return;
    }
    const int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (program < 0 || setenv(PATH_VARIABLE, link, true) != 0) fail_errno("cannot open %s", link);
    fexecve(copy_of(program), argv, environ);
    fail_errno("cannot execute a copy of %s", link);
}

void sealed_find(char *path, size_t size) {
    if (*file)
        snprintf(path, size, "%s", file);
    else
        link_of_this(path, size);
}
