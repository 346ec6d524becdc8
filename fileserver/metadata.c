#include "metadata.h"

#include <errno.h>

#include "bytes.h"

enum { HEADER = 2, STORED = 0x8000 };

struct cursor cursor_of(struct reader *reader, uint64_t table, uint64_t reference) {
    return cursor_at(reader, table + (reference >> 16), (uint32_t)(reference & 0xffff));
}

void cursor_close(struct cursor *cursor) {
    if (cursor->block) cache_put(&cursor->reader->image->metadata, cursor->block, true);
    cursor->block = NULL;
}

static int fill(struct block *block, void *context) {
    struct reader *reader = context;
    uint8_t header[HEADER];
    if (image_read(reader->image, block->position, header, HEADER) != 0) return -EIO;
    const uint32_t word = get16(header), stored = word & (STORED - 1);
    const uint64_t content = block->position + HEADER;
    if (stored == 0 || stored > METADATA_BLOCK) return -EIO;
    int64_t size = stored;
    if (word & STORED) {
        if (image_read(reader->image, content, block->bytes, stored) != 0) return -EIO;
    } else {
        size = reader_unpack(reader, content, stored, block->bytes, METADATA_BLOCK);
        if (size < 0) return (int)size;
        if (size == 0) return -EIO; /* a stream of nothing would be one without end */
    }
    block->size = (uint32_t)size;
    block->next = content + stored;
    return 0;
}

/* Takes hold of the block, or says why that is impossible. */
static int hold(struct cursor *cursor) {
    struct block *block = cache_get(&cursor->reader->image->metadata, cursor->position, fill, cursor->reader);
    if (!block) return -ENOMEM;
    cursor->block = block;
    const int error = block->error;
    if (error) cursor_close(cursor);
    return error;
}

int cursor_read(struct cursor *cursor, void *bytes, size_t size) {
    while (size > 0) {
        const int error = cursor->block ? 0 : hold(cursor);
        if (error) return error;
        const struct block *block = cursor->block;
        if (cursor->offset > block->size) return -EIO;
        const size_t here = block->size - cursor->offset, count = size < here ? size : here;
        if (bytes) {
            memcpy(bytes, block->bytes + cursor->offset, count);
            bytes = (uint8_t *)bytes + count;
        }
        size -= count;
        cursor->offset += (uint32_t)count;
        if (cursor->offset < block->size) continue;
        cursor->position = block->next;
        cursor->offset = 0;
        cursor_close(cursor);
    }
    return 0;
}

int table_entry(struct reader *reader, uint64_t list, uint32_t number, void *bytes, size_t size) {
    uint8_t position[8];
    const uint64_t at = (uint64_t)number * size;
    if (list > reader->image->used) return -EIO; /* so that the sum below is one */
    int error = image_read(reader->image, list + at / METADATA_BLOCK * sizeof position, position, sizeof position);
    if (error) return error;
    struct cursor cursor = cursor_at(reader, get64(position), (uint32_t)(at % METADATA_BLOCK));
    error = cursor_read(&cursor, bytes, size);
    cursor_close(&cursor);
    return error;
}
