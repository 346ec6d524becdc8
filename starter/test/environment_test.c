/* environment.c: what the payload gets of the caller's variables, byte by byte. */
#include "environment.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* Nothing is ever freed in environment.c: it is used once, and then execve takes the memory away. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "detect_leaks=0"; }

#define TABLE(...) ((char *[]){__VA_ARGS__, NULL})
#define PATTERNS(...) sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]){__VA_ARGS__}

static struct environment of(char *const *table) {
    struct environment environment;
    environment_init(&environment, table);
    return environment;
}

/* One case: the environment is exactly these variables, in this order, and ends in NULL. */
static void is(const struct environment *environment, char *const *expected, const char *sentence) {
    size_t count = 0;
    bool equal = true;
    for (; expected[count] && equal; count++)
        equal = count < environment->count && strcmp(environment->variables[count], expected[count]) == 0;
    equal = equal && environment->count == count && !environment->variables[count];
    if (ok(equal && environment->count < environment->capacity, sentence)) return;
    for (size_t i = 0; i < environment->count; i++) printf("#   got: %s\n", environment->variables[i]);
}

static void copies(void) {
    char *table[] = {"A=1", "B=2", NULL};
    struct environment environment = of(table);
    is(&environment, table, "an environment starts as the caller's");
    environment_set(&environment, "A", "changed");
    ok(strcmp(table[0], "A=1") == 0, "a change leaves the caller's table as it was");
    environment = of((char *[]){NULL});
    is(&environment, (char *[]){NULL}, "an empty environment stays empty");
    environment_keep(&environment, PATTERNS("A", "*"));
    environment_drop(&environment, PATTERNS("A", "*"));
    is(&environment, (char *[]){NULL}, "rules for an empty environment change nothing");
    environment_set(&environment, "A", "1");
    is(&environment, TABLE("A=1"), "an empty environment takes a variable");
}

static void keeps(void) {
    struct environment environment = of(TABLE("HOME=/", "HOMER=1", "HO=1", "PATH=/bin", "LC_ALL=C", "LC_=x", "LC=y"));
    environment_keep(&environment, PATTERNS("HOME", "LC_*"));
    is(&environment, TABLE("HOME=/", "LC_ALL=C", "LC_=x"),
       "keeping takes whole names, and a pattern's prefix, and nothing else");
    environment = of(TABLE("A=1", "B=2"));
    environment_keep(&environment, PATTERNS("*"));
    is(&environment, TABLE("A=1", "B=2"), "keeping * keeps everything");
    environment_keep(&environment, 0, NULL);
    is(&environment, (char *[]){NULL}, "keeping nothing drops everything");
    environment = of(TABLE("A=HOME", "B=HOME=1", "HOME"));
    environment_keep(&environment, PATTERNS("HOME"));
    is(&environment, TABLE("HOME"), "a value that holds the name does not match");
    environment = of(TABLE("a=1", "A=2"));
    environment_keep(&environment, PATTERNS("A"));
    is(&environment, TABLE("A=2"), "names differ by case");
}

static void drops(void) {
    struct environment environment = of(TABLE("LD_PRELOAD=x.so", "LD_=1", "LD=1", "PATH=/bin", "PATHS=1", "_=x"));
    environment_drop(&environment, PATTERNS("LD_*", "PATH"));
    is(&environment, TABLE("LD=1", "PATHS=1", "_=x"),
       "dropping takes whole names, and a pattern's prefix, and nothing else");
    environment = of(TABLE("BASH_FUNC_x%%=() { :; }", "A.B=1", "A-B=1", "1A=1", "=1", "A B=1", "\303\244=1", "A\n=1",
                           "A1=1"));
    environment_drop(&environment, 0, NULL);
    is(&environment, TABLE("A1=1"), "dropping drops names that are no identifiers, exported functions among them");
    environment = of(TABLE("ALONE", "", "A="));
    environment_drop(&environment, 0, NULL);
    is(&environment, TABLE("A="), "dropping drops what has no '='");
    environment = of(TABLE("az_AZ09=1", "__=1"));
    environment_drop(&environment, 0, NULL);
    is(&environment, TABLE("az_AZ09=1", "__=1"), "dropping keeps every kind of identifier");
    environment = of(TABLE("A=1", "B=2", "A=3"));
    environment_drop(&environment, PATTERNS("A"));
    is(&environment, TABLE("B=2"), "dropping drops a name that comes twice");
    environment = of(TABLE("A=1"));
    environment_drop(&environment, PATTERNS("*"));
    is(&environment, (char *[]){NULL}, "dropping * drops everything");
}

static void bytes_stay(void) {
    static char newline[] = "TEXT=one\ntwo\r\n\tthree=3\n", equals[] = "E==a=b=";
    static char bytes[] = "RAW=\377\376\200 \303(\001\033[2J";
    struct environment environment = of(TABLE(newline, bytes, equals));
    environment_keep(&environment, PATTERNS("*"));
    environment_drop(&environment, PATTERNS("X"));
    is(&environment, TABLE(newline, bytes, equals),
       "values with newlines and bytes that are no UTF-8 stay as they are");
    ok(environment.variables[0] == newline && environment.variables[1] == bytes, "values are not even copied");
    environment_stash(&environment, "P_", "NAMES");
    is(&environment,
       TABLE("P_TEXT=one\ntwo\r\n\tthree=3\n", "P_RAW=\377\376\200 \303(\001\033[2J", "P_E==a=b=", "NAMES=TEXT RAW E "),
       "a stash leaves such values as they are");
    environment_set(&environment, "P_RAW", "\377\n=");
    same(environment_value(&environment, "P_RAW"), "\377\n=", "a variable is set to any bytes");
}

static void stashes(void) {
    struct environment environment = of(TABLE("A=1", "PATH=/bin:/usr/bin", "EMPTY="));
    environment_stash(&environment, "KERR_", "KERR_NAMES");
    is(&environment, TABLE("KERR_A=1", "KERR_PATH=/bin:/usr/bin", "KERR_EMPTY=", "KERR_NAMES=A PATH EMPTY "),
       "a stash renames every variable and lists the names");
    environment = of((char *[]){NULL});
    environment_stash(&environment, "KERR_", "KERR_NAMES");
    is(&environment, TABLE("KERR_NAMES="), "a stash of nothing is an empty list");
    environment = of(TABLE("NAMES=1"));
    environment_stash(&environment, "", "NAMES");
    is(&environment, TABLE("NAMES=NAMES "), "a list takes the place of a variable of its name");
    environment = of(TABLE("ALONE"));
    environment_stash(&environment, "P_", "NAMES");
    is(&environment, TABLE("P_ALONE", "NAMES=ALONE "), "a stash takes a variable without '='");
}

static void sets(void) {
    struct environment environment = of(TABLE("A=1", "AB=2", "B=3"));
    environment_set(&environment, "A", "changed");
    is(&environment, TABLE("A=changed", "AB=2", "B=3"), "setting replaces a variable in its place");
    environment_set(&environment, "C", "");
    is(&environment, TABLE("A=changed", "AB=2", "B=3", "C="), "setting adds a variable, empty or not");
    environment = of(TABLE("A", "A=1"));
    environment_set(&environment, "A", "2");
    is(&environment, TABLE("A", "A=2"), "setting does not take a variable without '=' for its own");
    same(environment_value(&environment, "A"), "2", "a variable has the value that it was set to");
    same(environment_value(&environment, "B"), NULL, "a variable that is not there has no value");
    environment = of(TABLE("AB=1", "E="));
    same(environment_value(&environment, "A"), NULL, "a longer name is another variable");
    same(environment_value(&environment, "ABC"), NULL, "a shorter name is another variable");
    same(environment_value(&environment, "E"), "", "an empty value is a value");
}

static void grows(void) {
    enum { COUNT = 5000 };
    struct environment environment = of(TABLE("FIRST=1"));
    char name[32], value[32];
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "V%d", i);
        snprintf(value, sizeof value, "%d", i * 3);
        environment_set(&environment, name, value);
    }
    bool all = environment.count == COUNT + 1 && !environment.variables[COUNT + 1];
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "V%d", i);
        snprintf(value, sizeof value, "%d", i * 3);
        const char *got = environment_value(&environment, name);
        all = all && got && strcmp(got, value) == 0;
    }
    ok(all, "an environment grows to thousands of variables");

    char *large[COUNT + 1];
    for (int i = 0; i < COUNT; i++) large[i] = i % 2 ? "ODD=1" : "EVEN=1";
    large[COUNT] = NULL;
    environment = of(large);
    environment_keep(&environment, PATTERNS("O*"));
    ok(environment.count == COUNT / 2 && !environment.variables[COUNT / 2],
       "an environment starts with thousands of variables");
    environment_stash(&environment, "P_", "NAMES");
    const char *names = environment_value(&environment, "NAMES");
    ok(names && strlen(names) == COUNT / 2 * strlen("ODD "), "a stash lists thousands of names");
}

int main(void) {
    copies();
    keeps();
    drops();
    bytes_stay();
    stashes();
    sets();
    grows();
    return tap_done();
}
