#include "xattr.h"

#include <errno.h>

#include "bytes.h"

enum { ID_ENTRY = 16, ELSEWHERE = 0x100, NAME_MAX_ = 255, PREFIX_MAX = 10, PAIRS_MAX = 65536, VALUES_MAX = 4 << 20 };

/* The pairs of a file. */
struct pairs {
    struct cursor cursor;
    uint32_t left;
    uint64_t budget; /* bytes to be read or gone past: the pairs of a broken image may be very long */
};

struct pair {
    bool elsewhere;
    uint32_t length;                       /* of the name */
    char name[PREFIX_MAX + NAME_MAX_ + 1]; /* ends in NUL */
    uint32_t size;                         /* of what stands in the place of the value */
};

static int take(struct pairs *pairs, void *bytes, size_t size) {
    if (size > pairs->budget) return -EIO;
    pairs->budget -= size;
    return cursor_read(&pairs->cursor, bytes, size);
}

static int begin(struct pairs *pairs, struct reader *reader, uint32_t number) {
    const struct image *image = reader->image;
    uint8_t id[ID_ENTRY];
    *pairs = (struct pairs){.budget = VALUES_MAX};
    if (number == NO_ENTRY || image->xattr_table == NO_TABLE) return 0;
    if (number >= image->xattr_count) return -EIO;
    const int error = table_entry(reader, image->xattr_table + ID_ENTRY, number, id, sizeof id);
    if (error) return error;
    pairs->left = get32(id + 8);
    if (pairs->left > PAIRS_MAX) return -EIO;
    pairs->cursor = cursor_of(reader, image->xattr_pairs, get64(id));
    return 0;
}

static void end(struct pairs *pairs) {
    if (pairs->cursor.reader) cursor_close(&pairs->cursor);
}

/* Reads a pair up to its value. Returns 1, or 0 at the end, or a negative errno. */
static int next(struct pairs *pairs, struct pair *pair) {
    static const char *const PREFIXES[] = {"user.", "trusted.", "security."};
    uint8_t head[4], size[4];
    if (pairs->left == 0) return 0;
    pairs->left--;
    int error = take(pairs, head, sizeof head);
    if (error) return error;
    const unsigned type = get16(head) & (ELSEWHERE - 1), length = get16(head + 2);
    if (type >= sizeof PREFIXES / sizeof *PREFIXES || length == 0 || length > NAME_MAX_) return -EIO;
    const size_t prefix = strlen(PREFIXES[type]);
    memcpy(pair->name, PREFIXES[type], prefix);
    error = take(pairs, pair->name + prefix, length);
    if (!error) error = take(pairs, size, sizeof size);
    if (error) return error;
    pair->length = (uint32_t)prefix + length;
    pair->name[pair->length] = '\0';
    pair->elsewhere = get16(head) & ELSEWHERE;
    pair->size = get32(size);
    return memchr(pair->name, '\0', pair->length) ? -EIO : 1;
}

int64_t xattr_list(struct reader *reader, const struct inode *inode, char names[XATTR_MAX]) {
    struct pairs pairs;
    struct pair pair;
    int64_t size = 0;
    int got = begin(&pairs, reader, inode->xattr);
    while (got == 0 && (got = next(&pairs, &pair)) > 0) {
        if (size + pair.length + 1 > XATTR_MAX) got = -E2BIG;
        if (got < 0) break;
        memcpy(names + size, pair.name, pair.length + 1);
        size += pair.length + 1;
        got = take(&pairs, NULL, pair.size);
    }
    end(&pairs);
    return got < 0 ? got : size;
}

/* A value elsewhere: a size and so many bytes. */
static int64_t get_elsewhere(struct pairs *pairs, const struct pair *pair, char *value) {
    struct reader *reader = pairs->cursor.reader;
    uint8_t reference[8], size[4];
    if (pair->size != sizeof reference) return -EIO;
    int error = take(pairs, reference, sizeof reference);
    if (error) return error;
    struct cursor cursor = cursor_of(reader, reader->image->xattr_pairs, get64(reference));
    error = cursor_read(&cursor, size, sizeof size);
    const uint32_t count = error ? 0 : get32(size);
    if (count > XATTR_MAX) error = -EIO;
    if (!error) error = cursor_read(&cursor, value, count);
    cursor_close(&cursor);
    return error ? error : (int64_t)count;
}

static int64_t get_value(struct pairs *pairs, const struct pair *pair, char *value) {
    if (pair->elsewhere) return get_elsewhere(pairs, pair, value);
    if (pair->size > XATTR_MAX) return -EIO;
    const int error = take(pairs, value, pair->size);
    return error ? error : (int64_t)pair->size;
}

int64_t xattr_get(struct reader *reader, const struct inode *inode, const char *name, char value[XATTR_MAX]) {
    struct pairs pairs;
    struct pair pair;
    int64_t result = -ENODATA;
    int got = begin(&pairs, reader, inode->xattr);
    while (got == 0 && (got = next(&pairs, &pair)) > 0) {
        if (strcmp(pair.name, name) == 0) {
            result = get_value(&pairs, &pair, value);
            break;
        }
        got = take(&pairs, NULL, pair.size);
    }
    end(&pairs);
    return got < 0 ? got : result;
}
