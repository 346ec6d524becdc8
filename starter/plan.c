/* Decodes a plan and checks all of it before anything is done. */
#include "plan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct op_kind {
    unsigned code;
    const char *name;
    const char *signature;
};

static const struct op_kind OP_KINDS[] = {
#define X(name, code, signature) {code, #name, signature},
    PLAN_OPS(X)
#undef X
};

static const struct op_kind *kind_of(unsigned code) {
    for (size_t i = 0; i < sizeof OP_KINDS / sizeof *OP_KINDS; i++)
        if (OP_KINDS[i].code == code) return &OP_KINDS[i];
    return NULL;
}

static unsigned u16_at(const uint8_t *bytes) {
    return (unsigned)bytes[0] | (unsigned)bytes[1] << 8;
}

uint32_t plan_u32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static bool is_number(const char *s) {
    if (*s == '\0' || strlen(s) > 20) return false;
    uint64_t value = 0;
    for (; *s; s++) {
        if (*s < '0' || *s > '9') return false;
        const uint64_t digit = (uint64_t)(*s - '0');
        if (value > (UINT64_MAX - digit) / 10) return false;
        value = value * 10 + digit;
    }
    return true;
}

static bool is_mode(const char *s) {
    if (*s == '\0' || strlen(s) > 5) return false;
    for (const char *c = s; *c; c++)
        if (*c < '0' || *c > '7') return false;
    return strtoul(s, NULL, 8) <= 07777;
}

static bool is_flags(const char *list) {
    static const char *const FLAGS[] = {PLAN_FLAGS};
    while (*list) {
        const size_t length = strcspn(list, ",");
        bool known = false;
        for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++)
            known |= strlen(FLAGS[i]) == length && memcmp(FLAGS[i], list, length) == 0;
        if (!known) return false;
        list += length + (list[length] == ',');
    }
    return true;
}

bool plan_has_flag(const char *flags, const char *name) {
    const size_t length = strlen(name);
    for (const char *flag = flags; *flag; flag += *flag == ',') {
        if (strcspn(flag, ",") == length && memcmp(flag, name, length) == 0) return true;
        flag += strcspn(flag, ",");
    }
    return false;
}

static bool is_program(const char *text) {
    const size_t digits = strspn(text, "0123456789abcdef");
    return text[digits] == '\0' && digits > 0 && digits % 16 == 0 && digits / 16 <= PLAN_PROGRAM_MAX;
}

static bool argument_fits(char letter, const char *argument) {
    switch (letter) {
    case 'p': return argument[0] == '/';
    case 'n': return is_number(argument);
    case 'o': return is_mode(argument);
    case 'f': return is_flags(argument);
    case 'm': return strlen(argument) == 16 && strspn(argument, "0123456789abcdef") == 16;
    case 'x': return is_program(argument);
    default: return true;
    }
}

static bool arguments_fit(const char *signature, const struct op *op) {
    size_t i = 0;
    for (; signature[i] && signature[i] != '*'; i++)
        if (i >= op->argc || !argument_fits(signature[i], op->argv[i])) return false;
    return signature[i] == '*' || i == op->argc;
}

/* Splits `size` bytes into exactly `argc` NUL-ended strings. */
static bool split(const uint8_t *bytes, size_t size, size_t argc, const char **argv) {
    size_t at = 0;
    for (size_t i = 0; i < argc; i++) {
        const void *end = at < size ? memchr(bytes + at, '\0', size - at) : NULL;
        if (!end) return false;
        argv[i] = (const char *)bytes + at;
        at = (size_t)((const uint8_t *)end - bytes) + 1;
    }
    argv[argc] = NULL;
    return at == size;
}

static const char *check_header(const uint8_t *bytes, size_t size) {
    if (size < PLAN_HEADER_SIZE) return "the plan is shorter than its header";
    if (size > PLAN_BYTES_MAX) return "the plan is larger than 1 MiB";
    if (memcmp(bytes, PLAN_MAGIC, 8) != 0) return "the plan's magic is wrong";
    if (u16_at(bytes + 8) != PLAN_VERSION) return "the plan has another version";
    if (u16_at(bytes + 10) != 0) return "the plan has unknown flags";
    if (plan_u32(bytes + 12) > PLAN_OPS_MAX) return "the plan has too many operations";
    if (plan_u32(bytes + 16) != size - PLAN_HEADER_SIZE) return "the plan's length is wrong";
    return NULL;
}

/* Those that do not return. */
static bool is_last(enum op_code code) {
    return code == OP_EXEC || code == OP_START || code == OP_DELETE;
}

static const char *decode_ops(const uint8_t *bytes, size_t size, struct plan *plan) {
    size_t at = PLAN_HEADER_SIZE, strings = 0;
    for (size_t i = 0; i < plan->count; i++) {
        if (size - at < PLAN_OP_HEADER_SIZE) return "the plan ends within an operation";
        const struct op_kind *kind = kind_of(u16_at(bytes + at));
        const size_t argc = u16_at(bytes + at + 2), length = plan_u32(bytes + at + 4);
        at += PLAN_OP_HEADER_SIZE;
        if (!kind) return "the plan has an unknown operation";
        if (length > size - at) return "the plan ends within an operation";
        struct op *op = &plan->ops[i];
        *op = (struct op){.code = (enum op_code)kind->code, .name = kind->name, .argc = argc};
        op->argv = plan->strings + strings;
        strings += argc + 1; /* every string has a NUL byte in the plan, so this stays within `strings` */
        if (argc > length || !split(bytes + at, length, argc, op->argv)) return "an operation's strings are malformed";
        if (!arguments_fit(kind->signature, op)) return "an operation's arguments do not fit it";
        if (is_last(op->code) != (i + 1 == plan->count)) return "EXEC must be the one last operation";
        at += length;
    }
    return at == size ? NULL : "the plan has trailing bytes";
}

const char *plan_decode(const uint8_t *bytes, size_t size, struct plan *plan) {
    *plan = (struct plan){0};
    const char *wrong = check_header(bytes, size);
    if (wrong) return wrong;
    plan->count = plan_u32(bytes + 12);
    if (plan->count == 0) return "the plan is empty";
    plan->ops = calloc(plan->count, sizeof *plan->ops);
    plan->strings = calloc(size + plan->count, sizeof *plan->strings);
    if (!plan->ops || !plan->strings)
        wrong = "there is no memory for the plan";
    else
        wrong = decode_ops(bytes, size, plan);
    if (wrong) plan_free(plan);
    return wrong;
}

void plan_free(struct plan *plan) {
    free(plan->ops);
    free(plan->strings);
    *plan = (struct plan){0};
}

uint64_t plan_number(const char *digits) {
    return strtoull(digits, NULL, 10);
}

unsigned plan_mode(const char *digits) {
    return (unsigned)strtoul(digits, NULL, 8);
}

uint64_t plan_mask(const char *digits) {
    return strtoull(digits, NULL, 16);
}
