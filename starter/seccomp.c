/* Filters of system calls. A program of classic BPF comes as text, checked with the plan; the kernel checks what it
 * does. Filters add up: of what several say to a call, the strictest counts, and none can be taken away. */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "launch.h"

static unsigned digit_of(char c) {
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static uint32_t take(const char **text, size_t bytes) {
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++, *text += 2)
        value |= (digit_of((*text)[0]) << 4 | digit_of((*text)[1])) << 8 * i;
    return value;
}

void op_seccomp(struct launch *launch, const struct op *op) {
    static struct sock_filter instructions[PLAN_PROGRAM_MAX];
    struct sock_fprog program = {.len = 0, .filter = instructions};
    for (const char *text = op->argv[0]; *text; program.len++) {
        struct sock_filter *instruction = &instructions[program.len];
        instruction->code = (uint16_t)take(&text, 2);
        instruction->jt = (uint8_t)take(&text, 1);
        instruction->jf = (uint8_t)take(&text, 1);
        instruction->k = take(&text, 4);
    }
    const uint64_t flags = plan_number(op->argv[1]);
    if (flags & ~(uint64_t)(SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW))
        fail("the plan has unknown flags for a seccomp filter");
    payload_prepare(launch); /* it may need calls that the filter forbids */
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, (unsigned)flags, &program) == 0) return;
    instance_take_back(launch);
    fail_errno("cannot load a seccomp filter of %u instructions", program.len);
}
