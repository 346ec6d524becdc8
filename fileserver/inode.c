#include "inode.h"

#include <errno.h>
#include <sys/stat.h>

#include "bytes.h"

enum type { DIRECTORY = 1, FILE_, SYMLINK, BLOCK_DEVICE, CHARACTER_DEVICE, PIPE, SOCKET, EXTENDED = 7, TYPES = 14 };
enum { COMMON = 16, FIXED_MAX = 40 };

/* The part of fixed size after the common one. */
static size_t fixed_size(unsigned type) {
    static const uint8_t SIZES[TYPES + 1] = {0, 16, 16, 8, 8, 8, 4, 4, 24, 40, 8, 12, 12, 8, 8};
    return SIZES[type];
}

static int read_directory(struct inode *inode, const uint8_t *bytes) {
    inode->listing_block = get32(bytes);
    inode->links = get32(bytes + 4);
    inode->size = get16(bytes + 8);
    inode->listing_offset = get16(bytes + 10);
    inode->parent = get32(bytes + 12);
    return 0;
}

static int read_extended_directory(struct inode *inode, const uint8_t *bytes) {
    inode->links = get32(bytes);
    inode->size = get32(bytes + 4);
    inode->listing_block = get32(bytes + 8);
    inode->parent = get32(bytes + 12);
    inode->index_entries = get16(bytes + 16);
    inode->listing_offset = get16(bytes + 18);
    inode->xattr = get32(bytes + 20);
    return inode->size > LISTING_MAX ? -EIO : 0;
}

static int read_file(struct inode *inode, const uint8_t *bytes) {
    inode->links = 1;
    inode->start = get32(bytes);
    inode->fragment = get32(bytes + 4);
    inode->fragment_offset = get32(bytes + 8);
    inode->size = get32(bytes + 12);
    return 0;
}

static int read_extended_file(struct inode *inode, const uint8_t *bytes) {
    inode->start = get64(bytes);
    inode->size = get64(bytes + 8);
    inode->holes = get64(bytes + 16);
    inode->links = get32(bytes + 24);
    inode->fragment = get32(bytes + 28);
    inode->fragment_offset = get32(bytes + 32);
    inode->xattr = get32(bytes + 36);
    return inode->size > INT64_MAX ? -EIO : 0;
}

/* The target's length is known, what lies behind the target is not needed but for the xattr. */
static int read_symlink(struct inode *inode, const uint8_t *bytes, bool extended, struct cursor cursor) {
    uint8_t xattr[4];
    inode->links = get32(bytes);
    inode->size = get32(bytes + 4);
    if (inode->size == 0 || inode->size > TARGET_MAX) return -EIO;
    if (!extended) return 0;
    cursor.block = NULL; /* a second cursor, with a hold of its own */
    int error = cursor_read(&cursor, NULL, inode->size);
    if (!error) error = cursor_read(&cursor, xattr, sizeof xattr);
    cursor_close(&cursor);
    if (!error) inode->xattr = get32(xattr);
    return error;
}

static int read_special(struct inode *inode, const uint8_t *bytes, bool device, bool extended) {
    inode->links = get32(bytes);
    if (device) inode->device = get32(bytes + 4);
    if (extended) inode->xattr = get32(bytes + (device ? 8 : 4));
    return 0;
}

static int read_rest(struct inode *inode, unsigned type, const uint8_t *bytes, struct cursor cursor) {
    const bool extended = type > EXTENDED;
    switch (extended ? type - EXTENDED : type) {
    case DIRECTORY:
        inode->mode |= S_IFDIR;
        return extended ? read_extended_directory(inode, bytes) : read_directory(inode, bytes);
    case FILE_: inode->mode |= S_IFREG; return extended ? read_extended_file(inode, bytes) : read_file(inode, bytes);
    case SYMLINK: inode->mode |= S_IFLNK; return read_symlink(inode, bytes, extended, cursor);
    case BLOCK_DEVICE: inode->mode |= S_IFBLK; return read_special(inode, bytes, true, extended);
    case CHARACTER_DEVICE: inode->mode |= S_IFCHR; return read_special(inode, bytes, true, extended);
    case PIPE: inode->mode |= S_IFIFO; return read_special(inode, bytes, false, extended);
    default: inode->mode |= S_IFSOCK; return read_special(inode, bytes, false, extended);
    }
}

static int read_at(struct inode *inode, struct cursor *cursor) {
    const struct image *image = cursor->reader->image;
    uint8_t bytes[COMMON], fixed[FIXED_MAX];
    int error = cursor_read(cursor, bytes, COMMON);
    if (error) return error;
    const unsigned type = get16(bytes), uid = get16(bytes + 4), gid = get16(bytes + 6);
    if (type == 0 || type > TYPES || uid >= image->id_count || gid >= image->id_count) return -EIO;
    inode->mode = get16(bytes + 2) & 07777;
    inode->uid = image->ids[uid];
    inode->gid = image->ids[gid];
    inode->modified = get32(bytes + 8);
    inode->number = get32(bytes + 12);
    error = cursor_read(cursor, fixed, fixed_size(type));
    if (error) return error;
    inode->more_position = cursor->position;
    inode->more_offset = cursor->offset;
    return read_rest(inode, type, fixed, *cursor);
}

int inode_read(struct reader *reader, uint64_t reference, struct inode *inode) {
    const struct image *image = reader->image;
    if (reference >> 16 >= image->directory_table - image->inode_table) return -EIO;
    *inode = (struct inode){.reference = reference, .xattr = NO_ENTRY, .fragment = NO_ENTRY};
    struct cursor cursor = cursor_of(reader, image->inode_table, reference);
    const int error = read_at(inode, &cursor);
    cursor_close(&cursor);
    return error;
}

int inode_target(struct reader *reader, const struct inode *inode, void *target) {
    struct cursor cursor = cursor_at(reader, inode->more_position, inode->more_offset);
    const int error = cursor_read(&cursor, target, inode->size);
    cursor_close(&cursor);
    return error;
}
