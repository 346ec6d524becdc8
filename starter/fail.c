/* How the starter says what went wrong. */
#define _GNU_SOURCE
#include "fail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* What all of the program shares and is not constant: how it calls an error. */
static const char *severity = "FATAL:";

void fail_as_step(void) {
    severity = "ERROR:";
}

/* And whoever called us as a runtime reads what we say from a file. */
static struct {
    int file;
    bool json;
} log_file = {.file = -1};

void fail_log_to(const char *path, const char *format) {
    log_file.file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644);
    log_file.json = strcmp(format, "json") == 0;
    check(log_file.file >= 0, "cannot open the log %s", path);
}

static void say_in_log(const char *prefix, const char *line, const char *more, const char *reason) {
    char time_text[32], escaped[8192];
    const time_t now = time(NULL);
    size_t length = 0;
    strftime(time_text, sizeof time_text, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    const char *const parts[] = {line, more, reason};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (const char *c = parts[i]; *c && length < sizeof escaped - 2; c++) {
            if (log_file.json && (*c == '"' || *c == '\\')) escaped[length++] = '\\';
            escaped[length++] = *c;
        }
    escaped[length] = '\0';
    const char *level = prefix[0] == 'W' ? "warning" : "error";
    dprintf(log_file.file, log_file.json ? "{\"level\":\"%s\",\"msg\":\"%s\",\"time\":\"%s\"}\n"
                                         : "level=%s msg=\"%s\" time=\"%s\"\n", level, escaped, time_text);
}

static void say(const char *prefix, const char *format, va_list arguments, int error) {
    char line[4096];
    vsnprintf(line, sizeof line, format, arguments);
    for (char *c = line; *c; c++) /* a path may hold anything; a terminal must not act on it */
        if ((unsigned char)*c < ' ' || *c == 0x7f) *c = '?';
    const char *more = error ? ": " : "", *reason = error ? errno_text(error) : "";
    fprintf(stderr, "%-8s %s%s%s\n", prefix, line, more, reason);
    if (log_file.file >= 0) say_in_log(prefix, line, more, reason);
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
