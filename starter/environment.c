#include "environment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

static void *must_allocate(size_t size) {
    void *memory = malloc(size);
    if (!memory) fail("there is no memory for the environment");
    return memory;
}

static size_t name_length(const char *variable) {
    return strcspn(variable, "=");
}

void environment_init(struct environment *environment, char *const *environ_table) {
    size_t count = 0;
    while (environ_table[count]) count++;
    environment->capacity = count + 64;
    environment->count = count;
    environment->variables = must_allocate(environment->capacity * sizeof(char *));
    memcpy(environment->variables, environ_table, (count + 1) * sizeof(char *));
}

static bool matches_any(const char *variable, size_t count, const char *const *patterns) {
    const size_t length = name_length(variable);
    for (size_t i = 0; i < count; i++) {
        const size_t stem = strcspn(patterns[i], "*");
        const bool prefix = patterns[i][stem] == '*';
        if (prefix ? length >= stem : length == stem)
            if (memcmp(variable, patterns[i], stem) == 0) return true;
    }
    return false;
}

/* Shells can neither import nor export other names (BASH_FUNC_x%% among them). */
static bool is_identifier(const char *variable) {
    const size_t length = name_length(variable);
    if (length == 0 || variable[length] != '=' || (variable[0] >= '0' && variable[0] <= '9')) return false;
    for (size_t i = 0; i < length; i++) {
        const char c = variable[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return true;
}

void environment_keep(struct environment *environment, size_t count, const char *const *patterns) {
    size_t kept = 0;
    for (size_t i = 0; i < environment->count; i++)
        if (matches_any(environment->variables[i], count, patterns))
            environment->variables[kept++] = environment->variables[i];
    environment->count = kept;
    environment->variables[kept] = NULL;
}

void environment_drop(struct environment *environment, size_t count, const char *const *patterns) {
    size_t kept = 0;
    for (size_t i = 0; i < environment->count; i++) {
        char *variable = environment->variables[i];
        if (is_identifier(variable) && !matches_any(variable, count, patterns))
            environment->variables[kept++] = variable;
    }
    environment->count = kept;
    environment->variables[kept] = NULL;
}

static char *joined(const char *first, const char *second, const char *third) {
    const size_t a = strlen(first), b = strlen(second), c = strlen(third);
    char *text = must_allocate(a + b + c + 1);
    memcpy(text, first, a);
    memcpy(text + a, second, b);
    memcpy(text + a + b, third, c + 1);
    return text;
}

void environment_stash(struct environment *environment, const char *prefix, const char *list) {
    size_t bytes = 1;
    for (size_t i = 0; i < environment->count; i++) bytes += name_length(environment->variables[i]) + 1;
    char *names = must_allocate(bytes), *end = names;
    for (size_t i = 0; i < environment->count; i++) {
        const size_t length = name_length(environment->variables[i]);
        memcpy(end, environment->variables[i], length);
        end += length;
        *end++ = ' ';
        environment->variables[i] = joined(prefix, environment->variables[i], "");
    }
    *end = '\0';
    environment_set(environment, list, names);
    free(names);
}

static char **find(const struct environment *environment, const char *name) {
    const size_t length = strlen(name);
    for (size_t i = 0; i < environment->count; i++)
        if (strncmp(environment->variables[i], name, length) == 0 && environment->variables[i][length] == '=')
            return &environment->variables[i];
    return NULL;
}

/* A caller may pass a name twice; shells take the last, execve's readers the first. */
static void drop_duplicates(struct environment *environment, char *const *first) {
    const size_t length = name_length(*first);
    size_t kept = (size_t)(first - environment->variables) + 1;
    for (size_t i = kept; i < environment->count; i++)
        if (strncmp(environment->variables[i], *first, length + 1) != 0)
            environment->variables[kept++] = environment->variables[i];
    environment->count = kept;
    environment->variables[kept] = NULL;
}

void environment_set(struct environment *environment, const char *name, const char *value) {
    char *variable = joined(name, "=", value);
    char **present = find(environment, name);
    if (present) {
        *present = variable;
        drop_duplicates(environment, present);
        return;
    }
    if (environment->count + 1 >= environment->capacity) {
        environment->capacity *= 2;
        environment->variables = realloc(environment->variables, environment->capacity * sizeof(char *));
        if (!environment->variables) fail("there is no memory for the environment");
    }
    environment->variables[environment->count++] = variable;
    environment->variables[environment->count] = NULL;
}

const char *environment_value(const struct environment *environment, const char *name) {
    char **present = find(environment, name);
    return present ? *present + strlen(name) + 1 : NULL;
}
