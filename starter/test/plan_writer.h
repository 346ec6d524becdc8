/* Writes plans for tests, good ones and bad ones: nothing is checked here. */
#ifndef KERR_PLAN_WRITER_H
#define KERR_PLAN_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

struct plan_writer {
    uint8_t *bytes; /* room for one byte more than a plan may have, and an operation's header */
    size_t size, room;
    uint32_t count;
};

static inline void plan_put(struct plan_writer *writer, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes && writer->size < writer->room; i++)
        writer->bytes[writer->size++] = (uint8_t)(value >> 8 * i);
}

static inline void plan_put_bytes(struct plan_writer *writer, const void *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) plan_put(writer, ((const uint8_t *)bytes)[i], 1);
}

static inline void plan_write_header(struct plan_writer *writer, uint32_t count, size_t bytes) {
    const size_t end = writer->size;
    writer->size = 0;
    plan_put_bytes(writer, PLAN_MAGIC, 8);
    plan_put(writer, PLAN_VERSION, 2);
    plan_put(writer, 0, 2);
    plan_put(writer, count, 4);
    plan_put(writer, bytes, 4);
    if (end > writer->size) writer->size = end;
}

static inline void plan_start(struct plan_writer *writer) {
    *writer = (struct plan_writer){.room = PLAN_BYTES_MAX + 64};
    writer->bytes = calloc(1, writer->room);
    if (!writer->bytes) abort();
    plan_write_header(writer, 0, 0);
}

/* An operation with the header's numbers as given and `size` bytes of strings. */
static inline void plan_add_raw(struct plan_writer *writer, unsigned code, unsigned argc, uint32_t length,
                                const void *strings, size_t size) {
    plan_put(writer, code, 2);
    plan_put(writer, argc, 2);
    plan_put(writer, length, 4);
    plan_put_bytes(writer, strings, size);
    writer->count++;
    plan_write_header(writer, writer->count, writer->size - PLAN_HEADER_SIZE);
}

static inline void plan_add(struct plan_writer *writer, unsigned code, size_t argc, const char *const *argv) {
    size_t length = 0;
    for (size_t i = 0; i < argc; i++) length += strlen(argv[i]) + 1;
    plan_add_raw(writer, code, (unsigned)argc, (uint32_t)length, NULL, 0);
    for (size_t i = 0; i < argc; i++) plan_put_bytes(writer, argv[i], strlen(argv[i]) + 1);
    plan_write_header(writer, writer->count, writer->size - PLAN_HEADER_SIZE);
}

/* plan_add with the arguments in place: PLAN_ADD(&writer, OP_CHDIR, "/"). */
#define PLAN_ADD(writer, code, ...)                                                                                    \
    plan_add(writer, code, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *),                                \
             (const char *const[]){__VA_ARGS__})

#endif
