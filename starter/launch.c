/* Performs a plan: one loop, one switch, in plan order. */
#define _GNU_SOURCE
#include "launch.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "fail.h"

/* Those of containers of bundles, and the last. */
static void perform_runtime(struct launch *launch, const struct op *op) {
    switch ((int)op->code) {
    case OP_LOG: fail_log_to(op->argv[0], op->argv[1]); break;
    case OP_HOOK: op_hook(launch, op); break;
    case OP_HOOKS: op_hooks(launch, op); break;
    case OP_CREATE: op_create(launch, op); break;
    case OP_PROCESS: op_process(launch, op); break;
    case OP_RECORD_PROCESS: op_record_process(launch, op); break;
    case OP_CONSOLE: op_console(launch, op); break;
    case OP_READY: op_ready(launch, op); break;
    case OP_ENTER_CONTAINER: op_enter_container(launch, op); break;
    case OP_CGROUP_KEEP: op_cgroup_keep(launch, op); break;
    case OP_PATH_NAMESPACE: op_path_namespace(op); break;
    case OP_PROC_WRITE: op_proc_write(launch, op); break;
    case OP_RLIMIT: op_rlimit(op); break;
    case OP_CAPABILITIES: op_capabilities(op); break;
    case OP_DOMAINNAME: op_domainname(op); break;
    case OP_PERSONALITY: op_personality(op); break;
    case OP_TARGET: op_target(launch, op); break;
    case OP_ATTRIBUTES: op_attributes(launch, op); break;
    case OP_START: op_start(launch, op);
    case OP_DELETE: op_delete(launch, op);
    case OP_EXEC: op_exec(launch, op);
    }
}

static void perform(struct launch *launch, const struct op *op, size_t following) {
    struct environment *environment = &launch->environment;
    switch ((int)op->code) {
    case OP_IMAGE: op_image(launch, op); break;
    case OP_USER_NAMESPACE: op_user_namespace(launch, op); break;
    case OP_CGROUP: op_cgroup(launch, op); break;
    case OP_CGROUP_ENTER: op_cgroup_enter(launch); break;
    case OP_CGROUP_JOIN: op_cgroup_join(op); break;
    case OP_SHARE: op_share(launch, op, following); break;
    case OP_DETACH: op_detach(launch, op); break;
    case OP_RECORD: op_record(launch, op); break;
    case OP_JOIN: op_join(launch, op); break;
    case OP_LOCK_IMAGE: op_lock_image(launch, op); break;
    case OP_IMAGE_SERVER: op_image_server(launch, op); break;
    case OP_MOUNT_NAMESPACE: op_mount_namespace(op); break;
    case OP_PRIVATE_MOUNTS: op_private_mounts(); break;
    case OP_SESSION: op_session(launch, op); break;
    case OP_DIRECTORY: op_directory(op); break;
    case OP_FILE: op_file(op); break;
    case OP_SYMLINK: op_symlink(op); break;
    case OP_MOUNT_SERVED: op_mount_served(launch, op); break;
    case OP_MOUNT_LOOP: op_mount_loop(launch, op); break;
    case OP_MOUNT_DIRECTORY: op_mount_directory(launch, op); break;
    case OP_OVERLAY: op_overlay(op); break;
    case OP_ROOT: op_root(launch, op); break;
    case OP_BIND: op_bind(launch, op); break;
    case OP_BIND_SESSION: op_bind_session(launch, op); break;
    case OP_PROCESS_NAMESPACE: op_process_namespace(launch, op); break;
    case OP_NAMESPACES: op_namespaces(op); break;
    case OP_HOSTNAME: op_hostname(op); break;
    case OP_KEYRING: op_keyring(); break;
    case OP_MASK: op_mask(launch, op); break;
    case OP_READ_ONLY: op_read_only(launch, op); break;
    case OP_BIND_IMAGE: op_bind_image(launch, op); break;
    case OP_FUSE_SERVER: op_fuse_server(launch, op); break;
    case OP_NEW_MOUNT: op_new_mount(launch, op); break;
    case OP_HOST_DIRECTORY: op_host_directory(op); break;
    case OP_PROC: op_proc(launch, op); break;
    case OP_PRELOAD: op_preload(op); break;
    case OP_ENTER: op_enter(launch); break;
    case OP_CHDIR: op_chdir(op); break;
    case OP_BECOME: op_become(op); break;
    case OP_PRIVILEGES: op_privileges(op); break;
    case OP_ENV_KEEP: environment_keep(environment, op->argc, op->argv); break;
    case OP_ENV_DROP: environment_drop(environment, op->argc, op->argv); break;
    case OP_ENV_STASH: environment_stash(environment, op->argv[0], op->argv[1]); break;
    case OP_ENV_SET: environment_set(environment, op->argv[0], op->argv[1]); break;
    case OP_SECCOMP: op_seccomp(launch, op); break;
    case OP_UMASK: launch->umask = (mode_t)plan_mode(op->argv[0]); break;
    case OP_LOOPBACK: op_loopback(launch); break;
    case OP_NETWORK_HELPER: op_network_helper(launch, op); break;
    case OP_JOIN_NETWORK: op_join_network(op); break;
    default: perform_runtime(launch, op);
    }
}

/* Operations on session paths: without a session they would act on the host. */
static bool needs_session(enum op_code code) {
    return (code >= OP_DIRECTORY && code <= OP_ENTER) || code == OP_PRELOAD || code == OP_BIND_IMAGE ||
           code == OP_FUSE_SERVER || code == OP_MASK || code == OP_READ_ONLY ||
           code == OP_TARGET || code == OP_ATTRIBUTES;
}

void launch_rename(const struct launch *launch, const char *name, const char *format, ...) {
    va_list arguments;
    prctl(PR_SET_NAME, name, 0, 0, 0);
    if (launch->caller_argc == 0) return;
    char *const first = launch->caller_argv[0], *const last = launch->caller_argv[launch->caller_argc - 1];
    const size_t room = (size_t)(last + strlen(last) - first);
    memset(first, 0, room);
    va_start(arguments, format);
    vsnprintf(first, room, format, arguments);
    va_end(arguments);
}

void launch_perform(struct launch *launch, const struct plan *plan) {
    launch->umask = umask(0); /* what the plan makes has the modes it names */
    for (size_t i = 0; i < plan->count; i++) {
        if (needs_session(plan->ops[i].code) && launch->host < 0) fail("the plan builds a tree outside a session");
        perform(launch, &plan->ops[i], plan->count - i - 1);
    }
    fail("the plan ended without a program");
}
