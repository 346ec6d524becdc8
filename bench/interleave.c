/* Times commands in turn (A B C A B C …), so that whatever else the machine does falls on all of them alike.
 *
 *   interleave ROUNDS NAME COMMAND [NAME COMMAND]…
 *
 * A COMMAND is split at blanks, nothing is quoted; words NAME=VALUE before it are variables for it alone. Prints a row
 * of a Markdown table for each: name, median, least and most milliseconds, and how often the median of the first it is.
 * Two rounds before the first (WARM_UP, if set) are not counted. Between two commands there is a pause, so that what
 * the one leaves to be done (a file system server that ends, say) is not charged to the other. A command that fails
 * ends the measurement. What the variable BEFORE holds is run by a shell before each command, and not timed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { WORDS_MAX = 128, PAUSE_MILLIS = 50 };

extern char **environ;

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void split(const char *command, char **argv) {
    char *rest = strdup(command), *word;
    size_t count = 0;
    while (rest && (word = strtok_r(rest, " ", &rest)) && count < WORDS_MAX - 1) argv[count++] = word;
    argv[count] = NULL;
}

/* The environment with some variables more. */
static char **with_variables(char **first, size_t count) {
    size_t others = 0;
    while (environ[others]) others++;
    char **all = calloc(count + others + 1, sizeof *all);
    if (!all) exit(1);
    memcpy(all, first, count * sizeof *all);
    memcpy(all + count, environ, others * sizeof *all);
    return all;
}

/* Runs a command with nothing on its standard descriptors but errors; returns how long it took. */
static double timed(char **argv) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    const char *before = getenv("BEFORE");
    if (before && system(before) != 0) {
        fprintf(stderr, "interleave: failed: %s\n", before);
        exit(1);
    }
    nanosleep(&(struct timespec){.tv_nsec = PAUSE_MILLIS * 1000000L}, NULL);
    pid_t child;
    int status = -1;
    char **command = argv;
    while (*command && strchr(*command, '=')) command++;
    char **variables = with_variables(argv, (size_t)(command - argv));
    const double start = milliseconds();
    const int error = posix_spawnp(&child, command[0], &files, NULL, command, variables);
    if (error == 0) waitpid(child, &status, 0);
    const double time = milliseconds() - start;
    posix_spawn_file_actions_destroy(&files);
    free(variables);
    if (error != 0 || status != 0) {
        fprintf(stderr, "interleave: %s failed: %s, wait status %d\n", command[0], strerror(error), status);
        exit(1);
    }
    return time;
}

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    const long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    if (rounds < 1 || rounds > 100000 || argc < 4 || argc % 2 != 0) {
        fputs("usage: interleave ROUNDS NAME COMMAND [NAME COMMAND]...\n", stderr);
        return 1;
    }
    const char *given = getenv("WARM_UP");
    const size_t warm_up = given ? strtoul(given, NULL, 10) : 2;
    const size_t count = (size_t)(argc - 2) / 2, n = (size_t)rounds;
    double *times = calloc(count * n, sizeof *times);
    char *(*words)[WORDS_MAX] = calloc(count, sizeof *words);
    if (!times || !words) return 1;
    for (size_t c = 0; c < count; c++) split(argv[3 + 2 * c], words[c]);
    for (size_t round = 0; round < n + warm_up; round++)
        for (size_t c = 0; c < count; c++) {
            const double time = timed(words[c]);
            if (round >= warm_up) times[c * n + round - warm_up] = time;
        }
    double first = 0;
    for (size_t c = 0; c < count; c++) {
        double *of = times + c * n;
        qsort(of, n, sizeof *of, by_size);
        const double median = (of[(n - 1) / 2] + of[n / 2]) / 2;
        if (c == 0) first = median;
        printf("| %s | %.1f | %.1f | %.1f | %.2f |\n", argv[2 + 2 * c], median, of[0], of[n - 1], median / first);
    }
    return 0;
}
