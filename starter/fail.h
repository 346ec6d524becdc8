/* Errors end the program: one FATAL line on stderr, exit status EXIT_FATAL. Nothing needs undoing: all that the
 * starter makes belongs to its namespaces and descriptors and goes with them. */
#ifndef KERR_FAIL_H
#define KERR_FAIL_H

#include <stdbool.h>

/* Prints "FATAL:   MESSAGE" and exits. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "FATAL:   MESSAGE: ERRNO TEXT (hint: …)" for the present errno and exits. */
_Noreturn void fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "WARNING: MESSAGE". */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says "ERROR:" for "FATAL:" from now on: the step of a build that fails is not its last word. */
void fail_as_step(void);

/* Says errors and warnings at the end of a file too, in the format "text" or "json": a line each. */
void fail_log_to(const char *path, const char *format);

/* What errno means here, where its own text misleads. */
const char *errno_text(int error);

#define check(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) fail_errno(__VA_ARGS__);                                                                     \
    } while (0)

#endif
