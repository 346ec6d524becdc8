/* The launch plan on the wire: the one definition of it.
 *
 * Little-endian. A plan is a header of PLAN_HEADER_SIZE bytes and then the operations, back to back:
 *
 *   |  at | bytes | header field                      |   |  at | bytes | operation field                 |
 *   |----:|------:|-----------------------------------|   |----:|------:|---------------------------------|
 *   |   0 |     8 | magic "KERRPLAN"                  |   |   0 |     2 | code                            |
 *   |   8 |     2 | version (PLAN_VERSION)            |   |   2 |     2 | argument count                  |
 *   |  10 |     2 | flags, must be 0                  |   |   4 |     4 | bytes of arguments              |
 *   |  12 |     4 | operation count                   |   |   8 |     … | the arguments, each NUL-ended   |
 *   |  16 |     4 | bytes of operations               |
 *
 * A plan is at most PLAN_BYTES_MAX bytes. Whatever does not fit this description to the last byte is refused before
 * the first system call. dev.kerr.starter.PlanEncoder writes plans; a Java test holds its constants against this file.
 */
#ifndef KERR_PLAN_H
#define KERR_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_MAGIC "KERRPLAN"
#define PLAN_VERSION 1
#define PLAN_HEADER_SIZE 20
#define PLAN_OP_HEADER_SIZE 8
#define PLAN_BYTES_MAX (1024 * 1024)
#define PLAN_OPS_MAX 4096

/* Instructions of a filter of system calls, as many as the kernel takes: BPF_MAXINSNS. */
#define PLAN_PROGRAM_MAX 4096

/* The flags of a mount: read-only, no devices, no programs; times of access; no symbolic links; of a bind, that no
 * later mount of the host's appears in it, and that none below it comes along. nosuid is on it, unless "suid" is asked
 * for, which means nothing below a user namespace's mounts that have it. */
#define PLAN_FLAGS                                                                                                     \
    "ro", "nodev", "noexec", "once", "suid", "noatime", "nodiratime", "strictatime", "nosymfollow", "private", "single"

/* The operations: X(name, code, signature). One letter an argument:
 *   p  absolute path        n  decimal number, 0 to 2^64-1      o  octal mode, 0 to 07777
 *   f  flags, from PLAN_FLAGS, with commas between
 *   m  set of capabilities: 16 hexadecimal digits, as in proc_pid_status(5)
 *   x  a program of 1 to PLAN_PROGRAM_MAX instructions: for each its 8 bytes (struct sock_filter, little-endian) as 16
 *      digits, 0 to 9 and a to f
 *   s  any string           *  (last) any number of further strings
 * Three kinds of path: a host path is looked up as the caller would; a session path lies in the starter's own tmpfs;
 * a container path is resolved inside the container's root, symbolic links and all.
 */
#define PLAN_OPS(X)                                                                                                   \
    /* open an image once and compare: number below IMAGES_MAX, host path, "ro" or "" for writing ("ro,once": a file   \
       for this launch alone, which loses its name), device, inode, bytes, modification time in ns */                 \
    X(IMAGE, 1, "npfnnnn")                                                                                            \
    /* enter a user namespace: uid map, gid map, newuidmap, newgidmap ("" = write the maps directly, of the caller's   \
       own ids alone; "root" = write them as root of the user namespace around it) */                                 \
    X(USER_NAMESPACE, 2, "ssss")                                                                                      \
    /* start a FUSE server for an image, held back until MOUNT_SERVED: number, program and arguments; the image is    \
       its descriptor 3, /dev/fuse its descriptor 4 */                                                                \
    X(IMAGE_SERVER, 3, "np*")                                                                                         \
    /* enter a mount namespace into which the host's changes still come, and out of which nothing goes */             \
    X(MOUNT_NAMESPACE, 4, "")                                                                                         \
    /* make the session tmpfs the root; the host's root is then at SESSION_HOST: bytes at most */                     \
    X(SESSION, 5, "n")                                                                                                \
    X(DIRECTORY, 6, "po") /* session path, mode; one that is there stays, if no symbolic link leads to it */          \
    X(FILE, 7, "pos")     /* session path, mode, content */                                                           \
    X(SYMLINK, 8, "ps")   /* session path, what it points to */                                                       \
    X(MOUNT_SERVED, 9, "np")    /* mount what IMAGE_SERVER serves: number, session path */                            \
    /* mount an image by the kernel: number, session path, flags, offset, bytes, file system type */                  \
    X(MOUNT_LOOP, 10, "npfnns")                                                                                       \
    X(MOUNT_DIRECTORY, 11, "ppf") /* mount a directory: host path, session path, flags */                             \
    /* session path, flags, options, upper and work ("" = read-only), lowers from top */                              \
    X(OVERLAY, 12, "pfsss*")                                                                                          \
    X(ROOT, 13, "p")        /* the session path that is the container's root from here on */                          \
    X(BIND, 14, "ppf")      /* host path, container path, flags */                                                    \
    X(BIND_SESSION, 15, "ppf") /* session path, container path, flags */                                              \
    X(ENTER, 16, "")        /* make the container's root the root, and let go of everything else */                   \
    X(CHDIR, 17, "s*")      /* the first of these that can be changed to; a warning if it is not the first */         \
    /* exactly these rights, read back afterwards: no_new_privs (0 or 1), securebits, capabilities of the bounding     \
       set, of the permitted and effective sets, of the inheritable and ambient sets. Of each, those count that this   \
       kernel has */                                                                                                  \
    X(PRIVILEGES, 18, "nnmmm")                                                                                        \
    X(ENV_KEEP, 19, "*")    /* drop every variable but these; a name may end in '*' */                                \
    X(ENV_DROP, 20, "*")    /* drop these variables, and those whose names are not identifiers */                     \
    X(ENV_STASH, 21, "ss")  /* rename all variables: prefix, and a variable that lists the names */                   \
    X(ENV_SET, 22, "ss")    /* name, value */                                                                         \
    X(UMASK, 23, "o")       /* the payload's umask; without it, the caller's */                                       \
    /* enter a PID namespace: the rest of the plan is performed in it, and all that the payload leaves behind ends    \
       with it. "init": an init of ours is its first process; "bare": the payload is; "bound": with an init, and we   \
       too die with whoever started us */                                                                             \
    X(PROCESS_NAMESPACE, 25, "s")                                                                                     \
    /* mount a new proc of this PID namespace, or the host's where the kernel refuses that: container path */         \
    X(PROC, 26, "p")                                                                                                  \
    /* have the beginnings of files of a mounted image read ahead while the plan goes on: session path of the         \
       mount, container paths; what cannot be is left */                                                              \
    X(PRELOAD, 27, "p*")                                                                                              \
    /* lock a part of an image for as long as it is mounted, against others' writing or, opened for writing, against  \
       all others: number, offset, bytes */                                                                           \
    X(LOCK_IMAGE, 28, "nnn")                                                                                          \
    X(BIND_IMAGE, 29, "pppf")  /* session path of a mounted image, path in it, container path, flags */               \
    /* mount a new file system: container path, type, flags, options "key=value" or "key" */                           \
    X(NEW_MOUNT, 30, "psf*")                                                                                          \
    /* start a FUSE server that mounts by itself, and take its mount: session path, number of its image or "" (it is   \
       its descriptor 3), program and arguments, in which the session is below SERVER_SESSION */                      \
    X(FUSE_SERVER, 32, "psp*")                                                                                        \
    X(HOST_DIRECTORY, 31, "po") /* make a directory of the host that is not there, before the session: path, mode */  \
    X(PRIVATE_MOUNTS, 33, "") /* no mount of the host's appears here from now on, and none goes away */               \
    X(BECOME, 34, "nn*")    /* the real root becomes another user: uid, gid, supplementary gids */                    \
    /* take the mount of an image from a keeper that holds it for all launches of the user's, and enter the user
       namespaces that go with it; the first launch makes one. Where that cannot be, the plan goes on without. The next
       two operations, USER_NAMESPACE and IMAGE_SERVER, are then the keeper's: number, directory of sockets, seconds
       that a keeper stays after its last launch, uid and gid map of the second user namespace */                     \
    X(SHARE, 35, "npnss")                                                                                             \
    X(NAMESPACES, 36, "*")  /* enter new namespaces of these kinds, in this order: "ipc", "uts", "net", "cgroup" */    \
    X(HOSTNAME, 37, "s")    /* the host name of our own UTS namespace */                                              \
    /* hide files and directories behind an empty one: session paths of the empty file and the empty directory,       \
       container paths; what is not there is left */                                                                  \
    X(MASK, 38, "pp*")                                                                                                \
    X(READ_ONLY, 48, "*")   /* let nobody write to these container paths, where they are there */                     \
    X(KEYRING, 40, "")      /* a new, empty session keyring; a warning if the user may have no more of them */        \
    /* filter the payload's system calls: program, flags of seccomp(2) (SECCOMP_FILTER_FLAG_LOG and _SPEC_ALLOW) */  \
    X(SECCOMP, 39, "xn")                                                                                              \
    /* begin an instance: go into the background, where the rest of the plan is performed; whoever called us passes on \
       what is said there, and ends when the payload has started. Name, directory of records, logs of standard output  \
       and of standard error, file for the instance's process number or "", our name in the table of processes, what   \
       is said when it has started or "" */                                                                            \
    X(DETACH, 42, "spppsss")                                                                                          \
    /* write the instance's record, in which our own facts stand between two texts, and start the payload as a child   \
       of ours that all others outlive: the texts, our name in the table of processes; without one we are the payload  \
       ourselves */                                                                                                    \
    X(RECORD, 43, "sss")                                                                                              \
    /* enter an instance by its process 1, if it is the one that was recorded: name, process number, time of start in  \
       clock ticks since boot, id of the boot, namespaces as KIND=INODE; the rest of the plan is performed inside */   \
    X(JOIN, 44, "snns*")                                                                                              \
    /* bring up the loopback interface of this network namespace, and have NETWORK_HELPER connect it */                \
    X(LOOPBACK, 45, "")                                                                                               \
    /* have a program outside connect the network namespace that this process then is in: "serve": it runs as long as  \
       the network, and says by its descriptor 3, which is SERVER_SESSION/ready, that it is ready; it takes requests   \
       at SERVER_SESSION/api. "once": it does its work and ends, and runs again to undo it. Number of requests, two    \
       strings for each: what it is for, its text; program and arguments, in which @net@ stands for the namespace and  \
       @act@ for "up" or "down" */                                                                                     \
    X(NETWORK_HELPER, 46, "sn*")                                                                                      \
    X(JOIN_NETWORK, 47, "p") /* enter the network namespace of this path of the host, before the session */           \
    /* make control groups for the payload, which are removed when its last process has ended; our number is added    \
       to each path: host path of a group for what is not limited or "", controllers that the group above it is to    \
       give; then host paths of groups, behind each of which come files and what is written to them */                \
    X(CGROUP, 41, "ss*")                                                                                              \
    X(CGROUP_ENTER, 49, "") /* enter these groups */                                                                  \
    X(CGROUP_JOIN, 50, "p*") /* enter control groups that are there: host paths of their cgroup.procs */               \
    /* say errors and warnings in a file of the host too, at its end: path, "text" or "json" */                        \
    X(LOG, 60, "ps")                                                                                                  \
    /* a hook of the OCI's runtime specification, run at its phase as HOOKS, CREATE, READY, START and DELETE have it:  \
       phase, seconds that it may take (0 = any), path, number of arguments, arguments and variables */                \
    X(HOOK, 61, "snpn*")                                                                                              \
    /* begin a container that is in a directory of state, "" for one more process of a container; the rest of the plan \
       is performed in a child. Name, directory, file for the process number or "", "wait": whoever called us goes     \
       when the process waits for START; "leave": when it has started; "stay": when it has ended; socket that the      \
       terminal is sent to or "", the state for hooks without its last members and brace, control groups */            \
    X(CREATE, 62, "ssssss*")                                                                                          \
    /* fork the container's process, which performs the rest: "new" in a PID namespace of its own, or "" */            \
    X(PROCESS, 63, "s")                                                                                               \
    X(RECORD_PROCESS, 64, "ss") /* write the process's record, in which our own facts stand between two texts */      \
    /* run the hooks from outside the container ("") or, with its root where it is on the host, from inside */         \
    X(HOOKS, 65, "s")                                                                                                 \
    X(CONSOLE, 66, "nnn")   /* make a terminal and send it away: columns, rows (0 = as it is), its owner */           \
    /* say that all is made, and wait for START if there is to be one: files to be kept beside the standard ones,      \
       program that must be there */                                                                                   \
    X(READY, 67, "ns")                                                                                                \
    /* enter the namespaces of a container's process, as JOIN, by a record of the caller's own; the next PROCESS is    \
       there: name, process number, time of start, id of the boot, namespaces as KIND=INODE */                         \
    X(ENTER_CONTAINER, 68, "snns*")                                                                                   \
    /* make control groups that stay until they are removed: host paths, behind each of which come files and what is   \
       written to them */                                                                                              \
    X(CGROUP_KEEP, 69, "*")                                                                                           \
    X(PATH_NAMESPACE, 70, "sp") /* enter a namespace of the host, before the session: kind, host path */              \
    X(PROC_WRITE, 71, "ss") /* write to a file below the host's proc: path without a leading slash, text */           \
    X(RLIMIT, 72, "nnns")   /* limit a resource: number, soft and hard limit, its name */                             \
    /* as PRIVILEGES, set by set: no_new_privs, bounding, permitted, effective, inheritable, ambient */                \
    X(CAPABILITIES, 73, "nmmmmm")                                                                                     \
    X(DOMAINNAME, 74, "s")  /* the NIS domain name of our own UTS namespace */                                        \
    X(PERSONALITY, 75, "n") /* personality(2) */                                                                      \
    /* make what is not there of a container path: "directory" or "file", mode; or "link" and what it points to */     \
    X(TARGET, 76, "pss")                                                                                              \
    X(ATTRIBUTES, 77, "pf") /* give the mount at a container path, alone, these flags */                              \
    /* let a container's program start, then run its hooks; nothing comes behind it: directory of state, name, process \
       number, time of start, id of the boot, state for hooks */                                                       \
    X(START, 78, "psnnss")                                                                                            \
    /* forget a container that has ended, and run its hooks; nothing comes behind it: as START; "force" ends one that  \
       has not, or ""; its control groups */                                                                           \
    X(DELETE, 79, "psnnsss*")                                                                                         \
    /* become the payload: index of the first of the caller's arguments to append (0 = none), program, arguments */   \
    X(EXEC, 24, "ns*")

enum op_code {
#define X(name, code, signature) OP_##name = (code),
    PLAN_OPS(X)
#undef X
};

/* An image's number is below this. */
#define IMAGES_MAX 128

/* The hierarchies of control groups that a host may have. */
#define CGROUPS_MAX 16

/* Where the host's root stands while the session is being made. */
#define SESSION_HOST "/host"

/* Where a FUSE_SERVER sees the session: a directory of every host, covered for the server alone. */
#define SERVER_SESSION "/tmp"

/* Exit statuses shared with Java (dev.kerr.cli.ExitStatus). */
#define EXIT_FATAL 255
#define EXIT_USAGE 1

struct op {
    enum op_code code;
    const char *name;
    size_t argc;
    const char **argv; /* points into the plan's bytes; argv[argc] is NULL */
};

struct plan {
    struct op *ops;
    size_t count;
    const char **strings; /* all argument vectors */
};

/* Decodes and checks a whole plan. `bytes` must outlive the plan. Returns NULL, or what is wrong with it. */
const char *plan_decode(const uint8_t *bytes, size_t size, struct plan *plan);

/* A number of four bytes, little-endian. */
uint32_t plan_u32(const uint8_t *bytes);

/* Frees what plan_decode made. */
void plan_free(struct plan *plan);

/* The value of a decimal or octal argument that plan_decode has checked. */
uint64_t plan_number(const char *digits);
unsigned plan_mode(const char *digits);
uint64_t plan_mask(const char *digits);

/* Whether a checked list of flags has this one. */
bool plan_has_flag(const char *flags, const char *name);

#endif
