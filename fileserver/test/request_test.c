/* The handlers against the tree that the images were made of.
 *
 *   request_test DIRECTORY      of make_images.sh
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "../../starter/test/tap.h"
#include "client.h"

enum { CONTENT_MAX = 2 << 20, LIST_ROOM = 65536 };

static struct client client;
static int differences;

static void differs(const char *path, const char *what) {
    if (differences++ < 10) printf("#   %s: %s\n", path, what);
}

static uint32_t device_of(dev_t device) { /* as the kernel encodes it */
    return (minor(device) & 0xff) | (major(device) << 8) | ((minor(device) & ~0xffu) << 12);
}

static void compare_attributes(const char *path, const struct stat *status, const struct fuse_attr *attr) {
    if (attr->mode != status->st_mode) differs(path, "mode");
    if (attr->uid != status->st_uid || attr->gid != status->st_gid) differs(path, "owner");
    if ((int64_t)attr->mtime != status->st_mtim.tv_sec) differs(path, "time");
    if (!S_ISDIR(status->st_mode) && attr->nlink != status->st_nlink) differs(path, "links");
    if (!S_ISDIR(status->st_mode) && attr->size != (uint64_t)status->st_size) differs(path, "size");
    if ((S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) && attr->rdev != device_of(status->st_rdev))
        differs(path, "device");
}

/* Reads a file in requests of `step` bytes, the first of which begins at `from`. */
static void compare_content(const char *path, uint64_t node, size_t from, uint32_t step) {
    static uint8_t content[CONTENT_MAX];
    const int file = open(path, O_RDONLY);
    const ssize_t size = read(file, content, sizeof content);
    close(file);
    for (size_t at = from; at < (size_t)size; at += step) {
        const size_t left = (size_t)size - at, due = left < step ? left : step;
        const int error = ask_read(&client, FUSE_READ, node, at, step);
        if (error || client.size != due || memcmp(client.content, content + at, due) != 0) {
            differs(path, "content");
            return;
        }
    }
    if (ask_read(&client, FUSE_READ, node, (uint64_t)size, step) != 0 || client.size != 0) differs(path, "end");
}

static void compare_target(const char *path, uint64_t node) {
    char target[4096];
    const ssize_t size = readlink(path, target, sizeof target);
    const int error = ask(&client, FUSE_READLINK, node, NULL, 0);
    if (error || client.size != (size_t)size || memcmp(target, client.content, client.size) != 0)
        differs(path, "target");
}

static void compare_xattrs(const char *path, uint64_t node) {
    char names[LIST_ROOM], value[LIST_ROOM];
    const ssize_t size = llistxattr(path, names, sizeof names);
    size_t total = 0;
    for (const char *name = names; name < names + size; name += strlen(name) + 1) {
        const ssize_t length = lgetxattr(path, name, value, sizeof value);
        if (strncmp(name, "user.", 5) != 0 && strncmp(name, "trusted.", 8) != 0 && strncmp(name, "security.", 9) != 0)
            continue;
        total += strlen(name) + 1;
        if (ask_xattr(&client, node, name, LIST_ROOM) || client.size != (size_t)length ||
            memcmp(client.content, value, client.size) != 0)
            differs(path, name);
        if (ask_xattr(&client, node, name, (uint32_t)length - 1) != -ERANGE) differs(path, "a value without room");
    }
    if (ask_xattr(&client, node, NULL, LIST_ROOM) || client.size != total) differs(path, "names of attributes");
}

static void compare_node(const char *path, uint64_t parent, const char *name, bool xattrs);

static void compare_directory(const char *path, uint64_t node, bool xattrs) {
    DIR *directory = opendir(path);
    for (const struct dirent *entry; (entry = readdir(directory));) {
        char below[8192];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        compare_node(below, node, entry->d_name, xattrs);
    }
    closedir(directory);
}

static void compare_node(const char *path, uint64_t parent, const char *name, bool xattrs) {
    struct fuse_entry_out entry;
    struct stat status;
    if (lstat(path, &status) != 0 || ask_lookup(&client, parent, name, &entry) != 0 || entry.nodeid == 0) {
        differs(path, "is not there");
        return;
    }
    compare_attributes(path, &status, &entry.attr);
    if (xattrs) compare_xattrs(path, entry.nodeid);
    if (S_ISLNK(status.st_mode)) compare_target(path, entry.nodeid);
    if (S_ISDIR(status.st_mode)) compare_directory(path, entry.nodeid, xattrs);
    if (S_ISREG(status.st_mode)) {
        compare_content(path, entry.nodeid, 0, 131072);
        compare_content(path, entry.nodeid, 0, 1 << 20);
        compare_content(path, entry.nodeid, 1, 5000);
    }
}

/* Counts the names that a directory's listing has when it is read with so much room. */
static int count_entries(uint64_t node, uint32_t room, bool plus, uint64_t *sum) {
    int count = 0;
    uint64_t offset = 0;
    *sum = 0;
    for (;;) {
        if (ask_read(&client, plus ? FUSE_READDIRPLUS : FUSE_READDIR, node, offset, room) != 0) return -1;
        if (client.size == 0) return count;
        if (client.size > room) return -2;
        for (size_t at = 0; at < client.size; count++) {
            struct fuse_dirent dirent;
            const size_t head = at + (plus ? sizeof(struct fuse_entry_out) : 0);
            memcpy(&dirent, client.content + head, sizeof dirent);
            offset = dirent.off;
            const uint8_t *name = client.content + head + FUSE_NAME_OFFSET;
            for (uint32_t i = 0; i < dirent.namelen; i++) *sum = *sum * 31 + name[i];
            at += FUSE_DIRENT_ALIGN(head - at + FUSE_NAME_OFFSET + dirent.namelen);
        }
    }
}

static void test_listings(void) {
    struct fuse_entry_out entry;
    uint64_t sum, other;
    ok(ask_lookup(&client, FUSE_ROOT_ID, "many", &entry) == 0, "a directory is found");
    ok(count_entries(entry.nodeid, 1 << 20, false, &sum) == 602, "a listing has all names, and the dots");
    ok(count_entries(entry.nodeid, 100, false, &other) == 602 && other == sum, "in small parts it is the same");
    ok(count_entries(entry.nodeid, 400, true, &other) == 602 && other == sum, "and so it is with attributes");
    ok(count_entries(entry.nodeid, 32768, true, &other) == 602 && other == sum, "in large parts too");
    ok(ask_read(&client, FUSE_READDIR, entry.nodeid, UINT64_MAX, 4096) < 0, "a place that no listing has is refused");
    struct fuse_entry_out none;
    ok(ask_lookup(&client, entry.nodeid, "file-0000", &none) == 0 && none.nodeid == 0 && none.entry_valid > 1000000,
       "a name before all others is not there, for good");
    ok(ask_lookup(&client, entry.nodeid, "zzz", &none) == 0 && none.nodeid == 0, "nor is one behind all others");
    ok(ask_lookup(&client, entry.nodeid, "file-0001x", &none) == 0 && none.nodeid == 0, "nor is one between them");
}

static void test_links(void) {
    struct fuse_entry_out one, a, other;
    ask_lookup(&client, FUSE_ROOT_ID, "small", &one);
    ask_lookup(&client, FUSE_ROOT_ID, "a", &a);
    ask_lookup(&client, a.nodeid, "hard-link", &other);
    ok(one.nodeid == other.nodeid && one.attr.nlink == 2, "two names of a file are one node");
}

static void test_protocol(void) {
    struct fuse_init_in init = {.major = 7, .minor = 40, .max_readahead = 131072, .flags = ~0u};
    struct fuse_init_out out;
    ok(ask(&client, FUSE_INIT, 0, &init, sizeof init) == 0, "a connection begins");
    memcpy(&out, client.content, sizeof out);
    ok(out.major == 7 && out.max_pages == 256 && out.max_readahead == 131072 && !(out.flags & FUSE_WRITEBACK_CACHE),
       "with what we can do, and no more");
    init.minor = 26;
    ok(ask(&client, FUSE_INIT, 0, &init, sizeof init) == -EPROTO, "an old kernel is refused");
    ok(ask(&client, FUSE_INIT, 0, NULL, 0) == -EPROTO, "and so is one that does not say its version");
    ok(ask(&client, FUSE_OPEN, 1, NULL, 0) == -ENOSYS, "files are not opened");
    ok(ask(&client, FUSE_OPENDIR, 1, NULL, 0) == -ENOSYS, "nor are directories");
    ok(ask(&client, FUSE_WRITE, 1, NULL, 0) == -EROFS, "nothing is written");
    ok(ask(&client, 9999, 1, NULL, 0) == -ENOSYS, "what we do not know is not done");
    ok(ask(&client, FUSE_FORGET, 1, NULL, 0) == -1000, "to forget is not answered");
    ok(ask(&client, FUSE_INTERRUPT, 1, NULL, 0) == -1000, "nor is an interrupt");
    ok(ask(&client, FUSE_STATFS, 1, NULL, 0) == 0, "the file system has a size");
    ok(ask(&client, FUSE_GETATTR, 0, NULL, 0) == -ESTALE, "node 0 is none");
    ok(ask(&client, FUSE_GETATTR, UINT64_MAX, NULL, 0) == -ESTALE, "nor is the highest number");
    ok(ask(&client, FUSE_GETATTR, (UINT64_C(1) << 48) + 1, NULL, 0) == -EIO, "nor one behind the table");
    ok(ask(&client, FUSE_LOOKUP, 1, "abc", 3) == -EINVAL, "a name without an end is refused");
    ok(ask(&client, FUSE_READ, 1, "abc", 3) == -EINVAL, "a short request is refused");
    ok(ask_read(&client, FUSE_READ, 1, 0, 4096) == -EINVAL, "a directory has no content");
    ok(ask(&client, FUSE_READLINK, 1, NULL, 0) == -EINVAL, "and no target");
}

static void test_image(const char *directory, const char *name) {
    char path[4096], tree[4096], sentence[4200];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(tree, sizeof tree, "%s/tree", directory);
    const int file = open(path, O_RDONLY);
    const char *wrong = client_open(&client, file, 0, (uint64_t)lseek(file, 0, SEEK_END));
    if (wrong) printf("#   %s: %s\n", path, wrong);
    snprintf(sentence, sizeof sentence, "%s is opened", name);
    if (ok(!wrong, sentence)) {
        const bool xattrs = client.image.xattr_table != NO_TABLE;
        differences = 0;
        compare_directory(tree, FUSE_ROOT_ID, xattrs);
        snprintf(sentence, sizeof sentence, "%s has what the tree has", name);
        ok(differences == 0, sentence);
        test_listings();
        test_links();
        test_protocol();
        ok(xattrs || ask_xattr(&client, 1, NULL, 0) == -ENOSYS, "without attributes none are asked for again");
    }
    client_close(&client);
    close(file);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    DIR *directory = opendir(argv[1]);
    for (const struct dirent *entry; directory && (entry = readdir(directory));)
        if (strstr(entry->d_name, ".sqfs")) test_image(argv[1], entry->d_name);
    if (directory) closedir(directory);
    ok(tap_cases > 10, "there were images");
    return tap_done();
}
