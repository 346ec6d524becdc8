/* kerr: the program that users start.
 *
 *   kerr exec|run|shell|test|instance start|instance run …
 *                                  takes a stored plan (stored.c), or forks the planner (Java) and reads its plan;
 *                                  performs it, becomes the payload
 *   kerr --perform FILE            performs the plan in FILE
 *   kerr --step FILE               the same, and removes the file: how a build runs its steps
 *   kerr --worker FILE             the same, and its standard output is heard by the build: for one of the next
 *   kerr --tree HEAP [STEP…]       becomes Java, with a heap of so many bytes: packs or unpacks files; without words
 *                                  one step after the other, as its standard input says
 *   kerr --check                   performs the smallest container set-up and names what fails
 *   kerr --train CACHE IMAGES FILE writes an ahead-of-time cache: `launch`, `containers` or `commands`
 *   kerr anything else             becomes Java
 *   Root's launches and steps go on as a copy of the program that nobody can write to (sealed.c).
 *
 * Who forks whom in a launch, in order (every arrow is one fork):
 *
 *   kerr ──► planner: JVM; its plan comes over a pipe (planner.c); reaped before execve
 *        ──► map helper: runs newuidmap and newgidmap from outside the user namespace (identity.c); reaped
 *        ──► x ──► file system server: nobody's child, ends with the container's last process (image.c)
 *        ──► x ──► watcher: nobody's child, removes the control groups of a launch that is limited (cgroup.c)
 *        ──► x ──► keeper: nobody's child, holds the image's mount for other launches (keeper.c)
 *        ──► x ──► watcher ──► pasta …: connects a network namespace, ends with it (network.c)
 *        ──► init ──► payload: only in a PID namespace; kerr waits and passes the status on (process.c)
 *        ──► x ──► process of a container of a bundle: nobody's child once kerr has ended (runtime.c)
 *        ──► kerr of an instance, nobody's child: all of the above are its children (instance.c)
 *   Without a PID namespace kerr is the payload in the end: same pid, parent, session, terminal and limits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "fail.h"
#include "launch.h"
#include "planner.h"
#include "sealed.h"
#include "stored.h"

/* Of the commands of the OCI's runtimes, those that have a plan: `word` is behind "oci", where options may stand. */
static bool runtime_launches(char *const *word) {
    static const char *const COMMANDS[] = {"create", "run", "exec", "start", "delete"};
    static const char *const WITH_VALUE[] = {"--root", "--log", "--log-format", "--rootless", "--criu"};
    for (; *word && **word == '-'; word++)
        for (size_t i = 0; i < sizeof WITH_VALUE / sizeof *WITH_VALUE; i++)
            if (strcmp(*word, WITH_VALUE[i]) == 0 && word[1]) word++, i = sizeof WITH_VALUE;
    for (size_t i = 0; *word && i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (strcmp(*word, COMMANDS[i]) == 0) return true;
    return false;
}

/* Called as kerr-oci, we are a runtime as those that have no other commands. */
static char **as_runtime(int argc, char **argv) {
    const char *slash = strrchr(argv[0], '/');
    if (strcmp(slash ? slash + 1 : argv[0], "kerr-oci") != 0) return argv;
    char **words = calloc((size_t)argc + 2, sizeof *words);
    if (!words) fail("there is no memory for the arguments");
    words[0] = argv[0];
    words[1] = (char *)(uintptr_t)"oci";
    memcpy(words + 2, argv + 1, (size_t)argc * sizeof *words);
    return words;
}

/* The commands that launch a container: `command` is in the command line, of which more may follow. */
static bool launches(char *const *command) {
    static const char *const COMMANDS[] = {"exec", "run", "shell", "test"};
    if (!*command) return false;
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (strcmp(*command, COMMANDS[i]) == 0) return true;
    if (strcmp(*command, "oci") == 0) return runtime_launches(command + 1);
    return strcmp(*command, "instance") == 0 && command[1] &&
           (strcmp(command[1], "start") == 0 || strcmp(command[1], "run") == 0);
}

/* The command: the first word that is neither a global option nor the value of one. */
static char *const *command_of(char *const *argv) {
    size_t i = 1;
    for (; argv[i] && argv[i][0] == '-'; i++)
        if ((strcmp(argv[i], "--config") == 0 || strcmp(argv[i], "-c") == 0) && argv[i + 1]) i++;
    return argv + i;
}

/* An open descriptor on 0, 1 and 2, so that no file of ours ever becomes somebody's standard output. */
static void open_standard_descriptors(void) {
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && (errno != EBADF || open("/dev/null", O_RDWR) != fd))
            fail_errno("cannot open /dev/null in the place of descriptor %d, which is closed", fd);
}

/* What a launch starts from, whoever made its plan. */
struct caller {
    struct signals signals;
    pid_t planner; /* -1 if there is none */
    size_t argc;
    char *const *argv;
};

_Noreturn static void perform(const uint8_t *bytes, size_t size, const struct caller *caller) {
    struct plan plan;
    const char *wrong = plan_decode(bytes, size, &plan);
    if (wrong) fail("%s", wrong);
    struct launch launch = {.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC),
                            .host = -1,
                            .root = -1,
                            .inner = -1,
                            .network = -1,
                            .limits_watched = -1,
                            .runtime = {.directory = -1, .start = -1, .console = -1, .told = -1, .answers = -1},
                            .instance = {.told = -1, .pid_file = -1, .init = -1},
                            .signals = caller->signals,
                            .planner = caller->planner,
                            .caller_argc = caller->argc,
                            .caller_argv = caller->argv};
    check(launch.proc >= 0, "cannot open /proc");
    environment_init(&launch.environment, environ);
    launch_perform(&launch, &plan);
}

static size_t read_file(const char *path, uint8_t *bytes) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd >= 0, "cannot open the plan %s", path);
    size_t size = 0;
    for (ssize_t n; (n = read(fd, bytes + size, PLAN_BYTES_MAX - size)) != 0; size += (size_t)n)
        check(n > 0, "cannot read the plan %s", path);
    struct stat status;
    check(fstat(fd, &status) == 0 && status.st_size == (off_t)size, "the plan %s is larger than 1 MiB", path);
    close(fd);
    return size;
}

/* What a plan in a file prints is not what was asked for on standard output. */
_Noreturn static void perform_file(const char *path, uint8_t *bytes, const struct caller *caller) {
    const size_t size = read_file(path, bytes);
    check(dup2(STDERR_FILENO, STDOUT_FILENO) >= 0, "cannot send output to standard error");
    perform(bytes, size, caller);
}

/* The file of a step is removed as soon as it is opened, so that it is not left when the build is killed. */
_Noreturn static void perform_step(const char *path, bool is_heard, uint8_t *bytes, const struct caller *caller) {
    fail_as_step();
    char opened[32];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd >= 0 && unlink(path) == 0, "cannot take the plan %s", path);
    snprintf(opened, sizeof opened, "/proc/self/fd/%d", fd);
    if (is_heard) perform(bytes, read_file(opened, bytes), caller);
    perform_file(opened, bytes, caller);
}

int main(int argc, char **argv) {
    static uint8_t bytes[PLAN_BYTES_MAX];
    if (argc < 1) return EXIT_FATAL;
    open_standard_descriptors();
    char **const words = as_runtime(argc, argv);
    const bool launching = launches(command_of(words));
    const bool is_worker = argc == 3 && strcmp(words[1], "--worker") == 0;
    const bool is_step = is_worker || (argc == 3 && strcmp(words[1], "--step") == 0);
    const bool performing = is_step || (argc == 3 && strcmp(words[1], "--perform") == 0);
    if ((launching || performing) && geteuid() == 0) sealed_become(argv);
    struct caller caller = {.signals = signals_take(), .planner = -1};
    struct installation installation;
    installation_find(&installation);
    argc += words != argv;
    argv = words;
    if (argc == 2 && strcmp(argv[1], "--check") == 0) return check_host();
    if (argc == 5 && strcmp(argv[1], "--train") == 0) java_train(&installation, argv[2], argv[3], argv[4]);
    if (argc == 3 && strcmp(argv[1], "--perform") == 0) perform_file(argv[2], bytes, &caller);
    if (is_step) perform_step(argv[2], is_worker, bytes, &caller);
    if (argc >= 3 && strcmp(argv[1], "--tree") == 0) {
        signals_give_back(&caller.signals);
        java_tree(&installation, argv[2], argv + 1);
    }
    if (!launching) {
        signals_give_back(&caller.signals);
        java_exec(&installation, argv + 1);
    }
    caller.argc = (size_t)argc;
    caller.argv = argv;
    const size_t size = stored_find(&installation, caller.argc, argv, bytes);
    if (size > 0) perform(bytes, size, &caller);
    static struct planned planned;
    planner_plan(&installation, argv + 1, &planned, &caller.planner);
    stored_keep(&installation, caller.argc, argv, planned.plan, planned.size, planned.reuse, planned.reuse_size);
    perform(planned.plan, planned.size, &caller);
}
