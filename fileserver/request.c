/* A node's number is 1 for the root, else 2 + the reference of its inode: nothing needs to be remembered between two
 * requests, and the names of a file with several all lead to the same node. Nothing ever changes, so the kernel may
 * keep all that it learns, also that there is no such name. */
#include "request.h"

#include <dirent.h>
#include <errno.h>
#include <linux/fuse.h>
#include <string.h>
#include <sys/stat.h>

#include "data.h"
#include "directory.h"
#include "xattr.h"

enum { NODE_SHIFT = 2, OLDEST_MINOR = 31, BACKGROUND = 128, WRITE_MAX = 4096, DOTS = 2 };

#define FOREVER UINT64_C(0x7fffffff) /* seconds: 68 years */
#define REFERENCE_END (UINT64_C(1) << 48)

struct call {
    struct session *session;
    const struct fuse_in_header *header;
    const void *body;
    size_t size;
};

size_t session_answer_room(void) { return sizeof(struct fuse_out_header) + CONTENT_ROOM; }

/* Where the answer's content goes. */
static uint8_t *content_of(const struct call *call) { return call->session->answer + sizeof(struct fuse_out_header); }

static void answer(const struct call *call, int error, size_t size) {
    const struct fuse_out_header header = {
        .len = (uint32_t)(sizeof header + size), .error = error, .unique = call->header->unique};
    memcpy(call->session->answer, &header, sizeof header);
    call->session->send(call->session, call->session->answer, header.len);
}

/* Answers with the first `size` bytes of the content, or with a negative errno. */
static void answer_size(const struct call *call, int64_t size) {
    answer(call, size < 0 ? (int)size : 0, size < 0 ? 0 : (size_t)size);
}

static void answer_with(const struct call *call, const void *bytes, size_t size) {
    memcpy(content_of(call), bytes, size);
    answer(call, 0, size);
}

/* The string that the body is from `at` on; NULL if it does not end there. */
static const char *string_of(const struct call *call, size_t at) {
    if (call->size <= at) return NULL;
    const char *string = (const char *)call->body + at;
    return memchr(string, '\0', call->size - at) ? string : NULL;
}

static uint64_t node_of(const struct image *image, uint64_t reference) {
    return reference == image->root ? FUSE_ROOT_ID : reference + NODE_SHIFT;
}

static int read_node(const struct call *call, struct inode *inode) {
    struct reader *reader = &call->session->reader;
    const uint64_t node = call->header->nodeid;
    if (node != FUSE_ROOT_ID && (node < NODE_SHIFT || node - NODE_SHIFT >= REFERENCE_END)) return -ESTALE;
    return inode_read(reader, node == FUSE_ROOT_ID ? reader->image->root : node - NODE_SHIFT, inode);
}

static int read_directory_node(const struct call *call, struct inode *inode) {
    const int error = read_node(call, inode);
    return error ? error : S_ISDIR(inode->mode) ? 0 : -ENOTDIR;
}

static struct fuse_attr attributes_of(const struct image *image, const struct inode *inode) {
    const uint64_t stored = inode->size - (inode->holes < inode->size ? inode->holes : inode->size);
    return (struct fuse_attr){
        .ino = inode->number,
        .size = inode->size,
        .blocks = (stored + 511) / 512,
        .atime = inode->modified,
        .mtime = inode->modified,
        .ctime = inode->modified,
        .mode = inode->mode,
        .nlink = inode->links,
        .uid = inode->uid,
        .gid = inode->gid,
        .rdev = inode->device,
        .blksize = image->block_size,
    };
}

static struct fuse_entry_out entry_of(const struct image *image, const struct inode *inode) {
    return (struct fuse_entry_out){
        .nodeid = node_of(image, inode->reference),
        .entry_valid = FOREVER,
        .attr_valid = FOREVER,
        .attr = attributes_of(image, inode),
    };
}

/* Listings always with attributes: left to its own judgement the kernel looks up all but the first part of a large
 * directory name by name, which takes `find` several times as long. */
static void do_init(const struct call *call) {
    struct fuse_init_in in = {0};
    const uint32_t wanted = FUSE_ASYNC_READ | FUSE_PARALLEL_DIROPS | FUSE_DO_READDIRPLUS | FUSE_CACHE_SYMLINKS |
                            FUSE_MAX_PAGES | FUSE_NO_OPEN_SUPPORT | FUSE_NO_OPENDIR_SUPPORT;
    memcpy(&in, call->body, call->size < sizeof in ? call->size : sizeof in);
    struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION};
    if (in.major < FUSE_KERNEL_VERSION || (in.major == FUSE_KERNEL_VERSION && in.minor < OLDEST_MINOR)) {
        answer(call, -EPROTO, 0);
        return;
    }
    if (in.major == FUSE_KERNEL_VERSION) { /* else it asks again, for our version */
        out.max_readahead = in.max_readahead;
        out.flags = in.flags & wanted;
        out.max_background = BACKGROUND;
        out.congestion_threshold = BACKGROUND * 3 / 4;
        out.max_write = WRITE_MAX;
        out.time_gran = 1;
        out.max_pages = PAGES_MAX;
    }
    answer_with(call, &out, sizeof out);
}

static void do_lookup(const struct call *call) {
    struct reader *reader = &call->session->reader;
    struct fuse_entry_out out = {.entry_valid = FOREVER}; /* node 0: there is no such name */
    const char *name = string_of(call, 0);
    uint64_t reference;
    struct inode inode;
    int error = name ? read_directory_node(call, &inode) : -EINVAL;
    if (!error) error = directory_lookup(reader, &inode, name, strlen(name), &reference);
    if (!error) error = inode_read(reader, reference, &inode);
    if (error && error != -ENOENT) {
        answer(call, error, 0);
        return;
    }
    if (!error) out = entry_of(reader->image, &inode);
    answer_with(call, &out, sizeof out);
}

static void do_getattr(const struct call *call) {
    struct inode inode;
    const int error = read_node(call, &inode);
    if (error) {
        answer(call, error, 0);
        return;
    }
    const struct fuse_attr_out out = {.attr_valid = FOREVER,
                                      .attr = attributes_of(call->session->reader.image, &inode)};
    answer_with(call, &out, sizeof out);
}

static void do_readlink(const struct call *call) {
    struct inode inode;
    int error = read_node(call, &inode);
    if (!error && !S_ISLNK(inode.mode)) error = -EINVAL;
    if (!error) error = inode_target(&call->session->reader, &inode, content_of(call));
    answer_size(call, error ? error : (int64_t)inode.size);
}

static void do_read(const struct call *call) {
    struct fuse_read_in in;
    struct inode inode;
    if (call->size < sizeof in) {
        answer(call, -EINVAL, 0);
        return;
    }
    memcpy(&in, call->body, sizeof in);
    int error = read_node(call, &inode);
    if (!error && !S_ISREG(inode.mode)) error = -EINVAL;
    if (error || in.offset >= inode.size) {
        answer(call, error, 0);
        return;
    }
    if (call->session->on_read) call->session->on_read(inode.number);
    uint64_t size = in.size < CONTENT_ROOM ? in.size : CONTENT_ROOM;
    if (size > inode.size - in.offset) size = inode.size - in.offset;
    error = data_read(&call->session->reader, &inode, in.offset, content_of(call), (size_t)size);
    answer_size(call, error ? error : (int64_t)size);
}

/* The content of an answer that grows. */
struct sink {
    const struct call *call;
    bool plus; /* with attributes */
    size_t size, room;
};

/* Puts an entry into the answer, `inode` may be NULL. Returns false if there is no room for it. */
static bool put_entry(struct sink *sink, const struct entry *entry, uint64_t next, const struct inode *inode) {
    const struct fuse_dirent dirent = {
        .ino = entry->number, .off = next, .namelen = entry->length, .type = entry->type};
    const size_t head = sink->plus ? FUSE_NAME_OFFSET_DIRENTPLUS : FUSE_NAME_OFFSET;
    const size_t size = FUSE_DIRENT_ALIGN(head + entry->length);
    if (size > sink->room - sink->size) return false;
    uint8_t *to = content_of(sink->call) + sink->size;
    memset(to, 0, size);
    if (inode) {
        const struct fuse_entry_out out = entry_of(sink->call->session->reader.image, inode);
        memcpy(to, &out, sizeof out);
    }
    memcpy(to + head - FUSE_NAME_OFFSET, &dirent, FUSE_NAME_OFFSET);
    memcpy(to + head, entry->name, entry->length);
    sink->size += size;
    return true;
}

/* An entry without a node tells the kernel nothing but the name: so it is with `.` and `..`, and with a broken inode,
 * whose error is for him who asks for that inode. */
static bool put_listed(struct sink *sink, struct entry *entry, uint64_t next) {
    static const uint8_t TYPES[] = {0, DT_DIR, DT_REG, DT_LNK, DT_BLK, DT_CHR, DT_FIFO, DT_SOCK};
    struct inode inode;
    entry->type = TYPES[entry->type];
    const bool known = sink->plus && inode_read(&sink->call->session->reader, entry->reference, &inode) == 0;
    return put_entry(sink, entry, next, known ? &inode : NULL);
}

static bool put_dots(struct sink *sink, const struct inode *directory, uint64_t from) {
    for (uint64_t i = from; i < DOTS; i++) {
        const struct entry dot = {.number = i == 0 ? directory->number : directory->parent,
                                  .type = DT_DIR,
                                  .length = (uint32_t)i + 1,
                                  .name = ".."};
        if (!put_entry(sink, &dot, i + 1, NULL)) return false;
    }
    return true;
}

/* Returns 0 or a negative errno. */
static int put_listing(struct sink *sink, const struct inode *directory, uint64_t from) {
    struct listing listing = listing_begin(&sink->call->session->reader, directory);
    struct entry entry;
    int result = from > DOTS ? listing_seek(&listing, directory, from - DOTS) : 0;
    if (result == 0) do {
            result = listing_next(&listing, &entry);
        } while (result > 0 && put_listed(sink, &entry, DOTS + listing_place(&listing)));
    listing_end(&listing);
    return result < 0 ? result : 0;
}

static void read_directory(const struct call *call, bool plus) {
    struct fuse_read_in in;
    struct inode directory;
    if (call->size < sizeof in) {
        answer(call, -EINVAL, 0);
        return;
    }
    memcpy(&in, call->body, sizeof in);
    struct sink sink = {.call = call, .plus = plus, .room = in.size < CONTENT_ROOM ? in.size : CONTENT_ROOM};
    int error = read_directory_node(call, &directory);
    if (!error && put_dots(&sink, &directory, in.offset)) error = put_listing(&sink, &directory, in.offset);
    /* what comes before an error is still true, and the error will be met again */
    answer_size(call, error && sink.size == 0 ? error : (int64_t)sink.size);
}

static void do_readdir(const struct call *call) { read_directory(call, false); }
static void do_readdirplus(const struct call *call) { read_directory(call, true); }

static void do_statfs(const struct call *call) {
    const struct image *image = call->session->reader.image;
    const struct fuse_statfs_out out = {.st = {
                                            .blocks = (image->used - 1) / image->block_size + 1,
                                            .files = image->inodes,
                                            .bsize = image->block_size,
                                            .frsize = image->block_size,
                                            .namelen = NAME_ROOM,
                                        }};
    answer_with(call, &out, sizeof out);
}

/* A request of size 0 is for the size, any other for no more than that. */
static void answer_xattr(const struct call *call, uint32_t room, int64_t size) {
    if (size < 0) {
        answer(call, (int)size, 0);
    } else if (room == 0) {
        const struct fuse_getxattr_out out = {.size = (uint32_t)size};
        answer_with(call, &out, sizeof out);
    } else {
        answer_size(call, size > room ? -ERANGE : size);
    }
}

/* `list`: all names, else the value of the one asked for. */
static void read_xattr(const struct call *call, bool list) {
    struct reader *reader = &call->session->reader;
    struct fuse_getxattr_in in;
    struct inode inode;
    const char *name = string_of(call, sizeof in);
    if (reader->image->xattr_table == NO_TABLE) {
        answer(call, -ENOSYS, 0); /* for good: the kernel does not ask again */
        return;
    }
    int64_t size = call->size < sizeof in || (!list && !name) ? -EINVAL : read_node(call, &inode);
    char *to = (char *)content_of(call);
    if (size == 0) size = list ? xattr_list(reader, &inode, to) : xattr_get(reader, &inode, name, to);
    if (call->size >= sizeof in) memcpy(&in, call->body, sizeof in);
    answer_xattr(call, call->size >= sizeof in ? in.size : 0, size);
}

static void do_getxattr(const struct call *call) { read_xattr(call, false); }
static void do_listxattr(const struct call *call) { read_xattr(call, true); }
static void do_nothing(const struct call *call) { (void)call; }
static void do_agree(const struct call *call) { answer(call, 0, 0); }
static void do_refuse(const struct call *call) { answer(call, -EROFS, 0); }

/* Not in the table: what the kernel does by itself, for good, once it has heard ENOSYS: OPEN, OPENDIR, FLUSH, ACCESS,
 * LSEEK, STATX and the like. */
static void (*const HANDLERS[])(const struct call *) = {
    [FUSE_LOOKUP] = do_lookup,
    [FUSE_FORGET] = do_nothing,
    [FUSE_GETATTR] = do_getattr,
    [FUSE_SETATTR] = do_refuse,
    [FUSE_READLINK] = do_readlink,
    [FUSE_SYMLINK] = do_refuse,
    [FUSE_MKNOD] = do_refuse,
    [FUSE_MKDIR] = do_refuse,
    [FUSE_UNLINK] = do_refuse,
    [FUSE_RMDIR] = do_refuse,
    [FUSE_RENAME] = do_refuse,
    [FUSE_LINK] = do_refuse,
    [FUSE_READ] = do_read,
    [FUSE_WRITE] = do_refuse,
    [FUSE_STATFS] = do_statfs,
    [FUSE_RELEASE] = do_agree,
    [FUSE_SETXATTR] = do_refuse,
    [FUSE_GETXATTR] = do_getxattr,
    [FUSE_LISTXATTR] = do_listxattr,
    [FUSE_REMOVEXATTR] = do_refuse,
    [FUSE_INIT] = do_init,
    [FUSE_READDIR] = do_readdir,
    [FUSE_RELEASEDIR] = do_agree,
    [FUSE_CREATE] = do_refuse,
    [FUSE_INTERRUPT] = do_nothing,
    [FUSE_DESTROY] = do_agree,
    [FUSE_BATCH_FORGET] = do_nothing,
    [FUSE_FALLOCATE] = do_refuse,
    [FUSE_READDIRPLUS] = do_readdirplus,
    [FUSE_RENAME2] = do_refuse,
    [FUSE_TMPFILE] = do_refuse,
};

void request_handle(struct session *session, const uint8_t *request, size_t size) {
    struct fuse_in_header header;
    if (size < sizeof header) return;
    memcpy(&header, request, sizeof header);
    const struct call call = {session, &header, request + sizeof header, size - sizeof header};
    const size_t known = sizeof HANDLERS / sizeof *HANDLERS;
    if (header.opcode < known && HANDLERS[header.opcode]) HANDLERS[header.opcode](&call);
    else answer(&call, -ENOSYS, 0);
}
