#include "cache.h"

#include <errno.h>
#include <stdlib.h>

void cache_init(struct cache *cache, size_t room, size_t bytes) {
    const size_t limit = bytes / room / CACHE_SHARDS;
    *cache = (struct cache){.room = room, .limit = limit < 2 ? 2 : (unsigned)limit};
    for (size_t i = 0; i < CACHE_SHARDS; i++) {
        pthread_mutex_init(&cache->shards[i].lock, NULL);
        pthread_cond_init(&cache->shards[i].filled, NULL);
    }
}

/* Positions of neighbours differ in their low bits only, if they are uncompressed even not in the lowest. */
static uint64_t hash_of(uint64_t position) { return (position * 0x9e3779b97f4a7c15u) >> 40; }

static struct shard *shard_of(struct cache *cache, uint64_t position) {
    return &cache->shards[hash_of(position) % CACHE_SHARDS];
}

static struct block **bucket_of(struct shard *shard, uint64_t position) {
    return &shard->buckets[hash_of(position) / CACHE_SHARDS % CACHE_BUCKETS];
}

static struct block *find(struct shard *shard, uint64_t position) {
    if (!shard->buckets) return NULL;
    struct block *block = *bucket_of(shard, position);
    while (block && block->position != position) block = block->chain;
    return block;
}

static void forget(struct shard *shard, struct block *block) {
    struct block **link = bucket_of(shard, block->position);
    while (*link != block) link = &(*link)->chain;
    *link = block->chain;
}

static void leave_idle(struct shard *shard, struct block *block) {
    *(block->older ? &block->older->newer : &shard->oldest) = block->newer;
    *(block->newer ? &block->newer->older : &shard->newest) = block->older;
}

static void join_idle(struct shard *shard, struct block *block, bool as_newest) {
    block->older = as_newest ? shard->newest : NULL;
    block->newer = as_newest ? NULL : shard->oldest;
    *(block->older ? &block->older->newer : &shard->oldest) = block;
    *(block->newer ? &block->newer->older : &shard->newest) = block;
}

/* A block to be filled: the longest idle one when there are enough, else a new one. */
static struct block *take(struct cache *cache, struct shard *shard) {
    if (!shard->buckets) shard->buckets = calloc(CACHE_BUCKETS, sizeof *shard->buckets);
    if (!shard->buckets) return NULL;
    struct block *block = shard->oldest;
    if (block && shard->blocks >= cache->limit) {
        leave_idle(shard, block);
        forget(shard, block);
        return block;
    }
    block = malloc(sizeof *block + cache->room);
    if (block) shard->blocks++;
    return block;
}

static void use(struct shard *shard, struct block *block) {
    if (block->users++ == 0) leave_idle(shard, block);
    while (!block->filled) pthread_cond_wait(&shard->filled, &shard->lock);
}

/* With the shard's lock, which is let go while the block is filled. */
static struct block *make(struct cache *cache, struct shard *shard, uint64_t position, cache_fill *fill,
                          void *context) {
    struct block *block = take(cache, shard);
    if (!block) return NULL;
    *block = (struct block){.position = position, .users = 1, .chain = *bucket_of(shard, position)};
    *bucket_of(shard, position) = block;
    pthread_mutex_unlock(&shard->lock);
    const int error = fill(block, context);
    pthread_mutex_lock(&shard->lock);
    block->error = error;
    block->filled = true;
    if (error) forget(shard, block);
    if (block->users > 1) pthread_cond_broadcast(&shard->filled);
    return block;
}

struct block *cache_get(struct cache *cache, uint64_t position, cache_fill *fill, void *context) {
    struct shard *shard = shard_of(cache, position);
    pthread_mutex_lock(&shard->lock);
    struct block *block = find(shard, position);
    if (block) use(shard, block);
    else block = make(cache, shard, position, fill, context);
    pthread_mutex_unlock(&shard->lock);
    return block;
}

struct block *cache_find(struct cache *cache, uint64_t position) {
    struct shard *shard = shard_of(cache, position);
    pthread_mutex_lock(&shard->lock);
    struct block *block = find(shard, position);
    if (block) use(shard, block);
    pthread_mutex_unlock(&shard->lock);
    return block;
}

void cache_put(struct cache *cache, struct block *block, bool again) {
    struct shard *shard = shard_of(cache, block->position);
    pthread_mutex_lock(&shard->lock);
    if (--block->users == 0) {
        const bool surplus = shard->blocks > cache->limit;
        if (!block->error && surplus) forget(shard, block);
        if (block->error || surplus) {
            shard->blocks--;
            free(block);
        } else {
            join_idle(shard, block, again);
        }
    }
    pthread_mutex_unlock(&shard->lock);
}

void cache_drop(struct cache *cache) {
    for (struct shard *shard = cache->shards; shard < cache->shards + CACHE_SHARDS; shard++) {
        pthread_mutex_lock(&shard->lock);
        while (shard->oldest) {
            struct block *block = shard->oldest;
            leave_idle(shard, block);
            forget(shard, block);
            shard->blocks--;
            free(block);
        }
        pthread_mutex_unlock(&shard->lock);
    }
}

void cache_free(struct cache *cache) {
    cache_drop(cache);
    for (struct shard *shard = cache->shards; shard < cache->shards + CACHE_SHARDS; shard++) {
        free(shard->buckets);
        pthread_mutex_destroy(&shard->lock);
        pthread_cond_destroy(&shard->filled);
    }
}
