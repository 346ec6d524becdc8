/* Threads that read the same image at once, each with a session of its own, all find the same.
 *
 *   threads_test DIRECTORY      of make_images.sh
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdio.h>

#include "../../starter/test/tap.h"
#include "client.h"

enum { THREADS = 8, ROUNDS = 20 };

static struct client first;
static atomic_int differences;

static uint64_t sum_of(const struct client *client, uint64_t sum) {
    for (size_t i = 0; i < client->size; i++) sum = sum * 31 + client->content[i];
    return sum;
}

/* A number that stands for all that some requests bring. */
static uint64_t read_all(struct client *client) {
    static const char *const NAMES[] = {"mixed", "hole", "blocks", "small", "random"};
    struct fuse_entry_out entry;
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (ask_lookup(client, FUSE_ROOT_ID, NAMES[i], &entry)) return 0;
        for (uint64_t at = 0; at < entry.attr.size; at += 10000) {
            if (ask_read(client, FUSE_READ, entry.nodeid, at, 10000)) return 0;
            sum = sum_of(client, sum);
        }
    }
    if (ask_lookup(client, FUSE_ROOT_ID, "many", &entry)) return 0;
    if (ask_read(client, FUSE_READDIRPLUS, entry.nodeid, 0, 1 << 20)) return 0;
    return sum_of(client, sum);
}

static void *work(void *expected) {
    struct client client = {.session = {.reader = {.image = &first.image}, .send = client_receive}};
    client.session.context = &client;
    client.session.answer = malloc(session_answer_room());
    for (int i = 0; i < ROUNDS; i++) {
        if (read_all(&client) != *(const uint64_t *)expected) differences++;
        if (i % 5 == 4) cache_drop(&first.image.data);
    }
    reader_close(&client.session.reader);
    free(client.session.answer);
    return NULL;
}

static void test_image(const char *directory, const char *name) {
    char path[4096], sentence[4200];
    pthread_t threads[THREADS];
    snprintf(path, sizeof path, "%s/%s.sqfs", directory, name);
    const int file = open(path, O_RDONLY);
    if (client_open(&first, file, 0, (uint64_t)lseek(file, 0, SEEK_END)) == NULL) {
        uint64_t expected = read_all(&first);
        cache_drop(&first.image.data);
        differences = expected == 0;
        for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, &expected);
        for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
        snprintf(sentence, sizeof sentence, "%s: %d threads find the same", name, THREADS);
        ok(differences == 0, sentence);
    }
    client_close(&first);
    close(file);
}

int main(int argc, char **argv) {
    static const char *const IMAGES[] = {"gzip", "zstd", "lz4", "xz", "large-blocks", "tails"};
    if (argc != 2) return 2;
    for (size_t i = 0; i < sizeof IMAGES / sizeof *IMAGES; i++) test_image(argv[1], IMAGES[i]);
    ok(tap_cases > 3, "there were images");
    return tap_done();
}
