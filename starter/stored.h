/* Plans that were made before.
 *
 * A plan is stored with its key, which is all that the planner knew of the launch from us, and with its inputs, which
 * are all that it looked at on the host. It is performed again if the key is the same, byte for byte, and every input
 * is as it was; else the launch is planned anew. The user's own plans are taken and no others, of at most
 * STORED_AGE_MAX seconds: names may come from a directory service, of which no file tells.
 *
 *   key     words up to the image, variables that are options, ids, capabilities, id map, working directory, terminal,
 *           kernel release, installation
 *   said    what the user was told when it was planned, to be told each time
 *   inputs  records: struct input, a path, a NUL byte
 *   file    struct stored_header, key, said, inputs, plan
 */
#ifndef KERR_STORED_H
#define KERR_STORED_H

#include <stddef.h>
#include <stdint.h>

#include "planner.h"

enum { STORED_AGE_MAX = 24 * 3600, STORED_COUNT_MAX = 512 };

/* Finds a plan for these arguments, and writes it to `bytes` (PLAN_BYTES_MAX); tells the user what is to be told.
 * Returns its size; 0 if there is none. */
size_t stored_find(const struct installation *installation, size_t argc, char *const *argv, uint8_t *bytes);

/* Stores a plan, if the planner said when it may be performed again: `reuse`, as dev.kerr.starter.PlanEncoder writes
 * it. What cannot be stored is not; nobody is told. */
void stored_keep(const struct installation *installation, size_t argc, char *const *argv, const uint8_t *plan,
                 size_t plan_size, const uint8_t *reuse, size_t reuse_size);

#endif
