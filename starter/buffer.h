/* Bytes that are put together in a room of fixed size, and a hash of them. What does not fit is counted all the
 * same. */
#ifndef KERR_BUFFER_H
#define KERR_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
    uint8_t *bytes;
    size_t size, room; /* size > room: it did not fit */
};

static inline void add(struct buffer *to, const void *bytes, size_t size) {
    if (to->size <= to->room && size <= to->room - to->size) memcpy(to->bytes + to->size, bytes, size);
    to->size = to->size > to->room ? to->size : to->size + size;
}

static inline void add_text(struct buffer *to, const char *text) { add(to, text, strlen(text) + 1); }

static inline bool fits(const struct buffer *buffer) { return buffer->size <= buffer->room; }

/* FNV-1a of 64 bits: tells apart what nobody makes alike on purpose. Whoever goes by it compares the whole as well. */
static inline uint64_t hash(const void *bytes, size_t size) {
    uint64_t value = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++) value = (value ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
    return value;
}

#endif
