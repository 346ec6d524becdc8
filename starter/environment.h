/* The payload's environment: the caller's bytes, edited by rules of the plan. */
#ifndef KERR_ENVIRONMENT_H
#define KERR_ENVIRONMENT_H

#include <stddef.h>

struct environment {
    char **variables; /* "NAME=value", NULL-ended: what execve takes */
    size_t count, capacity;
};

/* A copy of the table (not of the strings) of `environ`. */
void environment_init(struct environment *environment, char *const *environ_table);

/* Keeps or drops by name; a pattern may end in '*'. */
void environment_keep(struct environment *environment, size_t count, const char *const *patterns);
void environment_drop(struct environment *environment, size_t count, const char *const *patterns);

/* Renames each NAME to PREFIX+NAME, and sets `list` to the space-separated names. */
void environment_stash(struct environment *environment, const char *prefix, const char *list);

void environment_set(struct environment *environment, const char *name, const char *value);

/* The value of a variable, or NULL. */
const char *environment_value(const struct environment *environment, const char *name);

#endif
