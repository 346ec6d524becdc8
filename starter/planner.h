/* The Java side: where it is installed, how it is started, and the plan that it sends. */
#ifndef KERR_PLANNER_H
#define KERR_PLANNER_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

struct installation {
    char prefix[PATH_MAX]; /* the directory above bin/kerr, symbolic links resolved */
};

/* Finds the install tree from /proc/self/exe. */
void installation_find(struct installation *installation);

/* Becomes the Java command line: for every command that launches nothing. */
_Noreturn void java_exec(const struct installation *installation, char *const *arguments);

/* Becomes a step of a build that the Java side does itself, with a heap of `heap` bytes. */
_Noreturn void java_tree(const struct installation *installation, const char *heap, char *const *arguments);

/* Becomes a training run on the images in the directory `images`, which writes the ahead-of-time cache of launches
 * (`cache` is "launch") or of all other commands ("commands") to `output`, with the options that they run with. */
_Noreturn void java_train(const struct installation *installation, const char *cache, const char *images,
                          const char *output);

/* Starts the planner for these arguments, reads its plan into `bytes` (PLAN_BYTES_MAX), and ends it. Returns the size
 * of the plan. If the planner ends without one (it printed help, an error, a dry run), we end with its status. */
size_t planner_plan(const struct installation *installation, char *const *arguments, uint8_t *bytes, pid_t *planner);

/* Waits until the planner is gone. */
void planner_reap(pid_t planner);

#endif
