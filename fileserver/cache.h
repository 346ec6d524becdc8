/* Unpacked blocks, by their position in the image, for all threads.
 *
 *   absent ──get──► filling ──► filled, in use ──last put──► filled, idle ──room is needed──► absent
 *                      │   others that get it wait
 *                      └─ failed: forgotten at once; those that wait learn of it too
 *
 * The cache is in shards, each with a lock that is never held while a block is filled. Memory is taken when it is first
 * needed, and from then on goes from the least recently used idle block to the next one: asking the kernel for pages
 * costs as much as unpacking does.
 */
#ifndef KERR_FILESERVER_CACHE_H
#define KERR_FILESERVER_CACHE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block {
    uint64_t position; /* in the image */
    uint64_t next;     /* where a metadata block's successor is */
    uint32_t size;     /* of what was unpacked */
    int error;         /* 0, or a negative errno: there is no content */
    bool filled;
    uint32_t users;
    struct block *chain, *older, *newer;
    uint8_t bytes[];
};

enum { CACHE_SHARDS = 8, CACHE_BUCKETS = 256 };

struct shard {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    unsigned blocks;               /* that it has memory for, in use or idle */
    struct block *oldest, *newest; /* the idle ones */
    struct block **buckets;
};

struct cache {
    size_t room;    /* for the bytes of one block */
    unsigned limit; /* blocks in a shard, not counting what is in use beyond it */
    struct shard shards[CACHE_SHARDS];
};

/* Unpacks into block->bytes; sets size and next. Returns 0 or a negative errno. */
typedef int cache_fill(struct block *block, void *context);

/* Keeps about `bytes` of blocks of `room` bytes, at least two in each shard. */
void cache_init(struct cache *cache, size_t room, size_t bytes);
void cache_free(struct cache *cache);

/* The block at a position, which `fill` makes if need be. NULL without memory; else look at its error. Put it back. */
struct block *cache_get(struct cache *cache, uint64_t position, cache_fill *fill, void *context);

/* The block at a position if it is there or being made, else NULL. */
struct block *cache_find(struct cache *cache, uint64_t position);

/* `again`: whether it may be wanted again soon. */
void cache_put(struct cache *cache, struct block *block, bool again);

/* Gives the memory of all idle blocks back. */
void cache_drop(struct cache *cache);

#endif
