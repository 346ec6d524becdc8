/* Walks images whose bytes are not what they were: everything that can be asked for is, and nothing may happen but
 * errors. A crash or a leak is the sanitizers' to tell; what takes more than ten seconds is ended by an alarm.
 *
 *   fuzz rounds|seconds NUMBER IMAGE…
 *
 * The seed is the same each time: a crash comes again. The image that made it is in ./crash.sqfs.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "client.h"

enum { IMAGE_MAX = 4 << 20, NODES_MAX = 400, CHANGES_MAX = 8, HANG_SECONDS = 10, SUPERBLOCK = 96 };

static uint8_t original[IMAGE_MAX], broken[IMAGE_MAX];
static struct client client;
static unsigned long nodes;

static uint64_t random_next(void) {
    static uint64_t state = 0x9e3779b97f4a7c15u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t random_below(size_t limit) { return (size_t)(random_next() % limit); }

/* Names of attributes, each asked for, with and without room. */
static void walk_xattrs(uint64_t node) {
    static char names[65536 + 1];
    if (ask_xattr(&client, node, NULL, 65536)) return;
    const size_t size = client.size;
    memcpy(names, client.content, size);
    names[size] = '\0';
    for (const char *name = names; name < names + size; name += strlen(name) + 1) {
        if (strlen(name) > 400) abort();
        ask_xattr(&client, node, name, 65536);
        ask_xattr(&client, node, name, 0);
    }
}

static void walk_content(uint64_t node, uint64_t size) {
    ask_read(&client, FUSE_READ, node, 0, 65536);
    ask_read(&client, FUSE_READ, node, size / 2, 4096);
    ask_read(&client, FUSE_READ, node, size > 5000 ? size - 5000 : 0, 1 << 20);
    ask_read(&client, FUSE_READ, node, random_next() >> random_below(64), 131072);
}

/* Asks for everything that a node may have. Returns whether it is a directory. */
static int walk_node(uint64_t node) {
    struct fuse_attr_out out;
    nodes++;
    walk_xattrs(node);
    if (ask(&client, FUSE_GETATTR, node, NULL, 0)) return 0;
    memcpy(&out, client.content, sizeof out);
    if (S_ISLNK(out.attr.mode)) ask(&client, FUSE_READLINK, node, NULL, 0);
    if (S_ISREG(out.attr.mode)) walk_content(node, out.attr.size);
    return S_ISDIR(out.attr.mode);
}

/* The nodes to walk; also those of directories that contain themselves, so the number is bounded. */
static uint64_t queue[NODES_MAX];
static size_t queued;

/* One part of a listing. Returns where the next one begins, 0 if there is none. */
static uint64_t walk_listing(uint64_t node, uint64_t offset, char *last) {
    if (ask_read(&client, FUSE_READDIRPLUS, node, offset, 8192)) return 0;
    offset = 0;
    for (size_t at = 0; at < client.size;) {
        struct fuse_direntplus entry;
        memcpy(&entry, client.content + at, sizeof entry);
        if (entry.dirent.namelen > 256 || at + sizeof entry + entry.dirent.namelen > client.size) abort();
        memcpy(last, client.content + at + sizeof entry, entry.dirent.namelen);
        last[entry.dirent.namelen] = '\0';
        if (entry.entry_out.nodeid && queued < NODES_MAX) queue[queued++] = entry.entry_out.nodeid;
        offset = entry.dirent.off;
        at += FUSE_DIRENT_ALIGN(sizeof entry + entry.dirent.namelen);
    }
    return offset;
}

static void walk_directory(uint64_t node) {
    struct fuse_entry_out entry;
    char last[257];
    uint64_t offset = 0;
    for (int parts = 0; parts < 20 && (parts == 0 || offset); parts++) {
        offset = walk_listing(node, offset, last);
        if (offset) ask_lookup(&client, node, last, &entry);
    }
    ask_lookup(&client, node, "m", &entry);
    ask_read(&client, FUSE_READDIR, node, random_next() >> random_below(64), 4096);
}

static void walk(int file, uint64_t length) {
    if (!client_open(&client, file, 0, length)) {
        ask(&client, FUSE_STATFS, 1, NULL, 0);
        walk_node(random_next() >> random_below(64));
        queue[0] = FUSE_ROOT_ID;
        queued = 1;
        for (size_t i = 0; i < queued; i++)
            if (walk_node(queue[i])) walk_directory(queue[i]);
    }
    client_close(&client);
}

/* Most changes fall on the metadata, which is at the end. */
static size_t random_place(size_t size) {
    uint64_t tables;
    memcpy(&tables, original + 64, sizeof tables);
    switch (random_below(8)) {
    case 0: return random_below(SUPERBLOCK);
    case 1: return random_below(size);
    default: return tables < size ? tables + random_below(size - tables) : random_below(size);
    }
}

static size_t mutate(size_t size) {
    static const uint8_t INTERESTING[] = {0, 1, 0x7f, 0x80, 0xff};
    for (size_t i = 1 + random_below(CHANGES_MAX); i > 0; i--) {
        const size_t at = random_place(size);
        switch (random_below(4)) {
        case 0: broken[at] ^= (uint8_t)(1u << random_below(8)); break;
        case 1: broken[at] = INTERESTING[random_below(sizeof INTERESTING)]; break;
        case 2: broken[at] = (uint8_t)random_next(); break;
        default: memset(broken + at, random_below(2) ? 0xff : 0, size - at < 4 ? size - at : 4); break;
        }
    }
    return random_below(10) == 0 ? random_below(size) : size;
}

static void one_round(int file, size_t size) {
    memcpy(broken, original, size);
    const size_t length = mutate(size);
    if (pwrite(file, broken, size, 0) != (ssize_t)size || ftruncate(file, (off_t)length) != 0) abort();
    alarm(HANG_SECONDS);
    walk(file, random_below(2) ? length : size); /* the file may have become shorter since it was looked at */
    alarm(0);
}

static size_t load(const char *path) {
    const int file = open(path, O_RDONLY);
    const ssize_t size = file < 0 ? -1 : read(file, original, sizeof original);
    if (size < SUPERBLOCK) {
        perror(path);
        exit(1);
    }
    close(file);
    return (size_t)size;
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    const bool seconds = strcmp(argv[1], "seconds") == 0;
    const long number = strtol(argv[2], NULL, 10);
    const time_t end = time(NULL) + number;
    const int file = open("crash.sqfs", O_RDWR | O_CREAT | O_TRUNC, 0644);
    long rounds = 0;
    while (seconds ? time(NULL) < end : rounds < number) {
        const size_t size = load(argv[3 + rounds / 20 % (argc - 3)]);
        for (int i = 0; i < 20; i++, rounds++) one_round(file, size);
    }
    close(file);
    remove("crash.sqfs");
    printf("%ld broken images, %lu nodes walked, no crash\n", rounds, nodes);
    return 0;
}
