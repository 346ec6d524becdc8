/* Reads files, or looks for names, and prints how long it took in milliseconds.
 *
 *   fileserver read FILE…                 each from end to end by a thread of its own
 *   fileserver random COUNT FILE          so many reads of 4 KiB at random places
 *   fileserver missing COUNT DIRECTORY    so many names that are not there, as an import of Python asks for them
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 131072, PAGE = 4096, THREADS_MAX = 256 };

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void check(int holds, const char *what) {
    if (holds) return;
    perror(what);
    exit(1);
}

static void *read_file(void *path) {
    char *piece = malloc(PIECE);
    const int file = open(path, O_RDONLY);
    ssize_t got;
    check(file >= 0, path);
    while ((got = read(file, piece, PIECE)) > 0) continue;
    check(got == 0, path);
    close(file);
    free(piece);
    return NULL;
}

static void read_files(int count, char **paths) {
    pthread_t threads[THREADS_MAX];
    for (int i = 0; i < count; i++) pthread_create(&threads[i], NULL, read_file, paths[i]);
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

static uint64_t random_next(void) {
    static uint64_t state = 0x9e3779b97f4a7c15u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void read_random(long count, const char *path) {
    char page[PAGE];
    struct stat status;
    const int file = open(path, O_RDONLY);
    check(file >= 0 && fstat(file, &status) == 0, path);
    for (long i = 0; i < count; i++) {
        const uint64_t number = random_next() % ((uint64_t)status.st_size / PAGE);
        check(pread(file, page, PAGE, (off_t)(number * PAGE)) == PAGE, path);
    }
    close(file);
}

static void look_for(long count, const char *directory) {
    static const char *const ENDINGS[] = {"", ".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so", ".py"};
    char path[4096];
    struct stat status;
    for (long i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/module_%ld%s", directory, i / 5, ENDINGS[i % 5]);
        check(stat(path, &status) != 0 && errno == ENOENT, path);
    }
}

int main(int argc, char **argv) {
    const double begin = milliseconds();
    if (argc > 2 && argc - 2 <= THREADS_MAX && strcmp(argv[1], "read") == 0) read_files(argc - 2, argv + 2);
    else if (argc == 4 && strcmp(argv[1], "random") == 0) read_random(strtol(argv[2], NULL, 10), argv[3]);
    else if (argc == 4 && strcmp(argv[1], "missing") == 0) look_for(strtol(argv[2], NULL, 10), argv[3]);
    else return 2;
    printf("%.3f\n", milliseconds() - begin);
    return 0;
}
