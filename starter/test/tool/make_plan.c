/* Writes a plan from text: what perform_test.sh and the corpus of plan_fuzz.c are made with.
 *
 *   make_plan <TEXT >PLAN
 *
 * One operation a line: its name as in plan.h, then its arguments, each behind a tab. "\n", "\t" and "\\" in an
 * argument stand for the byte. A line that starts with "#" is a comment. Only names are checked: a plan can be bad.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../plan_writer.h"

enum { ARGUMENTS_MAX = 4096 };

static unsigned code_of(const char *name) {
#define X(op, code, signature)                                                                                         \
    if (strcmp(name, #op) == 0) return code;
    PLAN_OPS(X)
#undef X
    fprintf(stderr, "make_plan: there is no operation %s\n", name);
    exit(EXIT_FAILURE);
}

static void unescape(char *text) {
    char *to = text;
    for (const char *from = text; *from; from++) {
        char c = *from;
        if (c == '\\' && from[1]) {
            from++;
            c = *from == 'n' ? '\n' : *from == 't' ? '\t' : *from;
        }
        *to++ = c;
    }
    *to = '\0';
}

static void add_line(struct plan_writer *writer, char *line) {
    static const char *argv[ARGUMENTS_MAX];
    size_t argc = 0;
    for (char *at = strchr(line, '\t'); at && argc < ARGUMENTS_MAX;) {
        *at++ = '\0';
        argv[argc++] = at;
        at = strchr(at, '\t');
    }
    for (size_t i = 0; i < argc; i++) unescape((char *)(uintptr_t)argv[i]);
    plan_add(writer, code_of(line), argc, argv);
}

int main(void) {
    struct plan_writer writer;
    plan_start(&writer);
    char *line = NULL;
    size_t room = 0;
    for (ssize_t length; (length = getline(&line, &room, stdin)) > 0;) {
        if (line[length - 1] == '\n') line[length - 1] = '\0';
        if (line[0] != '\0' && line[0] != '#') add_line(&writer, line);
    }
    free(line);
    const bool written = fwrite(writer.bytes, 1, writer.size, stdout) == writer.size && fflush(stdout) == 0;
    free(writer.bytes);
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
