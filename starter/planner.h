/* The Java side: where it is installed, how it is started, and the plan that it sends. */
#ifndef KERR_PLANNER_H
#define KERR_PLANNER_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan.h"

enum { REUSE_BYTES_MAX = 256 * 1024 };

struct installation {
    char prefix[PATH_MAX]; /* the directory above bin/kerr, symbolic links resolved */
};

/* Finds the install tree around this program. */
void installation_find(struct installation *installation);

/* Becomes the Java command line: for every command that launches nothing. */
_Noreturn void java_exec(const struct installation *installation, char *const *arguments);

/* Becomes a step of a build that the Java side does itself, with a heap of `heap` bytes. */
_Noreturn void java_tree(const struct installation *installation, const char *heap, char *const *arguments);

/* Becomes a training run on the images in the directory `images`, which writes the ahead-of-time cache of launches
 * (`cache` is "launch") or of all other commands ("commands") to `output`, with the options that they run with. */
_Noreturn void java_train(const struct installation *installation, const char *cache, const char *images,
                          const char *output);

/* What the planner sent: its plan, and when that may be performed again (stored.h). */
struct planned {
    size_t size, reuse_size;
    uint8_t plan[PLAN_BYTES_MAX];
    uint8_t reuse[REUSE_BYTES_MAX];
};

/* Starts the planner for these arguments, reads what it sends, and ends it. If it ends without a plan (it printed help,
 * an error, a dry run), we end with its status. */
void planner_plan(const struct installation *installation, char *const *arguments, struct planned *planned,
                  pid_t *planner);

/* Waits until the planner is gone, if there is one, and forgets it: -1. */
void planner_reap(pid_t *planner);

#endif
