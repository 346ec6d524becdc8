/* The Test Anything Protocol, as far as the tests here need it: each case is a sentence. */
#ifndef KERR_TAP_H
#define KERR_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_cases, tap_failures;

/* Prints one case. Returns whether it holds. */
static inline bool ok(bool holds, const char *sentence) {
    printf("%sok %d - %s\n", holds ? "" : "not ", ++tap_cases, sentence);
    if (!holds) tap_failures++;
    return holds;
}

/* One case: two strings are the same, or both NULL. */
static inline void same(const char *actual, const char *expected, const char *sentence) {
    if (!ok(actual && expected ? strcmp(actual, expected) == 0 : actual == expected, sentence))
        printf("#   expected: %s\n#        got: %s\n", expected ? expected : "nothing", actual ? actual : "nothing");
}

/* Prints the count, last. Returns main's exit status. */
static inline int tap_done(void) {
    printf("1..%d\n", tap_cases);
    return tap_failures > 0;
}

#endif
