#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "launch.h"
#include "plan.h"
#include "stored.h"

#define MAGIC "KERRSTO2"
#define UNFINISHED "new-"

enum {
    KEY_MAX = 256 * 1024,
    INPUTS_MAX = 256 * 1024, /* and of what was said */
    REUSE_HEADER_SIZE = 12,
    WORDS_MAX = 256,  /* the image is among so many words, or is not looked for */
    JUST_NOW_NS = 2000000000, /* a file that has just changed may change again without another time */
    NS = 1000000000,
};

struct stored_header {
    char magic[8];
    uint32_t key_size, said_size, inputs_size, plan_size, fewest_words, padding;
    uint64_t checksum; /* of all behind the header */
};

/* What an input is like; what does not matter of it is 0, as all is of one that is not there. */
struct input {
    uint32_t mode;
    char look; /* 'n' the file itself: what it is; 'p' where it leads: which file that is; 'c' that, and its content */
    char padding[3];
    uint64_t device, inode, size;
    int64_t modified_ns, changed_ns;
};

static bool is_option_variable(const char *variable) {
    static const char *const FAMILIES[] = {"KERR", "APPTAINER", "SINGULARITY", "NVIDIA_"};
    static const char *const OTHERS[] = {"PWD=", "HOME=", "USER=", "PATH="};
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++)
        if (strncmp(variable, FAMILIES[i], strlen(FAMILIES[i])) == 0) return true;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (strncmp(variable, OTHERS[i], strlen(OTHERS[i])) == 0) return true;
    return false;
}

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void add_variables(struct buffer *key) {
    size_t count = 0, all = 0;
    while (environ[all]) all++;
    char **chosen = calloc(all + 1, sizeof *chosen);
    for (size_t i = 0; chosen && i < all; i++)
        if (is_option_variable(environ[i])) chosen[count++] = environ[i];
    if (chosen) qsort(chosen, count, sizeof *chosen, compare);
    for (size_t i = 0; i < count; i++) add_text(key, chosen[i]);
    if (!chosen) key->size = key->room + 1;
    free(chosen);
    add_text(key, "");
}

/* What /proc says of us that a plan depends on: the lines with our ids, groups and capabilities. */
static void add_status(struct buffer *key) {
    static const char *const LINES[] = {"Uid:", "Gid:", "Groups:", "CapEff:"};
    char text[16 * 1024];
    const int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    if (size <= 0) key->size = key->room + 1;
    text[size > 0 ? size : 0] = '\0';
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
        for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
            if (strncmp(line, LINES[i], strlen(LINES[i])) == 0) add_text(key, line);
}

static void add_file(struct buffer *key, const char *path) {
    uint8_t text[4096];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (fd >= 0) close(fd);
    if (size > 0) add(key, text, (size_t)size);
    add_text(key, "");
}

static int64_t nanoseconds(struct timespec time) { return (int64_t)time.tv_sec * NS + time.tv_nsec; }

/* How an input is now. */
static void observe(const char *path, char look, struct input *input) {
    struct stat status;
    memset(input, 0, sizeof *input);
    input->look = look;
    if (fstatat(AT_FDCWD, path, &status, look == 'n' ? AT_SYMLINK_NOFOLLOW : 0) != 0) return;
    input->mode = status.st_mode;
    input->device = status.st_dev;
    input->inode = status.st_ino;
    if (look == 'c' || S_ISLNK(status.st_mode)) {
        input->size = (uint64_t)status.st_size;
        input->modified_ns = nanoseconds(status.st_mtim);
        input->changed_ns = nanoseconds(status.st_ctim);
    }
}

/* All of the key but the words. */
static void begin_key(const struct installation *installation, struct buffer *key) {
    char text[PATH_MAX + 64], terminal[64];
    struct input program;
    struct utsname system;
    add_variables(key);
    add_status(key);
    add_file(key, "/proc/self/uid_map");
    if (getcwd(text, PATH_MAX)) add_text(key, text);
    const ssize_t length = readlink("/proc/self/fd/0", terminal, sizeof terminal - 1);
    if (length < 0) key->size = key->room + 1;
    terminal[length > 0 ? length : 0] = '\0';
    add_text(key, strncmp(terminal, "/dev/pts/", 9) == 0 || strncmp(terminal, "/dev/tty", 8) == 0 ? terminal : "");
    if (uname(&system) == 0) add_text(key, system.release);
    add_text(key, installation->prefix);
    snprintf(text, sizeof text, "%s/lib/kerr/kerr.jar", installation->prefix);
    observe(text, 'c', &program);
    add(key, &program, sizeof program);
}

/* Whether nobody but us can have written to it. */
static bool is_ours_alone(int fd, mode_t type, struct stat *status) {
    return fstat(fd, status) == 0 && status->st_uid == geteuid() && (status->st_mode & (S_IFMT | 022)) == type;
}

static const char *setting(const char *suffix) {
    static const char *const FAMILIES[] = {"KERR_", "APPTAINER_", "SINGULARITY_"};
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", FAMILIES[i], suffix);
        const char *value = getenv(name);
        if (value && *value) return value;
    }
    return NULL;
}

/* Makes a directory in one of ours: what root makes in the home that it has from a user would be in that user's way. */
static void make_directory(const char *path) {
    char above[PATH_MAX];
    snprintf(above, sizeof above, "%s", path);
    char *slash = strrchr(above, '/');
    if (slash == above) return;
    *slash = '\0';
    struct stat status;
    const int directory = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0 && fstat(directory, &status) == 0 && status.st_uid == geteuid())
        mkdirat(directory, slash + 1, 0700);
    if (directory >= 0) close(directory);
}

/* The directory of the plans, ours alone; -1 if there is none. */
static int open_directory(bool make) {
    char path[PATH_MAX];
    const char *runtime = getenv("XDG_RUNTIME_DIR"), *user = setting("CONFIGDIR"), *home = getenv("HOME");
    int length = -1;
    if (runtime && runtime[0] == '/')
        length = snprintf(path, sizeof path, "%s/kerr", runtime);
    else if (user && user[0] == '/')
        length = snprintf(path, sizeof path, "%s", user);
    else if (home && home[0] == '/')
        length = snprintf(path, sizeof path, "%s/.kerr", home);
    if (length < 0 || length + 7 > (int)sizeof path) return -1;
    if (make) make_directory(path);
    strcpy(path + length, "/plans");
    if (make) make_directory(path);
    struct stat status;
    const int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory >= 0 && is_ours_alone(directory, S_IFDIR, &status)) return directory;
    if (directory >= 0) close(directory);
    return -1;
}

static bool is_switched_off(void) { return setting("NO_STORED_PLAN") != NULL; }

static bool write_all(int fd, const void *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        const ssize_t n = write(fd, (const uint8_t *)bytes + done, size - done);
        if (n <= 0) return false;
        done += (size_t)n;
    }
    return true;
}

/* Whether all inputs are as they were. */
static bool are_same(const uint8_t *at, const uint8_t *end) {
    while (at < end) {
        struct input was, is;
        const size_t left = (size_t)(end - at);
        if (left <= sizeof was) return false;
        memcpy(&was, at, sizeof was);
        const char *path = (const char *)at + sizeof was;
        const size_t length = strnlen(path, left - sizeof was);
        if (length == left - sizeof was) return false;
        observe(path, was.look, &is);
        if (!memchr("npc", was.look, 3) || memcmp(&was, &is, sizeof is) != 0) return false;
        at += sizeof was + length + 1;
    }
    return true;
}

/* Reads a whole stored plan; 0 if there is none that is ours, whole, young, and of this key. */
static size_t read_stored(int directory, const struct buffer *key, size_t words_left, uint8_t *bytes) {
    static uint8_t file[sizeof(struct stored_header) + KEY_MAX + INPUTS_MAX + PLAN_BYTES_MAX];
    char name[32];
    struct stat status;
    struct stored_header header;
    snprintf(name, sizeof name, "%016llx", (unsigned long long)hash(key->bytes, key->size));
    const int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return 0;
    size_t size = 0;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now); /* time() lags behind what Linux 6.13 and later write to files */
    if (is_ours_alone(fd, S_IFREG, &status) && now.tv_sec >= status.st_mtime &&
        now.tv_sec - status.st_mtime < STORED_AGE_MAX)
        for (ssize_t n; size < sizeof file && (n = read(fd, file + size, sizeof file - size)) > 0;) size += (size_t)n;
    close(fd);
    if (size < sizeof header) return 0;
    memcpy(&header, file, sizeof header);
    const uint8_t *at = file + sizeof header;
    const uint64_t sizes = (uint64_t)header.key_size + header.said_size + header.inputs_size + header.plan_size;
    if (memcmp(header.magic, MAGIC, sizeof header.magic) != 0 || header.padding != 0 || sizes != size - sizeof header ||
        header.plan_size > PLAN_BYTES_MAX || header.checksum != hash(at, size - sizeof header) ||
        header.fewest_words > words_left || header.key_size != key->size || memcmp(at, key->bytes, key->size) != 0)
        return 0;
    const uint8_t *said = at + header.key_size, *inputs = said + header.said_size;
    if (!are_same(inputs, inputs + header.inputs_size)) return 0;
    write_all(STDERR_FILENO, said, header.said_size);
    memcpy(bytes, inputs + header.inputs_size, header.plan_size);
    return header.plan_size;
}

size_t stored_find(const struct installation *installation, size_t argc, char *const *argv, uint8_t *bytes) {
    static uint8_t room[KEY_MAX];
    struct buffer key = {.bytes = room, .room = sizeof room};
    const int directory = is_switched_off() ? -1 : open_directory(false);
    if (directory < 0) return 0;
    begin_key(installation, &key);
    size_t size = 0;
    for (size_t i = 1; i < argc && i < WORDS_MAX && size == 0 && fits(&key); i++) {
        add_text(&key, argv[i]);
        const bool may_be_image = i > 1 && argv[i][0] != '-'; /* a word before it is known by the stored plan */
        if (may_be_image && fits(&key)) size = read_stored(directory, &key, argc - i - 1, bytes);
    }
    close(directory);
    return size;
}

/* Whether an input is as the planner saw it: '-' nothing, 'd', 'f', 'l', 'o' another. */
static bool is_seen(char seen, const struct input *input) {
    switch (seen) {
    case '-': return input->mode == 0;
    case 'd': return S_ISDIR(input->mode);
    case 'f': return S_ISREG(input->mode);
    case 'l': return S_ISLNK(input->mode);
    default: return input->mode != 0;
    }
}

/* Observes the inputs that the planner names. Returns false if one is not, or may not stay, as the planner saw it. */
static bool observe_all(const uint8_t *at, const uint8_t *end, struct buffer *inputs) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    while (at < end) {
        const size_t length = strnlen((const char *)at, (size_t)(end - at));
        if (length < 3 || length == (size_t)(end - at)) return false;
        struct input input;
        const char *path = (const char *)at + 2;
        observe(path, (char)at[0], &input);
        const bool is_settled = input.modified_ns < nanoseconds(time) - JUST_NOW_NS &&
                                input.changed_ns < nanoseconds(time) - JUST_NOW_NS;
        if (!is_seen((char)at[1], &input) || !is_settled) return false;
        add(inputs, &input, sizeof input);
        add_text(inputs, path);
        at += length + 1;
    }
    return fits(inputs);
}

/* Whether the images are those that were planned for: a plan for another would be refused each time. */
static bool has_its_images(const uint8_t *bytes, size_t size) {
    struct plan plan;
    struct stat status;
    if (plan_decode(bytes, size, &plan)) return false;
    bool has = true;
    for (size_t i = 0; i < plan.count; i++)
        if (plan.ops[i].code == OP_IMAGE)
            has = has && stat(plan.ops[i].argv[1], &status) == 0 && image_is_planned(&plan.ops[i], &status);
    plan_free(&plan);
    return has;
}

/* Whether a file is one of write_stored's that was killed. */
static bool is_abandoned(const char *name) {
    return strncmp(name, UNFINISHED, strlen(UNFINISHED)) == 0 &&
           kill((pid_t)strtol(name + strlen(UNFINISHED), NULL, 10), 0) != 0 && errno == ESRCH;
}

/* Plans are for one day: where there are many, all go. */
static void make_room(int directory) {
    const int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = copy < 0 ? NULL : fdopendir(copy);
    if (!names) return;
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(names));) {
        count += entry->d_name[0] != '.';
        if (is_abandoned(entry->d_name)) unlinkat(directory, entry->d_name, 0);
    }
    rewinddir(names);
    for (const struct dirent *entry; count > STORED_COUNT_MAX && (entry = readdir(names));)
        if (entry->d_name[0] != '.') unlinkat(directory, entry->d_name, 0);
    closedir(names);
}

/* The file appears whole or not at all. */
static void write_stored(int directory, const struct stored_header *header, const struct buffer *content) {
    char made[32], name[32];
    snprintf(made, sizeof made, UNFINISHED "%d", (int)getpid());
    snprintf(name, sizeof name, "%016llx", (unsigned long long)hash(content->bytes, header->key_size));
    const int fd = openat(directory, made, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return;
    const bool whole =
        write_all(fd, header, sizeof *header) && write_all(fd, content->bytes, content->size);
    close(fd);
    if (!whole || renameat(directory, made, directory, name) != 0) unlinkat(directory, made, 0);
}

void stored_keep(const struct installation *installation, size_t argc, char *const *argv, const uint8_t *plan,
                 size_t plan_size, const uint8_t *reuse, size_t reuse_size) {
    static uint8_t room[KEY_MAX + INPUTS_MAX + PLAN_BYTES_MAX];
    struct buffer content = {.bytes = room, .room = KEY_MAX};
    if (reuse_size < REUSE_HEADER_SIZE || is_switched_off()) return;
    const size_t image_word = plan_u32(reuse), said_size = plan_u32(reuse + 8);
    const uint8_t *said = reuse + REUSE_HEADER_SIZE, *end = reuse + reuse_size;
    if (image_word < 2 || image_word >= argc || image_word >= WORDS_MAX || said_size > (size_t)(end - said)) return;
    begin_key(installation, &content);
    for (size_t i = 1; i <= image_word; i++) add_text(&content, argv[i]);
    if (!fits(&content)) return;
    struct stored_header header = {.key_size = (uint32_t)content.size, .fewest_words = plan_u32(reuse + 4)};
    memcpy(header.magic, MAGIC, sizeof header.magic);
    content.room = content.size + INPUTS_MAX;
    add(&content, said, said_size);
    if (!observe_all(said + said_size, end, &content) || !has_its_images(plan, plan_size)) return;
    header.said_size = (uint32_t)said_size;
    header.inputs_size = (uint32_t)content.size - header.key_size - header.said_size;
    header.plan_size = (uint32_t)plan_size;
    content.room = sizeof room;
    add(&content, plan, plan_size);
    if (!fits(&content)) return;
    header.checksum = hash(content.bytes, content.size);
    const int directory = open_directory(true);
    if (directory < 0) return;
    make_room(directory);
    write_stored(directory, &header, &content);
    close(directory);
}
