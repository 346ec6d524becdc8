/* Starts the JVM: as a child that sends a plan, or in our place. */
#define _GNU_SOURCE
#include "planner.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "environment.h"
#include "fail.h"
#include "kernel.h"
#include "plan.h"
#include "sealed.h"

enum { PLAN_FD = 3, OPTIONS_MAX = 40, OPTION_BYTES = PATH_MAX + 64 };

/* By itself a JVM takes up to a quarter of the machine, however large that is. */
static const char USUAL_HEAP[] = "-Xmx384m";

struct java {
    char text[OPTIONS_MAX][OPTION_BYTES];
    size_t count;
};

void installation_find(struct installation *installation) {
    char *prefix = installation->prefix;
    sealed_find(prefix, sizeof installation->prefix);
    for (int level = 0; level < 2; level++) { /* …/bin/kerr */
        char *slash = strrchr(prefix, '/');
        if (!slash) fail("cannot find the installation above %s", prefix);
        *slash = '\0';
    }
}

static void add(struct java *java, const char *format, const char *value) {
    if (java->count == OPTIONS_MAX) fail("too many options for the Java virtual machine");
    const char *at = strstr(format, "%s");
    const int stem = at ? (int)(at - format) : (int)strlen(format);
    const int n = snprintf(java->text[java->count++], OPTION_BYTES, "%.*s%s%s", stem, format, at ? value : "",
                           at ? at + 2 : "");
    if (n >= OPTION_BYTES) fail("the installation's path is too long");
}

/* The options of every run. The ahead-of-time cache only holds for the options that it was trained with. */
static void add_common(struct java *java, const struct installation *installation) {
    static const char *const OPTIONS[] = {
        "-XX:Flags=/dev/null", /* no .hotspotrc of the working directory, nor a warning about it */
        "-XX:CompileCommandFile=/dev/null", /* nor .hotspot_compiler */
        "-XX:+UseSerialGC",            /* the fastest to start, and no threads to speak of */
        "-XX:+UseTransparentHugePages", /* for the heap, where the kernel has them */
        "-XX:-UsePerfData",            /* no /tmp/hsperfdata_USER */
        "-XX:+DisableAttachMechanism", /* no socket in /tmp */
        "-XX:-CreateCoredumpOnCrash",
        "-XX:+ErrorFileToStderr", /* no hs_err file in the working directory */
        "-XX:-MaxFDLimit",        /* the caller's descriptor limit stays as it is */
        "-Xlog:disable",
        "-Xlog:all=error:stderr",
        "--enable-native-access=ALL-UNNAMED",
    };
    add(java, "%s/lib/kerr/jvm", installation->prefix);
    add(java, "%s/lib/kerr/runtime/lib/server/libjvm.so", installation->prefix);
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) add(java, OPTIONS[i], "");
    add(java, "-Dkerr.prefix=%s", installation->prefix);
    add(java, "-DZstdNativePath=%s/lib/kerr/libzstd-jni.so", installation->prefix);
}


static void add_main(struct java *java, const struct installation *installation) {
    add(java, "-cp", "");
    add(java, "%s/lib/kerr/kerr.jar", installation->prefix);
    add(java, "dev/kerr/cli/Main", "");
}

static void check_limit(int resource, rlim_t least_mib, const char *letter) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0 && limit.rlim_cur < least_mib << 20)
        fail("a limit of memory is too low for the planner: %llu MiB (hint: ulimit -%s %llu)",
             (unsigned long long)limit.rlim_cur >> 20, letter, (unsigned long long)least_mib << 10);
}

/* A JVM that lacks memory says so in twenty lines. It needed 250 MiB of address space and 95 MiB of data when this was
 * written. */
static void check_limits(void) {
    check_limit(RLIMIT_AS, 272, "v");
    check_limit(RLIMIT_DATA, 112, "d");
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 16)
        fail("the limit of open files is too low for the planner: %llu (hint: ulimit -n 64)",
             (unsigned long long)files.rlim_cur);
}

/* The caller's environment less what could change the JVM, in a locale whose file names are UTF-8. */
static char **java_environment(void) {
    static const char *const INJECTED[] = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH",
                                           "_JAVA_SR_SIGNUM", "LD_*", "GLIBC_TUNABLES"};
    struct environment environment;
    environment_init(&environment, environ);
    environment_drop(&environment, sizeof INJECTED / sizeof *INJECTED, INJECTED);
    environment_set(&environment, "LC_ALL", "C.UTF-8");
    environment_set(&environment, "MALLOC_ARENA_MAX", "1"); /* each further one reserves 64 MiB of address space */
    return environment.variables;
}

_Noreturn static void become(const struct java *java, char *const *arguments) {
    char here[PATH_MAX];
    check_limits();
    if (!getcwd(here, sizeof here)) { /* a JVM must be somewhere */
        check(errno == ENOENT || errno == ERANGE || errno == EACCES, "cannot find the working directory");
        check(chdir("/") == 0, "cannot enter /");
    }
    size_t count = 0;
    while (arguments[count]) count++;
    const char **argv = calloc(java->count + count + 1, sizeof *argv);
    if (!argv) fail("there is no memory for the arguments");
    for (size_t i = 0; i < java->count; i++) argv[i] = java->text[i];
    memcpy(argv + java->count, arguments, count * sizeof *argv);
    execve(argv[0], (char *const *)(uintptr_t)argv, java_environment());
    fail_errno("cannot start %s (hint: is the installation whole?)", argv[0]);
}

static void add_commands(struct java *java, const struct installation *installation) {
    add_common(java, installation);
    add(java, "-XX:AOTCache=%s/lib/kerr/kerr.aot", installation->prefix);
}

void java_exec(const struct installation *installation, char *const *arguments) {
    static struct java java;
    add_commands(&java, installation);
    add(&java, USUAL_HEAP, "");
    add_main(&java, installation);
    become(&java, arguments);
}

/* Whether the optimizing compiler, which takes as much of a processor as the work does, takes it from the work: a step
 * that packs 400 MiB takes 2.9 s in the place of 3.5 without it on two processors, one that packs 6 GiB 34 for 37. */
static bool has_few_processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) <= 4;
}

void java_tree(const struct installation *installation, const char *heap, char *const *arguments) {
    static struct java java;
    add_commands(&java, installation);
    add(&java, "-Xmx%s", heap);
    add(&java, "-Dkerr.tree=true", "");
    if (has_few_processors()) add(&java, "-XX:TieredStopAtLevel=1", "");
    add_main(&java, installation);
    become(&java, arguments);
}

/* Small fixed reservations: a batch system may limit the address space. Small tables: each page of them is a page
 * fault. Interpreted: 40 ms are too few to compile. No look at cgroups: the limits above are ours. */
static void add_launch(struct java *java, const struct installation *installation) {
    static const char *const OPTIONS[] = {
        "-Xint",
        "-Xrs", /* no thread that waits for signals */
        "-Xms8m",
        "-Xmn4m",
        "-Xmx64m",
        "-XX:ReservedCodeCacheSize=8m",
        "-XX:CompressedClassSpaceSize=16m",
        "-XX:-UseContainerSupport",
        "-XX:StringTableSize=1024",
        "-XX:+UnlockExperimentalVMOptions",
        "-XX:SymbolTableSize=1024",
        "-XX:+UnlockDiagnosticVMOptions",
        "-XX:-AOTRecordTraining", /* nor one that has profiles for the compilers */
        "-XX:-AOTReplayTraining",
        "-XX:ArchiveRelocationMode=0", /* the cache where it was made for: else each of its pages is written to */
    };
    add_common(java, installation);
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) add(java, OPTIONS[i], "");
}

void java_train(const struct installation *installation, const char *cache, const char *images, const char *output) {
    static struct java java;
    if (strcmp(cache, "commands") != 0) {
        add_launch(&java, installation);
    } else {
        add_common(&java, installation);
        add(&java, USUAL_HEAP, "");
    }
    add(&java, "-XX:AOTCacheOutput=%s", output);
    add(&java, "-Dkerr.train=%s", cache);
    add_main(&java, installation);
    become(&java, (char *[]){(char *)(uintptr_t)images, NULL});
}

/* Whether the container is there already, or is that of a bundle. */
static bool is_of_records(char *const *arguments) {
    if (strcmp(arguments[0], "oci") == 0) return true;
    for (; *arguments; arguments++)
        if (strncmp(*arguments, "instance://", strlen("instance://")) == 0) return true;
    return false;
}

_Noreturn static void become_planner(const struct installation *installation, char *const *arguments, int pipe_end) {
    static struct java java;
    const int plan = pipe_end == PLAN_FD ? fcntl(PLAN_FD, F_SETFD, 0) : dup2(pipe_end, PLAN_FD);
    check(plan >= 0 && kernel_close_range(PLAN_FD + 1, ~0U) == 0, "cannot arrange the planner's descriptors");
    check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0, "cannot bind the planner to kerr"); /* its plan is for us */
    add_launch(&java, installation);
    add(&java,
        is_of_records(arguments) ? "-XX:AOTCache=%s/lib/kerr/containers.aot" : "-XX:AOTCache=%s/lib/kerr/launch.aot",
        installation->prefix);
    add(&java, "-Dkerr.plan=3", "");
    add_main(&java, installation);
    become(&java, arguments);
}

/* Returns fewer than `size` bytes if the planner closes the pipe before. */
static size_t read_up_to(int pipe_end, uint8_t *bytes, size_t size) {
    size_t done = 0;
    while (done < size) {
        const ssize_t n = read(pipe_end, bytes + done, size - done);
        if (n < 0 && errno == EINTR) continue;
        check(n >= 0, "cannot read the plan");
        if (n == 0) break;
        done += (size_t)n;
    }
    return done;
}

/* The plan is as long as its own header says; behind it come the size of what is said of using it again, and that. */
static void read_planned(int pipe_end, struct planned *planned) {
    uint8_t size[4];
    planned->size = read_up_to(pipe_end, planned->plan, PLAN_HEADER_SIZE);
    if (planned->size < PLAN_HEADER_SIZE) return;
    const uint32_t rest = plan_u32(planned->plan + 16);
    if (rest > PLAN_BYTES_MAX - PLAN_HEADER_SIZE) fail("the plan is larger than 1 MiB");
    planned->size += read_up_to(pipe_end, planned->plan + PLAN_HEADER_SIZE, rest);
    if (read_up_to(pipe_end, size, sizeof size) == sizeof size && plan_u32(size) <= REUSE_BYTES_MAX)
        planned->reuse_size = read_up_to(pipe_end, planned->reuse, plan_u32(size));
}

static int wait_for(pid_t planner) {
    int status = 0;
    while (waitpid(planner, &status, 0) < 0) check(errno == EINTR, "cannot wait for the planner");
    return status;
}

void planner_plan(const struct installation *installation, char *const *arguments, struct planned *planned,
                  pid_t *planner) {
    int ends[2];
    check(pipe2(ends, O_CLOEXEC) == 0, "cannot make a pipe");
    *planner = fork();
    check(*planner >= 0, "cannot fork");
    if (*planner == 0) become_planner(installation, arguments, ends[1]);
    close(ends[1]);
    read_planned(ends[0], planned);
    close(ends[0]);
    if (planned->size > 0) { /* nothing is left for it to do, and a JVM takes its time to end */
        kill(*planner, SIGKILL);
        return;
    }
    const int status = wait_for(*planner);
    if (WIFSIGNALED(status)) fail("the planner was ended by signal %d", WTERMSIG(status));
    exit(WEXITSTATUS(status)); /* it has said why; or it had nothing to launch: a dry run, or help */
}

void planner_reap(pid_t *planner) {
    if (*planner >= 0) wait_for(*planner);
    *planner = -1;
}
