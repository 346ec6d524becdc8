/* How the starter says what went wrong. */
#include "fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* errno texts that send people the wrong way when they come from mount(2), unshare(2) or execve(2). */
static const struct {
    int error;
    const char *text;
} MISLEADING[] = {
    {ENOSPC, "a limit of the kernel is reached (hint: see /proc/sys/user/max_* and /proc/sys/fs/mount-max)"},
    {ENODEV, "the kernel lacks this file system or device (hint: run `kerr doctor`)"},
    {EUSERS, "user namespaces are nested too deeply (hint: the limit is 32)"},
    {ELOOP, "too many symbolic links, or a link of /proc"},
    {EXDEV, "the path leads out of its root, or through a link of /proc"},
    {EIO, "its file system gave an error (hint: is the image whole? was its file system server killed?)"},
    {ENOTCONN, "the file system server has ended (hint: is the image whole?)"},
};

const char *errno_text(int error) {
    for (size_t i = 0; i < sizeof MISLEADING / sizeof *MISLEADING; i++)
        if (MISLEADING[i].error == error) return MISLEADING[i].text;
    return strerror(error);
}

/* The one thing that all of the program shares and that is not constant. */
static const char *severity = "FATAL:";

void fail_as_step(void) {
    severity = "ERROR:";
}

static void say(const char *prefix, const char *format, va_list arguments, int error) {
    char line[4096];
    vsnprintf(line, sizeof line, format, arguments);
    for (char *c = line; *c; c++) /* a path may hold anything; a terminal must not act on it */
        if ((unsigned char)*c < ' ' || *c == 0x7f) *c = '?';
    fprintf(stderr, "%-8s %s%s%s\n", prefix, line, error ? ": " : "", error ? errno_text(error) : "");
}

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(severity, format, arguments, 0);
    va_end(arguments);
    exit(EXIT_FATAL);
}

void fail_errno(const char *format, ...) {
    const int error = errno;
    va_list arguments;
    va_start(arguments, format);
    say(severity, format, arguments, error);
    va_end(arguments);
    exit(EXIT_FATAL);
}

void warn(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("WARNING:", format, arguments, 0);
    va_end(arguments);
}
