/* Fuzzes the plan decoder: any bytes are a plan that can be read to its last byte, or are refused with a message. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads every string; a plan whose parts do not make up the input, or whose numbers are out of range, is a bug. */
static void read_through(const struct plan *plan, size_t size) {
    size_t read = PLAN_HEADER_SIZE;
    if (plan->count == 0 || plan->count > PLAN_OPS_MAX) abort();
    const enum op_code last = plan->ops[plan->count - 1].code;
    if (last != OP_EXEC && last != OP_START && last != OP_DELETE) abort();
    for (size_t i = 0; i < plan->count; i++) {
        const struct op *op = &plan->ops[i];
        read += PLAN_OP_HEADER_SIZE;
        for (size_t j = 0; j < op->argc; j++) {
            read += strlen(op->argv[j]) + 1;
            if (plan_has_flag(op->argv[j], "ro") && !strstr(op->argv[j], "ro")) abort();
            if (strcmp(op->argv[j], "0") == 0 && (plan_mask(op->argv[j]) || plan_number(op->argv[j]))) abort();
        }
        if (op->argv[op->argc] || op->name[0] == '\0') abort();
        if (op->code == OP_UMASK && plan_mode(op->argv[0]) > 07777) abort();
        if (op->code == OP_SESSION && plan_number(op->argv[0]) == 0 && strspn(op->argv[0], "0") != strlen(op->argv[0]))
            abort();
    }
    if (read != size) abort();
}

static void decode(const uint8_t *bytes, size_t size) {
    struct plan plan;
    const char *wrong = plan_decode(bytes, size, &plan);
    if (wrong ? wrong[0] == '\0' || plan.ops || plan.strings : !plan.ops) abort();
    if (!wrong) read_through(&plan, size);
    plan_free(&plan);
}

/* Once as it is, and once with all of the header right but the count: few mutations would get past it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    decode(data, size);
    if (size < PLAN_HEADER_SIZE) return 0;
    uint8_t *bytes = malloc(size);
    if (!bytes) abort();
    memcpy(bytes, data, size);
    memcpy(bytes, PLAN_MAGIC, 8);
    memcpy(bytes + 8, (const uint8_t[]){PLAN_VERSION, 0, 0, 0}, 4);
    for (size_t i = 0; i < 4; i++) bytes[16 + i] = (uint8_t)((size - PLAN_HEADER_SIZE) >> 8 * i);
    decode(bytes, size);
    free(bytes);
    return 0;
}
