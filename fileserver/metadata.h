/* Metadata: a stream in blocks of 8 KiB, packed one by one; and tables whose blocks are found by a list. */
#ifndef KERR_FILESERVER_METADATA_H
#define KERR_FILESERVER_METADATA_H

#include "image.h"

/* A place in the stream. It holds its block in the cache: close it. */
struct cursor {
    struct reader *reader;
    uint64_t position; /* of the block */
    uint32_t offset;   /* in the unpacked block */
    struct block *block;
};

static inline struct cursor cursor_at(struct reader *reader, uint64_t position, uint32_t offset) {
    return (struct cursor){.reader = reader, .position = position, .offset = offset};
}

/* The place that a reference of 48 + 16 bits means in the table at `table`. */
struct cursor cursor_of(struct reader *reader, uint64_t table, uint64_t reference);

void cursor_close(struct cursor *cursor);

/* Reads bytes, or goes past them if `bytes` is NULL. */
int cursor_read(struct cursor *cursor, void *bytes, size_t size);

/* Reads one entry of a table whose list of blocks is at `list`. The caller has checked the number. */
int table_entry(struct reader *reader, uint64_t list, uint32_t number, void *bytes, size_t size);

#endif
