/* What the operations of one launch share: descriptors, the environment, the caller's arguments. */
#ifndef KERR_LAUNCH_H
#define KERR_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "environment.h"
#include "plan.h"
#include "signals.h"

struct image {
    const char *path; /* as the plan names it; NULL before IMAGE */
    int file;         /* opened and compared; -1 when mounted */
    int fuse;         /* /dev/fuse, opened in the launch's own user namespace; -1 when there is none */
    int server_gate;  /* a byte written here lets the file system server read /dev/fuse */
    int tree;         /* its mount, taken from a keeper, not attached yet; -1 if there is none */
};

/* What a launch that is an instance keeps until the payload has started. */
struct instance {
    const char *name;  /* NULL if it is none */
    const char *title; /* in the table of processes */
    int told;          /* whoever waits for the start reads its other end */
    int records;       /* the directory of records */
    int logs[2];       /* for the payload's standard output and standard error */
    int pid_file;      /* -1 if there is none */
    bool has_told;     /* the payload is about to start */
    bool *is_recorded; /* whether the record is written: process 1 says so to whoever waits for it */
    int init;          /* process 1 reads its other end; -1 if that is us */
};

enum { HOOKS_MAX = 128 };

/* What the process of a container of the OCI's runtime specification shares with whoever makes it. */
struct runtime {
    const struct op *created;      /* CREATE; NULL in whoever was called, and where there is none */
    const struct op *hooks[HOOKS_MAX];
    size_t hook_count;
    int directory;  /* of the container's state; -1 if it has none */
    int start;      /* the FIFO that it waits at; -1 if it does not */
    int console;    /* socket that its terminal is sent to; -1 if there is none */
    int told;       /* whoever was called reads its other end */
    int answers;    /* and writes here */
    pid_t *process; /* its number on the host */
};

struct launch {
    int proc;        /* the host's /proc, O_PATH: also for what is done after ENTER */
    struct image images[IMAGES_MAX];
    int host;        /* the host's root directory, O_PATH; -1 before SESSION */
    bool is_joined;  /* the next user namespace is entered already, by a keeper's leave */
    bool has_entered; /* ENTER is done: the container's root is the root */
    int inner;       /* the user namespace after that, of a keeper; -1 if there is none */
    bool is_prepared; /* all is done for the payload that a filter of its system calls may forbid */
    bool is_bound;   /* we die with the one who waits for us */
    int root;        /* the container's root directory, O_PATH; -1 before ROOT */
    mode_t umask;    /* the payload's */
    struct signals signals; /* the caller's, for the payload */
    int network;     /* of the process that has the network connected, once it is told; -1 if there is none */
    int limits[CGROUPS_MAX]; /* cgroup.procs of the control groups that limit the payload */
    size_t limit_count;
    int limits_watched; /* open as long as the payload does not run yet; -1 if nothing is limited */
    pid_t planner;   /* to be reaped before the payload starts; -1 if there is none */
    size_t caller_argc;
    char *const *caller_argv;
    struct environment environment;
    struct instance instance;
    struct runtime runtime;
};

/* Performs a whole checked plan, in order; it ends in execve or in fail(). */
_Noreturn void launch_perform(struct launch *launch, const struct plan *plan);

/* Has `ps` show what a process of ours is, and not the command of the launch that forked it. */
void launch_rename(const struct launch *launch, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The operations, by topic. Each does one thing or calls fail(). */

/* identity.c: who we are */
void op_user_namespace(struct launch *launch, const struct op *op);
void op_become(const struct op *op);

/* privileges.c: what we may do */
void op_privileges(const struct op *op);
void op_capabilities(const struct op *op);
void privileges_drop(void);
/* What this process executes has its capabilities, though it is not root. What cannot be passed is not. */
void privileges_pass(void);

/* process.c: whose child the payload is */
void op_process_namespace(struct launch *launch, const struct op *op);
/* Performs the rest of the plan in a child, in the PID namespace that was entered; waits for it, and ends as it. */
void process_enter(struct launch *launch);
/* Forks a process that is nobody's child: the payload must not find a stranger's. Returns 0 in it; elsewhere 1, or -1
 * with errno if it could not be. */
int process_fork_orphan(void);
/* Dies with its parent from here on: what a change of identity undoes. */
void process_bind(void);
/* Blocks what process_stay waits for. */
void process_block_signals(sigset_t *callers);
/* Passes signals on to a child and reaps until it has ended; returns how. */
int process_stay(pid_t child);
/* Ends as a process did that ended with this status. */
_Noreturn void process_end_as(int status);

/* namespaces.c: what else of the host is not the payload's */
void op_namespaces(const struct op *op);
void op_hostname(const struct op *op);
void op_path_namespace(const struct op *op);
void op_keyring(void);

/* cgroup.c: what limits the payload */
void op_cgroup(struct launch *launch, const struct op *op);
void op_cgroup_enter(struct launch *launch);
void op_cgroup_join(const struct op *op);
void op_cgroup_keep(struct launch *launch, const struct op *op);
/* Ends what is in a group, and removes it and the groups in it; one that is not there is as good. */
void cgroup_remove(const char *path);
/* Has what is frozen in a group go on: else nothing ends it. */
void cgroup_thaw(const char *path);

/* instance.c: containers that stay */
void op_detach(struct launch *launch, const struct op *op);
void op_record(struct launch *launch, const struct op *op);
void op_join(struct launch *launch, const struct op *op);
void op_enter_container(struct launch *launch, const struct op *op);
/* Writes who we are between two texts to NAME.json in a directory. */
void instance_write_record(const struct launch *launch, int directory, const char *name, const char *const *texts);
/* Whether the process of a number, in digits, is the one that started then. */
bool instance_is_process(const struct launch *launch, const char *pid, const char *boot, uint64_t start);
/* Waits for process 1 of an instance, passes signals on to it, and removes its record when it has ended. */
_Noreturn void instance_wait(struct launch *launch, pid_t init);
/* Has the payload's output go to the logs. Then, just before the payload: says that all is made. Has messages go to
 * whoever waits for the start again, and says so if that was too early. */
void instance_speak_to_logs(const struct launch *launch);
void instance_tell(struct launch *launch);
void instance_take_back(const struct launch *launch);

/* image.c: the image and its server */
void op_image(struct launch *launch, const struct op *op);
/* Whether a file is the one that the operation IMAGE was planned for. */
bool image_is_planned(const struct op *op, const struct stat *status);
void op_lock_image(struct launch *launch, const struct op *op);
void op_image_server(struct launch *launch, const struct op *op);
void op_mount_served(struct launch *launch, const struct op *op);
void op_mount_loop(struct launch *launch, const struct op *op);

/* The image of a number that a plan names, which must be open or not, as the operation needs. */
struct image *image_of(struct launch *launch, const char *digits, bool open);

/* keeper.c: one mount for all launches */
void op_share(struct launch *launch, const struct op *op, size_t following);

/* server.c: file system servers that mount by themselves */
void op_fuse_server(struct launch *launch, const struct op *op);
/* In a server's process: lets go of the caller's terminal and pipes. */
void server_detach(const char *null_device);
enum { SERVER_FIRST_FILE = 3, SERVER_FILES_MAX = 8 };
/* Keeps these descriptors, which become those from SERVER_FIRST_FILE on, and closes all others from there on. */
void server_keep_files(const int *files, int count);
/* Becomes its program, with nothing of the caller's but `files`, so kept, and the cgroup. */
_Noreturn void server_exec(const char *const *argv, const int *files, int count);

/* network.c: what connects a network namespace */
void op_network_helper(struct launch *launch, const struct op *op);
void op_loopback(struct launch *launch);
void op_join_network(const struct op *op);

/* tree.c: the tree that the payload sees */
void op_mount_namespace(const struct op *op);
void op_private_mounts(void);
void op_session(struct launch *launch, const struct op *op);
void op_directory(const struct op *op);
void op_file(const struct op *op);
void op_symlink(const struct op *op);
void op_mount_directory(const struct launch *launch, const struct op *op);
void op_overlay(const struct op *op);
void op_root(struct launch *launch, const struct op *op);
void op_bind(const struct launch *launch, const struct op *op);
void op_bind_session(const struct launch *launch, const struct op *op);
void op_bind_image(const struct launch *launch, const struct op *op);
void op_new_mount(const struct launch *launch, const struct op *op);
void op_host_directory(const struct op *op);
void op_proc(const struct launch *launch, const struct op *op);
void op_mask(const struct launch *launch, const struct op *op);
void op_read_only(const struct launch *launch, const struct op *op);
void op_preload(const struct op *op);
void op_enter(struct launch *launch);
void op_target(const struct launch *launch, const struct op *op);
void op_attributes(const struct launch *launch, const struct op *op);

/* seccomp.c: what the payload may call */
void op_seccomp(struct launch *launch, const struct op *op);

/* runtime.c: containers of the OCI's runtime specification */
void op_hook(struct launch *launch, const struct op *op);
void op_hooks(struct launch *launch, const struct op *op);
void op_create(struct launch *launch, const struct op *op);
void op_process(struct launch *launch, const struct op *op);
void op_record_process(struct launch *launch, const struct op *op);
void op_console(struct launch *launch, const struct op *op);
void op_ready(struct launch *launch, const struct op *op);
_Noreturn void op_start(struct launch *launch, const struct op *op);
_Noreturn void op_delete(struct launch *launch, const struct op *op);
void op_rlimit(const struct op *op);
void op_proc_write(const struct launch *launch, const struct op *op);
void op_domainname(const struct op *op);
void op_personality(const struct op *op);

/* payload.c: the process itself */
void op_chdir(const struct op *op);
/* Does what is left to do but to execute the program. More than once is as good as once. */
void payload_prepare(struct launch *launch);
/* Fails if there is no program of that name that may be executed. */
void payload_find(const struct launch *launch, const char *program);
_Noreturn void op_exec(struct launch *launch, const struct op *op);

#endif
