/* plan.c: what is a plan, and what is refused. */
#include "plan.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_writer.h"
#include "tap.h"

/* Decodes a copy without a byte to spare, so that the address sanitizer sees every read too far. */
static const char *decode(const uint8_t *bytes, size_t size, struct plan *plan, uint8_t **copy) {
    *copy = malloc(size ? size : 1);
    if (!*copy) abort();
    memcpy(*copy, bytes, size);
    return plan_decode(*copy, size, plan);
}

/* What is wrong with these bytes; NULL if they are a plan. */
static const char *fault(const uint8_t *bytes, size_t size) {
    struct plan plan;
    uint8_t *copy;
    const char *wrong = decode(bytes, size, &plan, &copy);
    if (!wrong) {
        size_t read = 0; /* every string of a plan can be read to its end */
        for (size_t i = 0; i < plan.count; i++) {
            for (size_t j = 0; j < plan.ops[i].argc; j++) read += strlen(plan.ops[i].argv[j]) + 1;
            if (plan.ops[i].argv[plan.ops[i].argc]) wrong = "an argument vector without an end";
        }
        if (read + plan.count * PLAN_OP_HEADER_SIZE + PLAN_HEADER_SIZE != size) wrong = "strings of another length";
        plan_free(&plan);
    } else if (plan.ops || plan.strings || plan.count) {
        wrong = "a refused plan that still holds memory";
    }
    free(copy);
    return wrong;
}

static void refused(const struct plan_writer *writer, const char *message, const char *sentence) {
    same(fault(writer->bytes, writer->size), message, sentence);
    free(writer->bytes);
}

static void accepted(const struct plan_writer *writer, const char *sentence) {
    same(fault(writer->bytes, writer->size), NULL, sentence);
    free(writer->bytes);
}

/* CHDIR / and EXEC /bin/true: the plan that most cases are a variation of. */
static struct plan_writer small(void) {
    struct plan_writer writer;
    plan_start(&writer);
    PLAN_ADD(&writer, OP_CHDIR, "/");
    PLAN_ADD(&writer, OP_EXEC, "0", "/bin/true");
    return writer;
}

static struct plan_writer before_exec(unsigned code, size_t argc, const char *const *argv) {
    struct plan_writer writer;
    plan_start(&writer);
    plan_add(&writer, code, argc, argv);
    PLAN_ADD(&writer, OP_EXEC, "0", "/bin/true");
    return writer;
}

#define NO_CAPABILITIES "0000000000000000"

#define BEFORE_EXEC(code, ...)                                                                                         \
    before_exec(code, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]){__VA_ARGS__})

static void golden(void) {
    static const uint8_t GOLDEN[] = {
        'K',  'E', 'R', 'R', 'P', 'L', 'A', 'N', 1,   0,   0,   0,   2,   0,   0,   0, 39, 0, 0, 0, /* header */
        0x16, 0,   2,   0,   11,  0,   0,   0,   'L', 'A', 'N', 'G', 0,   's', 'v', '_', 'S', 'E', 0, /* ENV_SET */
        0x18, 0,   2,   0,   12,  0,   0,   0,   '3', 0,   '/', 'b', 'i', 'n', '/', 't', 'r', 'u', 'e', 0, /* EXEC */
    };
    struct plan plan;
    uint8_t *copy;
    same(decode(GOLDEN, sizeof GOLDEN, &plan, &copy), NULL, "the golden plan is decoded");
    if (!ok(plan.count == 2, "the golden plan has two operations")) return;
    ok(plan.ops[0].code == OP_ENV_SET && plan.ops[0].argc == 2, "its first sets a variable");
    same(plan.ops[0].name, "ENV_SET", "its first has the name of its code");
    same(plan.ops[0].argv[0], "LANG", "its first has the variable's name");
    same(plan.ops[0].argv[1], "sv_SE", "its first has the variable's value");
    ok(plan.ops[1].code == OP_EXEC && plan.ops[1].argc == 2, "its second starts a program");
    ok(plan_number(plan.ops[1].argv[0]) == 3, "its second appends the caller's arguments from the third");
    same(plan.ops[1].argv[1], "/bin/true", "its second names the program");
    ok(!plan.ops[0].argv[2] && !plan.ops[1].argv[2], "its argument vectors end in NULL");
    plan_free(&plan);
    ok(!plan.ops && !plan.strings && plan.count == 0, "a freed plan holds nothing");
    free(copy);

    struct plan_writer writer;
    plan_start(&writer);
    PLAN_ADD(&writer, OP_ENV_SET, "LANG", "sv_SE");
    PLAN_ADD(&writer, OP_EXEC, "3", "/bin/true");
    ok(writer.size == sizeof GOLDEN && memcmp(writer.bytes, GOLDEN, writer.size) == 0,
       "the tests' writer writes the golden plan");
    free(writer.bytes);
}

/* Good arguments for each letter of a signature; a '*' gets two. */
static void every_operation(void) {
    static const struct {
        unsigned code;
        const char *name, *signature;
    } KINDS[] = {
#define X(name, code, signature) {code, #name, signature},
        PLAN_OPS(X)
#undef X
    };
    struct plan_writer all;
    plan_start(&all);
    bool fewer_refused = true, more_refused = true;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        const char *argv[16];
        size_t argc = 0, least = 0;
        for (const char *letter = KINDS[i].signature; *letter; letter++) {
            if (*letter == '*') {
                argv[argc++] = "";
                argv[argc++] = "more";
                continue;
            }
            switch (*letter) {
            case 'p': argv[argc++] = "/"; break;
            case 'n': argv[argc++] = "18446744073709551615"; break;
            case 'o': argv[argc++] = "07777"; break;
            case 'f': argv[argc++] = "noexec,nodev,ro"; break;
            case 'm': argv[argc++] = NO_CAPABILITIES; break;
            case 'x': argv[argc++] = "060000000000ff7f"; break;
            default: argv[argc++] = "";
            }
            least++;
        }
        const bool ends = KINDS[i].code == OP_START || KINDS[i].code == OP_DELETE; /* a plan without EXEC */
        if (!ends) plan_add(&all, KINDS[i].code, argc, argv);
        const bool last = KINDS[i].code == OP_EXEC || ends, open_ended = argc > least;
        for (size_t n = 0; n <= argc; n++) {
            struct plan_writer one;
            plan_start(&one);
            plan_add(&one, KINDS[i].code, n, argv);
            if (!last) PLAN_ADD(&one, OP_EXEC, "0", "/bin/true");
            if (n < least && !fault(one.bytes, one.size)) fewer_refused = false;
            if (n >= least && fault(one.bytes, one.size)) fewer_refused = false;
            free(one.bytes);
        }
        if (!open_ended) {
            argv[argc] = "/";
            struct plan_writer one;
            plan_start(&one);
            plan_add(&one, KINDS[i].code, argc + 1, argv);
            if (!last) PLAN_ADD(&one, OP_EXEC, "0", "/bin/true");
            if (!fault(one.bytes, one.size)) more_refused = false;
            free(one.bytes);
        }
    }
    accepted(&all, "a plan with every operation but START and DELETE, in the order of plan.h, is decoded");
    ok(fewer_refused, "each operation is refused with fewer arguments than it takes, and only then");
    ok(more_refused, "each operation with a fixed number of arguments is refused with one more");
}

static void truncations_and_flips(void) {
    struct plan_writer writer = small();
    bool refused_all = true;
    for (size_t size = 0; size < writer.size; size++)
        if (!fault(writer.bytes, size)) refused_all = false;
    ok(refused_all, "a plan that is cut off is refused, wherever it is cut");

    bool header_refused = true;
    for (size_t size = PLAN_HEADER_SIZE; size < writer.size; size++) {
        plan_write_header(&writer, writer.count, size - PLAN_HEADER_SIZE);
        if (!fault(writer.bytes, size)) header_refused = false;
    }
    ok(header_refused, "a plan that is cut off is refused even if its header agrees");

    plan_write_header(&writer, writer.count, writer.size - PLAN_HEADER_SIZE);
    size_t decoded = 0, messages = 0;
    for (size_t bit = 0; bit < writer.size * 8; bit++) {
        writer.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (fault(writer.bytes, writer.size))
            messages++;
        else
            decoded++;
        writer.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    ok(decoded + messages == writer.size * 8 && decoded > 0 && messages > 0,
       "a plan with any one bit flipped is decoded or refused");

    bool header_bits_refused = true;
    for (size_t bit = 0; bit < PLAN_HEADER_SIZE * 8; bit++) {
        writer.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (!fault(writer.bytes, writer.size)) header_bits_refused = false;
        writer.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    ok(header_bits_refused, "a plan with any one bit of its header flipped is refused");
    free(writer.bytes);
}

static struct plan_writer patched(size_t at, uint8_t value) {
    struct plan_writer writer = small();
    writer.bytes[at] = value;
    return writer;
}

static void headers(void) {
    struct plan_writer writer = patched(0, 'k');
    refused(&writer, "the plan's magic is wrong", "a plan with another magic is refused");
    writer = patched(8, 2);
    refused(&writer, "the plan has another version", "a plan of version 2 is refused");
    writer = patched(8, 0);
    refused(&writer, "the plan has another version", "a plan of version 0 is refused");
    writer = patched(9, 1);
    refused(&writer, "the plan has another version", "a plan of version 257 is refused");
    writer = patched(10, 1);
    refused(&writer, "the plan has unknown flags", "a plan with a flag is refused");
    writer = patched(12, 3);
    refused(&writer, "EXEC must be the one last operation", "a plan that counts one operation more is refused");
    writer = patched(12, 1);
    refused(&writer, "EXEC must be the one last operation", "a plan that counts one operation less is refused");
    writer = patched(15, 0x80);
    refused(&writer, "the plan has too many operations", "a plan that counts 2^31 operations is refused");
    writer = patched(19, 0xff);
    refused(&writer, "the plan's length is wrong", "a plan of four billion bytes by its header is refused");

    plan_start(&writer);
    refused(&writer, "the plan is empty", "a plan without operations is refused");
    plan_start(&writer);
    plan_put(&writer, 0, 1);
    plan_write_header(&writer, 0, 1);
    refused(&writer, "the plan is empty", "a plan without operations but with bytes is refused");
    same(fault((const uint8_t *)"", 0), "the plan is shorter than its header", "no bytes at all are refused");

    writer = small();
    plan_put(&writer, 0, 1);
    refused(&writer, "the plan's length is wrong", "a plan with a byte behind its end is refused");
    writer = small();
    plan_put(&writer, 0, 1);
    plan_write_header(&writer, writer.count, writer.size - PLAN_HEADER_SIZE);
    refused(&writer, "the plan has trailing bytes", "a plan with a byte behind its operations is refused");
}

/* The least code above all that there are. */
static unsigned unknown_code(void) {
    unsigned greatest = 0;
#define X(name, code, signature) greatest = (code) > greatest ? (code) : greatest;
    PLAN_OPS(X)
#undef X
    return greatest + 1;
}

static void operations(void) {
    struct plan_writer writer = before_exec(unknown_code(), 0, NULL);
    refused(&writer, "the plan has an unknown operation", "a plan with an unknown operation is refused");
    writer = before_exec(0, 0, NULL);
    refused(&writer, "the plan has an unknown operation", "a plan with operation 0 is refused");
    writer = before_exec(0xffff, 0, NULL);
    refused(&writer, "the plan has an unknown operation", "a plan with operation 65535 is refused");
    plan_start(&writer);
    plan_add_raw(&writer, OP_CHDIR, 1, 8, "/", 2);
    refused(&writer, "the plan ends within an operation", "an operation longer than its plan is refused");
    plan_start(&writer);
    plan_add_raw(&writer, OP_CHDIR, 1, 0xffffffff, "/", 2);
    refused(&writer, "the plan ends within an operation", "an operation of four billion bytes is refused");
    plan_start(&writer);
    plan_add_raw(&writer, OP_EXEC, 2, 4, "0\0/t\0\0\0\0", 7);
    refused(&writer, "an operation's strings are malformed", "an operation whose last string has no end is refused");
    plan_start(&writer);
    plan_add_raw(&writer, OP_EXEC, 1, 4, "0\0a", 4);
    refused(&writer, "an operation's strings are malformed", "an operation with fewer strings counted is refused");
    plan_start(&writer);
    plan_add_raw(&writer, OP_EXEC, 3, 4, "0\0a", 4);
    refused(&writer, "an operation's strings are malformed", "an operation with more strings counted is refused");
    plan_start(&writer);
    plan_add_raw(&writer, OP_EXEC, 0xffff, 4, "0\0a", 4);
    refused(&writer, "an operation's strings are malformed", "an operation of 65535 strings in four bytes is refused");
    plan_start(&writer);
    plan_add_raw(&writer, OP_ENTER, 1, 0, "", 0);
    refused(&writer, "an operation's strings are malformed", "an operation with a string in no bytes is refused");
    plan_start(&writer);
    plan_add_raw(&writer, OP_ENTER, 0, 1, "", 1);
    refused(&writer, "an operation's strings are malformed", "an operation with bytes but no string is refused");

    /* each counts all the strings that could be: what plan_decode sets aside for them must be enough */
    plan_start(&writer);
    for (size_t i = 0; i < 512; i++) plan_add_raw(&writer, OP_ENV_KEEP, 1024, 1024, (const char[1024]){0}, 1024);
    PLAN_ADD(&writer, OP_EXEC, "0", "");
    accepted(&writer, "a plan of nothing but empty strings is decoded");
}

static void the_last(void) {
    struct plan_writer writer;
    const char *const message = "EXEC must be the one last operation";
    plan_start(&writer);
    PLAN_ADD(&writer, OP_CHDIR, "/");
    refused(&writer, message, "a plan without EXEC is refused");
    plan_start(&writer);
    PLAN_ADD(&writer, OP_EXEC, "0", "/bin/true");
    PLAN_ADD(&writer, OP_CHDIR, "/");
    refused(&writer, message, "a plan whose EXEC is not the last is refused");
    plan_start(&writer);
    PLAN_ADD(&writer, OP_EXEC, "0", "/bin/true");
    PLAN_ADD(&writer, OP_EXEC, "0", "/bin/true");
    refused(&writer, message, "a plan with two EXECs is refused");
    plan_start(&writer);
    PLAN_ADD(&writer, OP_EXEC, "0", "/bin/true");
    accepted(&writer, "a plan of just EXEC is decoded");
    plan_start(&writer);
    PLAN_ADD(&writer, OP_START, "/state", "one", "1", "2", "boot", "{");
    accepted(&writer, "a plan that ends with START is decoded");
    plan_start(&writer);
    PLAN_ADD(&writer, OP_START, "/state", "one", "1", "2", "boot", "{");
    PLAN_ADD(&writer, OP_EXEC, "0", "/bin/true");
    refused(&writer, message, "a plan with EXEC behind START is refused");
}

static void arguments(void) {
    const char *const message = "an operation's arguments do not fit it";
    static const struct {
        const char *text, *sentence;
        bool good;
    } NUMBERS[] = {
        {"0", "0 is a number", true},
        {"18446744073709551615", "2^64 - 1 is a number", true},
        {"18446744073709551616", "2^64 is refused as a number", false},
        {"18446744073709551620", "a number whose last digit overflows is refused", false},
        {"99999999999999999999", "the greatest number of twenty digits is refused", false},
        {"184467440737095516150", "a number of 21 digits is refused", false},
        {"000000000000000000001", "a number of 21 digits is refused even if it is 1", false},
        {"", "no digits are refused as a number", false},
        {"-1", "a negative number is refused", false},
        {"+1", "a number with a sign is refused", false},
        {" 1", "a number with a space is refused", false},
        {"0x10", "a hexadecimal number is refused", false},
        {"1,size=0", "a number with more behind it is refused", false},
    };
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        struct plan_writer writer = BEFORE_EXEC(OP_SESSION, NUMBERS[i].text);
        same(fault(writer.bytes, writer.size), NUMBERS[i].good ? NULL : message, NUMBERS[i].sentence);
        free(writer.bytes);
    }
    static const struct {
        const char *text, *sentence;
        bool good;
    } MODES[] = {
        {"0", "0 is a mode", true},
        {"755", "755 is a mode", true},
        {"07777", "07777 is a mode", true},
        {"10000", "10000 is refused as a mode", false},
        {"77777", "77777 is refused as a mode", false},
        {"000755", "a mode of six digits is refused", false},
        {"8", "8 is refused as a mode", false},
        {"", "no digits are refused as a mode", false},
        {"-1", "a negative mode is refused", false},
        {"u+rwx", "a mode in letters is refused", false},
    };
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        struct plan_writer writer = BEFORE_EXEC(OP_UMASK, MODES[i].text);
        same(fault(writer.bytes, writer.size), MODES[i].good ? NULL : message, MODES[i].sentence);
        free(writer.bytes);
    }
    static const struct {
        const char *text, *sentence;
        bool good;
    } PROGRAMS[] = {
        {"060000000000ff7f", "an instruction is a program", true},
        {"2000000004000000060000000000ff7f", "two instructions are a program", true},
        {"", "no digits are refused as a program", false},
        {"060000000000ff7", "a program that ends within an instruction is refused", false},
        {"060000000000ff7f06", "a program with half an instruction more is refused", false},
        {"060000000000FF7F", "a program in capitals is refused", false},
        {"060000000000ff7g", "a program with another letter is refused", false},
        {"060000000000ff7f 60000000000ff7f", "a program with a space is refused", false},
    };
    for (size_t i = 0; i < sizeof PROGRAMS / sizeof *PROGRAMS; i++) {
        struct plan_writer writer = BEFORE_EXEC(OP_SECCOMP, PROGRAMS[i].text, "4");
        same(fault(writer.bytes, writer.size), PROGRAMS[i].good ? NULL : message, PROGRAMS[i].sentence);
        free(writer.bytes);
    }
    struct plan_writer writer = BEFORE_EXEC(OP_ROOT, "image");
    refused(&writer, message, "a relative path is refused");
    writer = BEFORE_EXEC(OP_ROOT, "");
    refused(&writer, message, "an empty path is refused");
    writer = BEFORE_EXEC(OP_BIND, "/data", "./data", "");
    refused(&writer, message, "a relative path in the container is refused");
    writer = BEFORE_EXEC(OP_BIND, "/data", "/data", "RO");
    refused(&writer, message, "an unknown flag is refused, and not taken for none");
    writer = BEFORE_EXEC(OP_BIND, "/data", "/data", "ro,,nodev");
    refused(&writer, message, "an empty flag is refused");
    writer = BEFORE_EXEC(OP_PRIVILEGES, "1", "0", "0", NO_CAPABILITIES, NO_CAPABILITIES);
    refused(&writer, message, "a set of capabilities that has not 16 digits is refused");
    writer = BEFORE_EXEC(OP_PRIVILEGES, "1", "0", NO_CAPABILITIES, "00000000A80425FB", NO_CAPABILITIES);
    refused(&writer, message, "a set of capabilities in capitals is refused");
    writer = BEFORE_EXEC(OP_PRIVILEGES, "1", "239", NO_CAPABILITIES, "000001ffffffffff", NO_CAPABILITIES);
    accepted(&writer, "sets of capabilities are decoded");
    ok(plan_mask("000001ffffffffff") == UINT64_C(0x1ffffffffff), "sets of capabilities are hexadecimal");
    ok(plan_has_flag("ro,nodev", "nodev") && plan_has_flag("ro", "ro") && !plan_has_flag("nodev", "no") &&
           !plan_has_flag("", "ro"),
       "flags are whole words");
    ok(plan_number("18446744073709551615") == UINT64_MAX && plan_number("010") == 10, "numbers are decimal");
    ok(plan_mode("07777") == 07777 && plan_mode("755") == 0755, "modes are octal");
}

/* A plan of `size` bytes: one EXEC with one long string. */
static struct plan_writer sized(size_t size) {
    struct plan_writer writer;
    plan_start(&writer);
    char *text = malloc(size);
    if (!text) abort();
    const size_t length = size - PLAN_HEADER_SIZE - PLAN_OP_HEADER_SIZE - strlen("0") - 2;
    memset(text, 'x', length);
    text[length] = '\0';
    PLAN_ADD(&writer, OP_EXEC, "0", text);
    free(text);
    return writer;
}

/* A plan with a filter of so many instructions. */
static struct plan_writer filtered(size_t instructions) {
    char *text = malloc(16 * instructions + 1);
    if (!text) abort();
    memset(text, '0', 16 * instructions);
    text[16 * instructions] = '\0';
    struct plan_writer writer = BEFORE_EXEC(OP_SECCOMP, text, "4");
    free(text);
    return writer;
}

static struct plan_writer counted(size_t count) {
    struct plan_writer writer;
    plan_start(&writer);
    for (size_t i = 1; i < count; i++) plan_add(&writer, OP_ENV_KEEP, 0, NULL);
    PLAN_ADD(&writer, OP_EXEC, "0", "/bin/true");
    return writer;
}

static void limits(void) {
    struct plan_writer writer = sized(PLAN_BYTES_MAX);
    ok(writer.size == PLAN_BYTES_MAX, "the tests can write a plan of 1 MiB");
    accepted(&writer, "a plan of 1 MiB is decoded");
    writer = sized(PLAN_BYTES_MAX + 1);
    refused(&writer, "the plan is larger than 1 MiB", "a plan of 1 MiB and a byte is refused");
    writer = counted(PLAN_OPS_MAX);
    accepted(&writer, "a plan of 4096 operations is decoded");
    writer = counted(PLAN_OPS_MAX + 1);
    refused(&writer, "the plan has too many operations", "a plan of 4097 operations is refused");
    writer = filtered(PLAN_PROGRAM_MAX);
    accepted(&writer, "a filter of 4096 instructions is decoded");
    writer = filtered(PLAN_PROGRAM_MAX + 1);
    refused(&writer, "an operation's arguments do not fit it", "a filter of 4097 instructions is refused");
}

/* Each operation's row in docs/formats/plan.md; `make test` runs in starter/. */
static void document(void) {
    static char text[1 << 16];
    FILE *file = fopen("../docs/formats/plan.md", "r");
    if (!file) {
        ok(true, "the document describes every operation # SKIP there is no ../docs/formats/plan.md");
        return;
    }
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    char row[128];
    const char *missing = NULL;
#define X(name, code, signature)                                                                                       \
    snprintf(row, sizeof row, signature[0] ? "\n| %d | `%s` | `%s` | " : "\n| %d | `%s` | |", code, #name, signature); \
    if (!strstr(text, row)) missing = #name;
    PLAN_OPS(X)
#undef X
    same(missing, NULL, "the document describes every operation");
    snprintf(row, sizeof row, "\n| 0 | 8 | magic | `%s` |\n| 8 | 2 | version | %d |", PLAN_MAGIC, PLAN_VERSION);
    ok(strstr(text, row) != NULL, "the document has the magic and the version");
    snprintf(row, sizeof row, "%d bytes at offset 0.", PLAN_HEADER_SIZE);
    ok(strstr(text, row) != NULL, "the document has the header's size");
    snprintf(row, sizeof row, "at most %d bytes and\n%d operations", PLAN_BYTES_MAX, PLAN_OPS_MAX);
    ok(strstr(text, row) != NULL, "the document has the limits");
}

enum { CODES_MAX = 128 };

/* Marks the operations of a plan of the corpus. */
static void add_operations(const char *path, bool *there) {
    static uint8_t bytes[1 << 16];
    FILE *file = fopen(path, "rb");
    const size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file) fclose(file);
    struct plan plan;
    same(plan_decode(bytes, size, &plan), NULL, path);
    for (size_t i = 0; i < plan.count; i++) there[plan.ops[i].code] = true;
    plan_free(&plan);
}

/* The fuzzer learns from what it is given: an operation that no seed has is hardly ever found. */
static void corpus(void) {
    bool there[CODES_MAX] = {false};
    add_operations("test/corpus/every.plan", there);
    add_operations("test/corpus/start.plan", there);
    add_operations("test/corpus/delete.plan", there);
    const char *missing = NULL;
#define X(operation, number, signature)                                                                                \
    if (missing == NULL && !there[number]) missing = #operation;
    PLAN_OPS(X)
#undef X
    same(missing, NULL, "the corpus has every operation");
}

int main(void) {
    document();
    corpus();
    golden();
    every_operation();
    truncations_and_flips();
    headers();
    operations();
    the_last();
    arguments();
    limits();
    return tap_done();
}
