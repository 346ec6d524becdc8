/* FNV-1a of 64 bits: tells apart what nobody makes alike on purpose. Whoever goes by it compares the whole as well. */
#ifndef KERR_HASH_H
#define KERR_HASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t hash(const void *bytes, size_t size) {
    uint64_t value = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++) value = (value ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
    return value;
}

#endif
