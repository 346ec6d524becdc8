/* Where a block lies is nowhere written: it is the sum of the sizes of all blocks before it. So that reading a large
 * file from end to end does not sum up all sizes again and again, every 512th sum is remembered. */
#include "data.h"

#include <errno.h>
#include <stdlib.h>

#include "bytes.h"

enum { STRIDE = 512, PLACES = 1024, BATCH = 64, FRAGMENT_ENTRY = 16, BLOCKS_MAX = 1 << 28 };

#define STORED_AS_IS UINT32_C(0x1000000)
#define SIZE_MASK (STORED_AS_IS - 1)

/* Before block `number` of the file: its content's position, and its size's place in the metadata. */
struct place {
    uint64_t inode; /* reference; with number 0 the place is empty */
    uint64_t number, content, position;
    uint32_t offset;
};

/* Data as it is stored: `word` is its size, with the flag that it is not compressed. */
struct piece {
    struct reader *reader;
    uint64_t position;
    uint32_t word;
};

struct walk {
    struct cursor cursor;
    uint64_t number;  /* of the next block */
    uint64_t content; /* its position */
};

static struct place *slot_of(const struct image *image, uint64_t inode, uint64_t number) {
    const uint64_t key = inode * 0x9e3779b97f4a7c15u + number / STRIDE;
    return &image->places[key % PLACES];
}

/* The last remembered place at or before a block; the beginning of the file if none is. */
static struct place recall(struct image *image, const struct inode *inode, uint64_t number) {
    struct place best = {inode->reference, 0, inode->start, inode->more_position, inode->more_offset};
    if (number < STRIDE) return best;
    pthread_mutex_lock(&image->places_lock);
    for (uint64_t at = number / STRIDE * STRIDE; at > 0 && image->places; at -= STRIDE) {
        const struct place *slot = slot_of(image, inode->reference, at);
        if (slot->inode != inode->reference || slot->number != at) continue;
        best = *slot;
        break;
    }
    pthread_mutex_unlock(&image->places_lock);
    return best;
}

static void remember(struct image *image, const struct inode *inode, const struct walk *walk) {
    pthread_mutex_lock(&image->places_lock);
    if (!image->places) image->places = calloc(PLACES, sizeof *image->places);
    if (image->places)
        *slot_of(image, inode->reference, walk->number) =
            (struct place){inode->reference, walk->number, walk->content, walk->cursor.position, walk->cursor.offset};
    pthread_mutex_unlock(&image->places_lock);
}

/* Goes past `count` blocks. */
static int skip(struct walk *walk, uint64_t count) {
    uint8_t words[BATCH * 4];
    while (count > 0) {
        const size_t batch = count < BATCH ? (size_t)count : BATCH;
        const int error = cursor_read(&walk->cursor, words, batch * 4);
        if (error) return error;
        for (size_t i = 0; i < batch; i++) walk->content += get32(words + i * 4) & SIZE_MASK;
        walk->number += batch;
        count -= batch;
    }
    return 0;
}

static int walk_to(struct walk *walk, struct reader *reader, const struct inode *inode, uint64_t number) {
    const struct place from = recall(reader->image, inode, number);
    *walk = (struct walk){cursor_at(reader, from.position, from.offset), from.number, from.content};
    while (walk->number < number) {
        const uint64_t to_stride = STRIDE - walk->number % STRIDE, left = number - walk->number;
        const int error = skip(walk, left < to_stride ? left : to_stride);
        if (error) return error;
        if (walk->number % STRIDE == 0) remember(reader->image, inode, walk);
    }
    return 0;
}

static int fill(struct block *block, void *context) {
    const struct piece *piece = context;
    const int64_t size = reader_unpack(piece->reader, piece->position, piece->word & SIZE_MASK, block->bytes,
                                       piece->reader->image->block_size);
    if (size < 0) return (int)size;
    block->size = (uint32_t)size;
    return 0;
}

static int copy_from(struct cache *cache, struct block *block, uint32_t from, uint8_t *bytes, uint32_t count) {
    if (!block) return -ENOMEM;
    int error = block->error;
    if (!error && (from > block->size || count > block->size - from)) error = -EIO;
    if (!error) memcpy(bytes, block->bytes + from, count);
    cache_put(cache, block, from + count < block->size);
    return error;
}

/* Part of what a piece unpacks to, through the cache. */
static int read_part(struct piece *piece, uint32_t from, uint8_t *bytes, uint32_t count) {
    struct image *image = piece->reader->image;
    const uint32_t stored = piece->word & SIZE_MASK;
    if (stored > image->block_size) return -EIO;
    if (piece->word & STORED_AS_IS) {
        if (from > stored || count > stored - from) return -EIO;
        return image_read(image, piece->position + from, bytes, count);
    }
    return copy_from(&image->data, cache_get(&image->data, piece->position, fill, piece), from, bytes, count);
}

/* All of what a piece unpacks to. It is not kept: the kernel keeps it. */
static int read_whole(struct piece *piece, uint8_t *bytes, uint32_t count) {
    struct image *image = piece->reader->image;
    if (piece->word & STORED_AS_IS) return read_part(piece, 0, bytes, count);
    struct block *block = cache_find(&image->data, piece->position);
    if (block) return copy_from(&image->data, block, 0, bytes, count);
    const int64_t size = reader_unpack(piece->reader, piece->position, piece->word & SIZE_MASK, bytes, count);
    if (size < 0) return (int)size;
    return size == count ? 0 : -EIO;
}

static int read_block(struct walk *walk, uint32_t length, uint32_t from, uint8_t *bytes, uint32_t count) {
    uint8_t word[4];
    const int error = cursor_read(&walk->cursor, word, sizeof word);
    if (error) return error;
    struct piece piece = {walk->cursor.reader, walk->content, get32(word)};
    walk->content += piece.word & SIZE_MASK;
    walk->number++;
    if ((piece.word & SIZE_MASK) == 0) {
        memset(bytes, 0, count);
        return 0;
    }
    return count == length ? read_whole(&piece, bytes, count) : read_part(&piece, from, bytes, count);
}

static int read_blocks(struct reader *reader, const struct inode *inode, uint64_t offset, uint8_t *bytes, size_t size) {
    const uint32_t block_size = reader->image->block_size;
    struct walk walk;
    int error = walk_to(&walk, reader, inode, offset / block_size);
    while (!error && size > 0) {
        const uint64_t left = inode->size - offset / block_size * block_size;
        const uint32_t length = left < block_size ? (uint32_t)left : block_size;
        const uint32_t from = (uint32_t)(offset % block_size);
        const uint32_t count = size < length - from ? (uint32_t)size : length - from;
        error = read_block(&walk, length, from, bytes, count);
        offset += count;
        bytes += count;
        size -= count;
    }
    cursor_close(&walk.cursor);
    return error;
}

static int read_fragment(struct reader *reader, const struct inode *inode, uint32_t from, uint8_t *bytes, size_t size) {
    const struct image *image = reader->image;
    uint8_t entry[FRAGMENT_ENTRY];
    if (inode->fragment >= image->fragments || inode->fragment_offset >= image->block_size) return -EIO;
    const int error = table_entry(reader, image->fragment_table, inode->fragment, entry, sizeof entry);
    if (error) return error;
    struct piece piece = {reader, get64(entry), get32(entry + 8)};
    return read_part(&piece, inode->fragment_offset + from, bytes, (uint32_t)size);
}

int data_read(struct reader *reader, const struct inode *inode, uint64_t offset, uint8_t *bytes, size_t size) {
    const struct image *image = reader->image;
    const uint64_t whole = inode->size >> image->block_log << image->block_log;
    const uint64_t in_blocks = inode->fragment == NO_ENTRY ? inode->size : whole;
    if (in_blocks >> image->block_log > BLOCKS_MAX) return -EIO;
    size_t count = 0;
    if (offset < in_blocks) {
        count = in_blocks - offset < size ? (size_t)(in_blocks - offset) : size;
        const int error = read_blocks(reader, inode, offset, bytes, count);
        if (error) return error;
    }
    if (count == size) return 0;
    return read_fragment(reader, inode, (uint32_t)(offset + count - in_blocks), bytes + count, size - count);
}
