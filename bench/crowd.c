/* Runs many copies of a command at once.
 *
 *   crowd COUNT COMMAND…        starts COUNT of them, and ends when all have ended: with 1 if one has failed
 *   crowd -m COUNT COMMAND…     tells what memory they need; the COMMAND's payload is `sleep`
 *
 * With -m, when COUNT payloads run, it prints `OTHERS_KB PAYLOADS_KB PROCESSES UNREADABLE` and kills all: the memory
 * (PSS) of all processes that came of the command and are no payload; that of the payloads; how many the former are;
 * and of how many processes only RSS could be read, which is counted instead.
 *
 * What ends below this process comes to it (PR_SET_CHILD_SUBREAPER), so servers that let go of their parent are found.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES_MAX = 65536, SETTLE_MILLIS = 2000, POLL_MILLIS = 100, PATIENCE_MILLIS = 120000 };

extern char **environ;

struct process {
    pid_t id, parent;
    bool ours, payload;
};

static struct process processes[PROCESSES_MAX];
static size_t process_count;

static void pause_millis(long millis) {
    nanosleep(&(struct timespec){.tv_sec = millis / 1000, .tv_nsec = millis % 1000 * 1000000}, NULL);
}

static bool start(char **argv) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    pid_t child;
    const int error = posix_spawnp(&child, argv[0], &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) fprintf(stderr, "crowd: cannot start %s: %s\n", argv[0], strerror(error));
    return error == 0;
}

/* Reads a file of a process; the text, or "". */
static const char *read_of(pid_t id, const char *name) {
    static char text[8192], path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)id, name);
    text[0] = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return text;
    const ssize_t length = read(fd, text, sizeof text - 1);
    text[length > 0 ? length : 0] = 0;
    close(fd);
    return text;
}

static bool is_ours(pid_t id) {
    if (id == getpid()) return true;
    for (size_t i = 0; i < process_count; i++)
        if (processes[i].id == id) return processes[i].ours;
    return false;
}

/* All processes that came of this one. Returns how many of them are payloads. */
static size_t look(void) {
    process_count = 0;
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; proc && (entry = readdir(proc)) && process_count < PROCESSES_MAX;) {
        if (!isdigit(entry->d_name[0])) continue;
        struct process *of = &processes[process_count];
        *of = (struct process){.id = (pid_t)strtol(entry->d_name, NULL, 10)};
        const char *after_name = strrchr(read_of(of->id, "stat"), ')');
        int parent;
        if (!after_name || sscanf(after_name, ") %*c %d", &parent) != 1) continue;
        of->parent = (pid_t)parent;
        process_count++;
    }
    if (proc) closedir(proc);
    size_t payloads = 0;
    for (bool more = true; more;) { /* parents may come after their children */
        more = false;
        for (size_t i = 0; i < process_count; i++) {
            if (processes[i].ours || !is_ours(processes[i].parent)) continue;
            processes[i].ours = more = true;
            processes[i].payload = strcmp(basename(read_of(processes[i].id, "cmdline")), "sleep") == 0;
            if (processes[i].payload) payloads++;
        }
    }
    return payloads;
}

static long memory_kb(pid_t id, int *unreadable) {
    const char *pss = strstr(read_of(id, "smaps_rollup"), "\nPss:");
    if (pss) return strtol(pss + 5, NULL, 10);
    const char *rss = strstr(read_of(id, "status"), "\nVmRSS:");
    if (!rss) return 0;
    (*unreadable)++;
    return strtol(rss + 7, NULL, 10);
}

static void print_memory(void) {
    long others = 0, payloads = 0;
    int count = 0, unreadable = 0;
    for (size_t i = 0; i < process_count; i++) {
        if (!processes[i].ours) continue;
        const long kb = memory_kb(processes[i].id, &unreadable);
        if (processes[i].payload) {
            payloads += kb;
        } else {
            others += kb;
            count++;
        }
    }
    printf("%ld %ld %d %d\n", others, payloads, count, unreadable);
}

/* Payloads first: what serves them ends by itself, or is killed after a while. */
static void kill_all(void) {
    for (int pass = 0; pass < 20; pass++) {
        look();
        for (size_t i = 0; i < process_count; i++)
            if (processes[i].ours && (processes[i].payload || pass > 10)) kill(processes[i].id, SIGKILL);
        pid_t ended;
        while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) {}
        if (ended < 0) return;
        pause_millis(POLL_MILLIS);
    }
}

static int measure(size_t count) {
    size_t payloads = 0;
    for (int waited = 0; payloads < count && waited < PATIENCE_MILLIS; waited += POLL_MILLIS) {
        pause_millis(POLL_MILLIS);
        payloads = look();
    }
    pause_millis(SETTLE_MILLIS);
    payloads = look();
    if (payloads == count) print_memory();
    else fprintf(stderr, "crowd: of %zu payloads %zu run\n", count, payloads);
    kill_all();
    return payloads == count ? 0 : 1;
}

/* Waits for those that were started. Without -m no one else's children come here. */
static int wait_all(long count) {
    int failed = 0, status;
    for (long left = count; left > 0; left--)
        if (wait(&status) < 0 || status != 0) failed++;
    if (failed) fprintf(stderr, "crowd: %d of %ld failed\n", failed, count);
    return failed ? 1 : 0;
}

int main(int argc, char **argv) {
    const bool memory = argc > 1 && strcmp(argv[1], "-m") == 0;
    char **words = argv + (memory ? 2 : 1);
    const long count = argc > (memory ? 3 : 2) ? strtol(words[0], NULL, 10) : 0;
    if (count < 1 || count > 10000) {
        fputs("usage: crowd [-m] COUNT COMMAND...\n", stderr);
        return 1;
    }
    if (memory) prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (long i = 0; i < count; i++)
        if (!start(words + 1)) return 1;
    return memory ? measure((size_t)count) : wait_all(count);
}
