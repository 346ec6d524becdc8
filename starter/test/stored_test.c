/* stored.c: which plans are performed again. */
#define _GNU_SOURCE
#include "stored.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

#define WORDS(...) sizeof((char *[]){__VA_ARGS__}) / sizeof(char *), (char *[]){__VA_ARGS__, NULL}

static const struct installation HERE = {.prefix = "/usr"};
/* EXEC of the program "x". */
static const uint8_t PLAN[] = "KERRPLAN\1\0\0\0\1\0\0\0\14\0\0\0\30\0\2\0\4\0\0\0" "0\0x";
static char scratch[PATH_MAX], input[PATH_MAX + 8];

/* What the planner says: the image is word `word`, `fewest` words must follow, and how the input was seen. */
static size_t reuse(uint8_t *bytes, uint8_t word, uint8_t fewest, char look, char seen, const char *path) {
    memcpy(bytes, (const uint8_t[]){word, 0, 0, 0, fewest, 0, 0, 0, 0, 0, 0, 0}, 12);
    bytes[12] = (uint8_t)look;
    bytes[13] = (uint8_t)seen;
    memcpy(bytes + 14, path, strlen(path) + 1);
    return 14 + strlen(path) + 1;
}

static void keep(size_t argc, char *const *argv, uint8_t word, uint8_t fewest, char look, char seen, const char *path) {
    uint8_t bytes[PATH_MAX];
    stored_keep(&HERE, argc, argv, PLAN, sizeof PLAN, bytes, reuse(bytes, word, fewest, look, seen, path));
}

static bool finds(size_t argc, char *const *argv) {
    static uint8_t bytes[PLAN_BYTES_MAX];
    memset(bytes, 0, sizeof PLAN);
    const size_t size = stored_find(&HERE, argc, argv, bytes);
    return size == sizeof PLAN && memcmp(bytes, PLAN, size) == 0;
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) abort();
}

/* What has just changed is no input; and the time of change cannot be set. */
static void settle(void) { sleep(3); }

/* The only plan that is stored. */
static const char *only_plan(void) {
    static char path[2 * PATH_MAX];
    char directory[PATH_MAX + 8];
    snprintf(directory, sizeof directory, "%s/plans", scratch);
    DIR *names = opendir(directory);
    path[0] = '\0';
    for (struct dirent *entry; names && (entry = readdir(names));)
        if (entry->d_name[0] != '.') snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
    if (names) closedir(names);
    return path;
}

static void words(void) {
    keep(WORDS("kerr", "exec", "-B", "/a", "x.sif", "true"), 4, 1, 'c', 'f', input);
    ok(finds(WORDS("kerr", "exec", "-B", "/a", "x.sif", "true")), "a plan is found by its words");
    ok(finds(WORDS("kerr", "exec", "-B", "/a", "x.sif", "false", "-v")), "the payload's words do not matter");
    ok(!finds(WORDS("kerr", "exec", "-B", "/a", "x.sif")), "as many of them must be there as the command needs");
    ok(!finds(WORDS("kerr", "exec", "-B", "/b", "x.sif", "true")), "another option is another plan");
    ok(!finds(WORDS("kerr", "exec", "-B", "/a", "y.sif", "true")), "another image is another plan");
    ok(!finds(WORDS("kerr", "exec", "-B", "/ax.sif", "true")), "words are not run together");
    setenv("KERR_BIND", "/x", 1);
    ok(!finds(WORDS("kerr", "exec", "-B", "/a", "x.sif", "true")), "an option by a variable is another plan");
    unsetenv("KERR_BIND");
    setenv("LD_X", "/x", 1);
    ok(finds(WORDS("kerr", "exec", "-B", "/a", "x.sif", "true")), "the payload's variables do not matter");
    setenv("KERR_NO_STORED_PLAN", "1", 1);
    ok(!finds(WORDS("kerr", "exec", "-B", "/a", "x.sif", "true")), "stored plans can be switched off");
    unsetenv("KERR_NO_STORED_PLAN");
}

static void inputs(void) {
    char path[PATH_MAX + 16];
    keep(WORDS("kerr", "run", "a"), 2, 0, 'c', 'f', input);
    ok(finds(WORDS("kerr", "run", "a")), "a plan is found while its input is as it was");
    write_file(input, "changed");
    ok(!finds(WORDS("kerr", "run", "a")), "and not when that was written to");
    keep(WORDS("kerr", "run", "b"), 2, 0, 'c', 'f', input);
    ok(!finds(WORDS("kerr", "run", "b")), "an input that has just changed may change again unseen");
    keep(WORDS("kerr", "run", "c"), 2, 0, 'c', '-', input);
    ok(!finds(WORDS("kerr", "run", "c")), "nothing is stored if an input is there that was not");
    snprintf(path, sizeof path, "%s/none", scratch);
    keep(WORDS("kerr", "run", "d"), 2, 0, 'n', '-', path);
    ok(finds(WORDS("kerr", "run", "d")), "an input may be that there is no file");
    write_file(path, "");
    ok(!finds(WORDS("kerr", "run", "d")), "and that changes when there is one");
    keep(WORDS("kerr", "run", "e"), 2, 0, 'n', 'd', scratch);
    snprintf(path, sizeof path, "%s/more", scratch);
    write_file(path, "");
    ok(finds(WORDS("kerr", "run", "e")), "what comes into a directory does not matter to what it is");
    keep(WORDS("kerr", "run", "f"), 2, 0, 'n', 'f', scratch);
    ok(!finds(WORDS("kerr", "run", "f")), "nothing is stored if an input is of another kind");
    keep(WORDS("kerr", "run", "g"), 7, 0, 'n', 'd', scratch);
    ok(!finds(WORDS("kerr", "run", "g")), "nothing is stored if the image is no word");
}

/* FNV-1a, so that a file is wrong in other ways than that. */
static uint64_t checksum(const uint8_t *bytes, size_t size) {
    uint64_t value = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++) value = (value ^ bytes[i]) * 0x100000001b3;
    return value;
}

/* Every byte of a stored plan wrong in turn, with the right checksum and without: no plan comes of it, and no read goes
 * beyond what is there. */
static void damage(void) {
    enum { HEADER = 40, CHECKSUM_AT = 32 };
    static uint8_t whole[1 << 16], wrong[1 << 16];
    char command[4 * PATH_MAX];
    snprintf(command, sizeof command, "rm -rf '%s/plans'", scratch);
    if (system(command) != 0) abort();
    keep(WORDS("kerr", "run", "h"), 2, 0, 'n', 'd', scratch);
    char path[2 * PATH_MAX];
    strcpy(path, only_plan());
    int fd = open(path, O_RDONLY);
    const ssize_t size = read(fd, whole, sizeof whole);
    close(fd);
    bool refused = size > HEADER, ended = true;
    for (ssize_t at = 0; at < size; at++)
        for (int sound = 0; sound < 2; sound++) {
            memcpy(wrong, whole, (size_t)size);
            wrong[at] ^= 0x81;
            const uint64_t sum = checksum(wrong + HEADER, (size_t)size - HEADER);
            if (sound) memcpy(wrong + CHECKSUM_AT, &sum, sizeof sum);
            fd = open(path, O_WRONLY | O_TRUNC);
            ended = ended && write(fd, wrong, (size_t)size) == size;
            close(fd);
            const bool found = finds(WORDS("kerr", "run", "h"));
            const bool is_mended = sound && at >= CHECKSUM_AT && at < HEADER; /* it was the checksum that was wrong */
            if (at < size - (ssize_t)sizeof PLAN) refused = refused && found == is_mended;
        }
    ok(ended && refused, "a plan that is damaged anywhere is not found");
    for (ssize_t length = 0; length < size; length++) {
        fd = open(path, O_WRONLY | O_TRUNC);
        ended = ended && write(fd, whole, (size_t)length) == length;
        close(fd);
        ended = ended && !finds(WORDS("kerr", "run", "h"));
    }
    ok(ended, "a plan that is cut short anywhere is not found");
    fd = open(path, O_WRONLY | O_TRUNC);
    ended = write(fd, whole, (size_t)size) == size;
    close(fd);
    ok(ended && finds(WORDS("kerr", "run", "h")), "a whole one is");
    for (struct timespec now = {.tv_nsec = LONG_MAX}; now.tv_nsec > 500000;) clock_gettime(CLOCK_REALTIME, &now);
    fd = open(path, O_WRONLY | O_TRUNC);
    ended = write(fd, whole, (size_t)size) == size;
    close(fd);
    ok(ended && finds(WORDS("kerr", "run", "h")), "and one that was written as a second began");
    chmod(path, 0620);
    ok(!finds(WORDS("kerr", "run", "h")), "one that others may write to is not");
}

int main(void) {
    snprintf(scratch, sizeof scratch, "%s/kerr-stored-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(scratch)) abort();
    unsetenv("XDG_RUNTIME_DIR");
    setenv("KERR_CONFIGDIR", scratch, 1);
    snprintf(input, sizeof input, "%s/input", scratch);
    write_file(input, "as it is");
    settle();
    words();
    inputs();
    damage();
    char command[2 * PATH_MAX];
    snprintf(command, sizeof command, "rm -rf '%s'", scratch);
    if (system(command) != 0) abort();
    return tap_done();
}
