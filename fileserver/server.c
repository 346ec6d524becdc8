/* A read-only SquashFS 4.0 file system server.
 *
 *   squashfs-server [--record FILE] OFFSET [LENGTH]
 *
 *   0, 1   closed           3   the image                    5   the file for inodes' numbers
 *   2      errors, until    4   /dev/fuse, mounted           6…  clones of 4, so that threads do not
 *          the mount works                                       queue up for their answers
 *
 * The first thread starts another one when it is about to do what takes long and nobody is left to take requests, and
 * so does that one, up to a limit: a container that needs one thread gets one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/fuse.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "request.h"
#include "sandbox.h"

enum {
    IMAGE_FD = 3,
    FUSE_FD = 4,
    RECORD_FD = 5,
    THREADS_MIN = 2,
    THREADS_MAX = 16,
    BLOCKS_ALONE = 4,
    IDLE_SECONDS = 10,
    STACK = 256 << 10,
    HEAP = 24 << 20, /* what the caches may have */
    PAGE = 4096
};

/* One for the process: threads are started from below the cache, which knows nothing of them. */
static struct {
    struct image image;
    int channels[THREADS_MAX]; /* as many as threads, the first is FUSE_FD */
    int limit;
    atomic_int threads, idle;
    atomic_bool worked, timed; /* since the timer's last signal; whether it runs */
    atomic_uint blocks;        /* unpacked while no thread was idle */
    record_read *on_read;
    atomic_uint *recorded; /* a bit for each inode */
} server;

/* With plain write, for stdio asks the kernel about the descriptor, which the sandbox forbids. */
_Noreturn static void fail_with(const char *message, const char *separator, const char *reason) {
    char line[256];
    const int length = snprintf(line, sizeof line, "squashfs-server: %s%s%s\n", message, separator, reason);
    const size_t size = (size_t)length < sizeof line ? (size_t)length : sizeof line - 1;
    _exit(write(STDERR_FILENO, line, size) < 0 ? 2 : 1);
}

_Noreturn static void fail(const char *message) { fail_with(message, "", ""); }

_Noreturn static void fail_errno(const char *message) { fail_with(message, ": ", strerror(errno)); }

/* An answer that the kernel does not take is one to a request that was given up. */
static void send_answer(struct session *session, const void *bytes, size_t size) {
    if (write(*(const int *)session->context, bytes, size) < 0) return;
}

static struct session session_new(int *channel) {
    struct session session = {.reader.image = &server.image, .send = send_answer, .on_read = server.on_read};
    session.context = channel;
    const size_t size = session_answer_room() + REQUEST_ROOM;
    session.answer = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (session.answer == MAP_FAILED) fail("out of memory");
    session.request = session.answer + session_answer_room();
    return session;
}

static void set_timer(time_t seconds) {
    const struct itimerval timer = {{seconds, 0}, {seconds, 0}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* Lets a timer run while blocks are unpacked. */
static void note_work(void) {
    atomic_store(&server.worked, true);
    if (!atomic_exchange(&server.timed, true)) set_timer(IDLE_SECONDS);
}

/* Has memory come from one heap, and that in huge pages where the kernel gives any: where page faults are dear, as in
 * virtual machines, thousands of them would take as long as unpacking does. Nothing is used before it is written to. */
static void prepare_heap(void) {
    uint8_t *heap = malloc(HEAP);
    if (!heap) return;
    uint8_t *first = heap + PAGE - (uintptr_t)heap % PAGE;
    madvise(first, HEAP - PAGE, MADV_HUGEPAGE);
    free(heap);
}

/* The timer has interrupted a thread that waits: if nothing was unpacked since the last time, what was is given back.
 * A container that computes for days should not pay for what it read when it began. */
static void rest(void) {
    if (atomic_exchange(&server.worked, false) || !atomic_load(&server.timed)) return;
    set_timer(0);
    atomic_store(&server.timed, false);
    cache_drop(&server.image.data);
    cache_drop(&server.image.metadata);
    malloc_trim(0);
    prepare_heap();
}

static void do_nothing(int number) { (void)number; }

/* No SA_RESTART: read is to return. */
static void prepare_signals(void) {
    const struct sigaction wake = {.sa_handler = do_nothing};
    sigaction(SIGALRM, &wake, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void serve_one(struct session *session) {
    atomic_fetch_add(&server.idle, 1);
    const ssize_t size = read(*(const int *)session->context, session->request, REQUEST_ROOM);
    atomic_fetch_sub(&server.idle, 1);
    if (size >= 0) {
        request_handle(session, session->request, (size_t)size);
    } else if (errno == ENODEV) {
        _exit(0); /* unmounted */
    } else if (errno == EINTR) {
        rest();
    } else if (errno != ENOENT && errno != EAGAIN) { /* ENOENT: given up before it was read */
        fail_errno("cannot read requests");
    }
}

static void *serve(void *channel) {
    struct session session = session_new(channel);
    for (;;) serve_one(&session);
    return NULL;
}

/* The first blocks are of metadata, and unpacked sooner than a thread is started. Without another thread requests wait
 * for this one, which is slow but right. */
static void on_work(void) {
    note_work();
    if (atomic_load(&server.idle) > 0 || atomic_fetch_add(&server.blocks, 1) < BLOCKS_ALONE) return;
    const int number = atomic_fetch_add(&server.threads, 1);
    if (number < server.limit) {
        pthread_attr_t attributes;
        pthread_t thread;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, STACK);
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        if (pthread_create(&thread, &attributes, serve, &server.channels[number]) == 0) return;
    }
    atomic_fetch_sub(&server.threads, 1);
}

static void record(uint32_t inode) {
    if (inode > server.image.inodes) return;
    const unsigned bit = 1U << inode % 32;
    if (atomic_fetch_or(&server.recorded[inode / 32], bit) & bit) return;
    const uint32_t number = htole32(inode);
    if (write(RECORD_FD, &number, sizeof number) < 0) return;
}

/* Before the sandbox, which lets a file be written to, but none be opened. */
static void open_record(const char *file) {
    const int opened = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (opened < 0) fail_errno("cannot open the record");
    if (opened == RECORD_FD) return;
    if (dup2(opened, RECORD_FD) < 0) fail_errno("cannot keep the record");
    close(opened);
}

/* Zero pages until they are written to: what is used is what the image's files really are. */
static record_read *prepare_record(void) {
    const size_t size = ((size_t)server.image.inodes / 32 + 1) * sizeof *server.recorded;
    server.recorded = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (server.recorded == MAP_FAILED) fail("out of memory");
    return record;
}

/* As many threads as processors, each with a clone of the connection where the kernel gives one. */
static void prepare_channels(void) {
    cpu_set_t processors;
    int limit = sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : THREADS_MAX;
    server.limit = limit < THREADS_MIN ? THREADS_MIN : limit > THREADS_MAX ? THREADS_MAX : limit;
    for (int i = 0; i < server.limit; i++) server.channels[i] = FUSE_FD;
    for (int i = 1; i < server.limit; i++) {
        uint32_t original = FUSE_FD;
        const int clone = open("/dev/fuse", O_RDWR | O_CLOEXEC);
        if (clone < 0) return;
        if (clone < RECORD_FD || ioctl(clone, FUSE_DEV_IOC_CLONE, &original) != 0) {
            close(clone);
            return;
        }
        server.channels[i] = clone;
    }
}

static uint64_t number_of(const char *digits) {
    char *end;
    errno = 0;
    const uint64_t number = strtoumax(digits, &end, 10);
    if (errno || end == digits || *end || digits[0] == '-' || number > INT64_MAX) fail("an argument is not a number");
    return number;
}

/* How many bytes there are from the offset on, or as many as were asked for. */
static uint64_t length_of(uint64_t offset, const char *digits) {
    struct stat status;
    if (fstat(IMAGE_FD, &status) != 0) fail_errno("descriptor 3 is no image");
    if (!S_ISREG(status.st_mode)) return digits ? number_of(digits) : (uint64_t)INT64_MAX - offset;
    if (offset > (uint64_t)status.st_size) fail("the offset is behind the end of the image");
    const uint64_t left = (uint64_t)status.st_size - offset;
    const uint64_t asked = digits ? number_of(digits) : left;
    if (asked > left) fail("the image is cut short");
    return asked;
}

static void prepare_memory(void) {
    mallopt(M_ARENA_MAX, 1); /* the caches know their locks; an arena for each thread would only be larger */
    mallopt(M_MMAP_THRESHOLD, HEAP + PAGE);
    mallopt(M_TRIM_THRESHOLD, INT_MAX); /* a time of rest gives back */
    prepare_heap();
}

int main(int argc, char **argv) {
    const bool recording = argc > 2 && strcmp(argv[1], "--record") == 0;
    if (recording) open_record(argv[2]);
    argv += recording ? 2 : 0;
    argc -= recording ? 2 : 0;
    if (argc != 2 && argc != 3) fail("usage: squashfs-server [--record FILE] OFFSET [LENGTH]");
    const uint64_t offset = number_of(argv[1]), length = length_of(offset, argc == 3 ? argv[2] : NULL);
    syscall(SYS_close_range, recording ? RECORD_FD + 1 : RECORD_FD, ~0U, 0);
    prepare_channels();
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    prepare_signals();
    prepare_memory();
    const char *wrong = sandbox_enter();
    if (wrong) fail_errno(wrong);
    struct session session = session_new(&server.channels[0]);
    wrong = image_open(&server.image, &session.reader, IMAGE_FD, offset, length);
    if (wrong) fail(wrong);
    if (recording) session.on_read = server.on_read = prepare_record();
    server.image.on_work = on_work;
    server.threads = 1;
    serve_one(&session); /* INIT */
    close(STDERR_FILENO);
    for (;;) serve_one(&session);
}
