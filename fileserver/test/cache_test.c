/* The cache: one filling for all that want a block, bounds, and errors that do not stay. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "../../starter/test/tap.h"
#include "../cache.h"

enum { ROOM = 64, THREADS = 8 };

static struct cache cache;
static atomic_int fillings;

static int fill(struct block *block, void *context) {
    fillings++;
    nanosleep(&(struct timespec){.tv_nsec = *(const long *)context}, NULL);
    memset(block->bytes, (int)block->position & 0xff, ROOM);
    block->size = ROOM;
    return 0;
}

static int fail(struct block *block, void *context) {
    (void)block;
    nanosleep(&(struct timespec){.tv_nsec = *(const long *)context}, NULL);
    fillings++;
    return -EIO;
}

static void *get_good(void *context) {
    struct block *block = cache_get(&cache, 4711, fill, context);
    const bool good = block && block->error == 0 && block->bytes[ROOM - 1] == (4711 & 0xff);
    cache_put(&cache, block, true);
    return good ? context : NULL;
}

static void *get_bad(void *context) {
    struct block *block = cache_get(&cache, 4712, fail, context);
    const bool bad = block && block->error == -EIO;
    cache_put(&cache, block, true);
    return bad ? context : NULL;
}

/* Returns how many threads found what they should. */
static int together(void *(*work)(void *)) {
    static long pause = 20000000;
    pthread_t threads[THREADS];
    int right = 0;
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, &pause);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        right += result != NULL;
    }
    return right;
}

static unsigned blocks(void) {
    unsigned count = 0;
    for (size_t i = 0; i < CACHE_SHARDS; i++) count += cache.shards[i].blocks;
    return count;
}

int main(void) {
    long none = 0;
    cache_init(&cache, ROOM, ROOM * CACHE_SHARDS * 4);
    ok(together(get_good) == THREADS, "all threads find a block that is being made");
    ok(fillings == 1, "which is made once");
    fillings = 0;
    ok(together(get_bad) == THREADS, "all threads learn that a block is broken");
    ok(!cache_find(&cache, 4712), "which is then forgotten");
    bool right = true;
    for (uint64_t i = 0; i < 1000; i++) {
        struct block *block = cache_get(&cache, i * 100, fill, &none);
        right = right && block->position == i * 100 && block->bytes[0] == (uint8_t)(i * 100);
        cache_put(&cache, block, i % 3 != 0);
    }
    ok(right, "a thousand blocks are what they should be");
    ok(blocks() <= CACHE_SHARDS * 4, "and no more are kept than there is room for");
    struct block *held[100];
    for (uint64_t i = 0; i < 100; i++) held[i] = cache_get(&cache, i, fill, &none);
    right = true;
    for (uint64_t i = 0; i < 100; i++) right = right && held[i]->bytes[0] == (uint8_t)i;
    ok(right, "blocks in use are not taken for others, however many");
    for (uint64_t i = 0; i < 100; i++) cache_put(&cache, held[i], true);
    ok(blocks() <= CACHE_SHARDS * 4, "afterwards they are given back");
    cache_drop(&cache);
    ok(blocks() == 0, "all can be given back");
    cache_free(&cache);
    return tap_done();
}
