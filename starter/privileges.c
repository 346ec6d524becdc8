/* What the payload may do: no_new_privs, securebits, and the five sets of capabilities of capabilities(7). */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "launch.h"

enum { CAPABILITIES_MAX = 64 }; /* what the words of capset(2) have room for; the kernel has fewer */

/* The sets that one system call has: bit n is capability n. */
struct capabilities {
    uint64_t effective, permitted, inheritable;
};

static const uint64_t NONE = 0;

static uint64_t bit(int capability) {
    return UINT64_C(1) << capability;
}

/* What one call of prctl(2) said of a capability: 1, 0, or -1 if this kernel has none of that number. */
static int answered(int answer) {
    check(answer >= 0 || errno == EINVAL, "cannot read our capabilities");
    return answer;
}

static int in_bounding_set(int capability) {
    return answered(prctl(PR_CAPBSET_READ, capability, 0, 0, 0));
}

/* All that this kernel has: newer ones than we know of, and none of those that it does not know. */
static uint64_t all_capabilities(void) {
    uint64_t all = 0;
    for (int i = 0; i < CAPABILITIES_MAX && in_bounding_set(i) >= 0; i++) all |= bit(i);
    return all;
}

static uint64_t bounding_set(void) {
    uint64_t set = 0;
    for (int i = 0; i < CAPABILITIES_MAX; i++)
        if (in_bounding_set(i) == 1) set |= bit(i);
    return set;
}

static uint64_t ambient_set(void) {
    uint64_t set = 0;
    for (int i = 0; i < CAPABILITIES_MAX; i++)
        if (answered(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0)) == 1) set |= bit(i);
    return set;
}

static bool get_capabilities(struct capabilities *sets) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct words[2];
    if (syscall(SYS_capget, &header, words) != 0) return false;
    sets->effective = (uint64_t)words[1].effective << 32 | words[0].effective;
    sets->permitted = (uint64_t)words[1].permitted << 32 | words[0].permitted;
    sets->inheritable = (uint64_t)words[1].inheritable << 32 | words[0].inheritable;
    return true;
}

static bool set_capabilities(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct words[2];
    for (int i = 0; i < 2; i++) {
        words[i].effective = (uint32_t)(effective >> 32 * i);
        words[i].permitted = (uint32_t)(permitted >> 32 * i);
        words[i].inheritable = (uint32_t)(inheritable >> 32 * i);
    }
    return syscall(SYS_capset, &header, words) == 0;
}

static void limit_bounding_set(uint64_t wanted) {
    const uint64_t excess = bounding_set() & ~wanted;
    for (int i = 0; i < CAPABILITIES_MAX; i++)
        if (excess & bit(i))
            check(prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0, "cannot drop capability %d from the bounding set", i);
}

static void clear_ambient_set(void) {
    check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0, "cannot clear ambient capabilities");
}

void privileges_drop(void) {
    struct capabilities now;
    check(get_capabilities(&now), "cannot read our capabilities");
    if (now.effective & bit(CAP_SETPCAP)) limit_bounding_set(NONE); /* else all that could be gained is lost already */
    clear_ambient_set();
    check(set_capabilities(NONE, NONE, NONE), "cannot drop capabilities");
}

void privileges_pass(void) {
    struct capabilities now;
    if (!get_capabilities(&now) || !set_capabilities(now.effective, now.permitted, now.permitted)) return;
    for (int i = 0; i < CAPABILITIES_MAX; i++) prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0);
}

/* What the kernel says we have now is what was asked for, to the bit: a call that lies is found out. */
static void verify(const struct op *op, uint64_t bounding, uint64_t permitted, uint64_t inheritable) {
    struct capabilities now;
    check(get_capabilities(&now), "cannot read our capabilities");
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != (int)plan_number(op->argv[0]))
        fail("no_new_privs is not what was asked for");
    const int securebits = (int)plan_number(op->argv[1]);
    if ((prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) & securebits) != securebits)
        fail("the securebits are not what was asked for");
    if (now.permitted != permitted || now.effective != permitted || now.inheritable != inheritable)
        fail("the capabilities are not those that were asked for: %016" PRIx64 " for %016" PRIx64, now.permitted,
             permitted);
    if ((bounding_set() & ~bounding) || ambient_set() != inheritable)
        fail("the bounding or ambient capabilities are not those that were asked for");
}

/* Each step needs a right that a later one takes: the bounding set and securebits CAP_SETPCAP, the ambient set that the
 * securebits do not forbid it. */
void op_privileges(const struct op *op) {
    const uint64_t all = all_capabilities();
    const uint64_t bounding = plan_mask(op->argv[2]) & all, permitted = plan_mask(op->argv[3]) & all;
    const uint64_t inheritable = plan_mask(op->argv[4]) & all;
    const int no_new_privs = (int)plan_number(op->argv[0]), securebits = (int)plan_number(op->argv[1]);
    const int present = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
    struct capabilities now;
    check(get_capabilities(&now), "cannot read our capabilities");
    if (permitted & ~now.permitted)
        fail("cannot give the payload the capabilities %016" PRIx64 ": kerr has not got them itself",
             permitted & ~now.permitted);
    if (no_new_privs) check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "cannot set no_new_privs");
    check(set_capabilities(now.permitted, now.permitted, inheritable), "cannot set inheritable capabilities");
    limit_bounding_set(bounding);
    clear_ambient_set();
    for (int i = 0; i < CAPABILITIES_MAX; i++)
        if (inheritable & bit(i))
            check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) == 0, "cannot pass on capability %d", i);
    if ((present & securebits) != securebits)
        check(prctl(PR_SET_SECUREBITS, present | securebits, 0, 0, 0) == 0, "cannot set the securebits");
    check(set_capabilities(permitted, permitted, inheritable), "cannot set capabilities");
    verify(op, bounding, permitted, inheritable);
}

/* Sets that a program inherits nothing of may be larger than what we have: the kernel takes the common part. */
void op_capabilities(const struct op *op) {
    struct capabilities now;
    const uint64_t all = all_capabilities(), bounding = plan_mask(op->argv[1]) & all;
    check(get_capabilities(&now), "cannot read our capabilities");
    const uint64_t permitted = plan_mask(op->argv[2]) & all, effective = plan_mask(op->argv[3]) & permitted;
    const uint64_t inheritable = plan_mask(op->argv[4]) & all;
    const uint64_t ambient = plan_mask(op->argv[5]) & inheritable & permitted;
    const uint64_t lacking = (permitted & ~now.permitted) | (inheritable & ~(now.permitted | now.inheritable));
    if (lacking)
        fail("cannot give the process the capabilities %016" PRIx64 ": kerr has not got them itself", lacking);
    if (plan_number(op->argv[0])) check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "cannot set no_new_privs");
    check(set_capabilities(now.permitted, now.permitted, inheritable), "cannot set inheritable capabilities");
    limit_bounding_set(bounding);
    clear_ambient_set();
    for (int i = 0; i < CAPABILITIES_MAX; i++)
        if (ambient & bit(i))
            check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) == 0, "cannot pass on capability %d", i);
    check(set_capabilities(effective, permitted, inheritable), "cannot set capabilities");
    check(get_capabilities(&now), "cannot read our capabilities");
    if (now.permitted != permitted || now.effective != effective || now.inheritable != inheritable ||
        (bounding_set() & ~bounding) || ambient_set() != ambient)
        fail("the capabilities are not those that were asked for");
}
