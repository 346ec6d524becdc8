#include "directory.h"

#include <errno.h>

#include "bytes.h"

enum {
    PHANTOM = 3, /* a listing's size counts `.` and `..`, which are not in it */
    HEADER = 12,
    ENTRY = 8,
    INDEX_ENTRY = 12,
    RUN_MAX = 256, /* entries of a header */
    TYPE_MAX = 7,
    PLACE_BITS = 9,
};

struct listing listing_begin(struct reader *reader, const struct inode *directory) {
    const uint64_t position = reader->image->directory_table + directory->listing_block;
    return (struct listing){.cursor = cursor_at(reader, position, directory->listing_offset),
                            .size = directory->size > PHANTOM ? (uint32_t)directory->size - PHANTOM : 0};
}

void listing_end(struct listing *listing) { cursor_close(&listing->cursor); }

/* Everything in a listing is read here, so that nothing is read behind its end. */
static int take(struct listing *listing, void *bytes, size_t size) {
    if (size > listing->size - listing->at) return -EIO;
    listing->at += (uint32_t)size;
    return cursor_read(&listing->cursor, bytes, size);
}

static int read_header(struct listing *listing) {
    uint8_t header[HEADER];
    listing->header_at = listing->at;
    const int error = take(listing, header, HEADER);
    if (error) return error;
    listing->left = get32(header);
    if (listing->left >= RUN_MAX) return -EIO;
    listing->left++;
    listing->index = 0;
    listing->block = get32(header + 4);
    listing->number = get32(header + 8);
    return 0;
}

/* A name that would be another path, or would end early, or stand for the directory, is not passed on. */
static bool is_name(const char *name, size_t length) {
    const bool dots = name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'));
    return !dots && !memchr(name, '/', length) && !memchr(name, '\0', length);
}

static int read_entry(struct listing *listing, struct entry *entry) {
    uint8_t bytes[ENTRY];
    int error = take(listing, bytes, ENTRY);
    if (error) return error;
    entry->reference = (uint64_t)listing->block << 16 | get16(bytes);
    const int difference = (int16_t)get16(bytes + 2);
    entry->number = listing->number + (uint32_t)difference;
    entry->type = get16(bytes + 4);
    entry->length = get16(bytes + 6) + UINT32_C(1);
    if (entry->length > NAME_ROOM || entry->type == 0 || entry->type > TYPE_MAX) return -EIO;
    error = take(listing, entry->name, entry->length);
    if (error) return error;
    listing->left--;
    listing->index++;
    return is_name(entry->name, entry->length) ? 0 : -EIO;
}

int listing_next(struct listing *listing, struct entry *entry) {
    if (listing->left == 0) {
        if (listing->at == listing->size) return 0;
        const int error = read_header(listing);
        if (error) return error;
    }
    const int error = read_entry(listing, entry);
    return error ? error : 1;
}

uint64_t listing_place(const struct listing *listing) {
    const bool between = listing->left == 0; /* the next header is where one goes on then */
    return between ? (uint64_t)listing->at << PLACE_BITS : (uint64_t)listing->header_at << PLACE_BITS | listing->index;
}

/* As memcmp orders them, a name before the longer ones that it begins. */
static int compare(const char *a, size_t a_length, const char *b, size_t b_length) {
    const int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

/* Where one wants to be in a listing: at a name, or if that is NULL at a header. */
struct goal {
    const char *name;
    size_t length;
    uint32_t at;
};

static bool is_behind(const struct goal *goal, const char *first, size_t length, uint32_t at) {
    return goal->name ? compare(first, length, goal->name, goal->length) > 0 : at > goal->at;
}

/* Goes to the last header that the index has and that is not behind the goal. */
static int seek_by_index(struct listing *listing, const struct inode *directory, const struct goal *goal) {
    if (directory->index_entries == 0) return 0;
    struct reader *reader = listing->cursor.reader;
    struct cursor cursor = cursor_at(reader, directory->more_position, directory->more_offset);
    uint32_t at = 0, block = directory->listing_block;
    int error = 0;
    for (uint32_t i = 0; i < directory->index_entries; i++) {
        uint8_t bytes[INDEX_ENTRY];
        char first[NAME_ROOM];
        error = cursor_read(&cursor, bytes, INDEX_ENTRY);
        if (error) break;
        const uint32_t size = get32(bytes + 8);
        if (size >= NAME_ROOM) error = -EIO;
        if (!error) error = cursor_read(&cursor, first, size + 1);
        if (error || is_behind(goal, first, size + 1, get32(bytes))) break;
        at = get32(bytes);
        block = get32(bytes + 4);
    }
    cursor_close(&cursor);
    if (error || at > listing->size) return -EIO;
    const uint64_t position = reader->image->directory_table + block;
    listing->cursor = cursor_at(reader, position, (directory->listing_offset + at) % METADATA_BLOCK);
    listing->at = at;
    return 0;
}

int listing_seek(struct listing *listing, const struct inode *directory, uint64_t place) {
    const uint64_t header_at = place >> PLACE_BITS;
    if (header_at > listing->size) return -EINVAL;
    const struct goal goal = {.at = (uint32_t)header_at};
    int error = seek_by_index(listing, directory, &goal);
    if (!error) error = take(listing, NULL, header_at - listing->at);
    struct entry entry;
    for (uint64_t skip = place & ((1 << PLACE_BITS) - 1); !error && skip > 0; skip--) {
        const int got = listing_next(listing, &entry);
        if (got <= 0) error = got < 0 ? got : -EINVAL;
    }
    return error;
}

int directory_lookup(struct reader *reader, const struct inode *directory, const char *name, size_t length,
                     uint64_t *reference) {
    struct listing listing = listing_begin(reader, directory);
    struct entry entry;
    const struct goal goal = {.name = name, .length = length};
    int result = seek_by_index(&listing, directory, &goal);
    while (result >= 0) {
        result = listing_next(&listing, &entry);
        if (result <= 0) break;
        const int order = compare(entry.name, entry.length, name, length);
        if (order < 0) continue;
        if (order == 0) *reference = entry.reference;
        result = order == 0;
        break;
    }
    listing_end(&listing);
    return result < 0 ? result : result == 0 ? -ENOENT : 0;
}
