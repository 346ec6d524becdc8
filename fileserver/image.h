/* The image: a file that nobody vouches for, its superblock, and what all threads know about it.
 *
 * Functions that may fail return 0 or a negative errno. Positions count from the superblock.
 */
#ifndef KERR_FILESERVER_IMAGE_H
#define KERR_FILESERVER_IMAGE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache.h"
#include "codec.h"

enum { METADATA_BLOCK = 8192, NO_FRAGMENT = -1, BLOCK_MAX = 1 << 20 };

#define NO_TABLE UINT64_MAX
#define NO_ENTRY UINT32_MAX

struct place; /* where blocks of a large file are: data.c */

struct image {
    int file;
    uint64_t offset; /* of the superblock in the file */
    uint64_t used;   /* bytes, all of which are in the file */
    uint32_t inodes, fragments, block_size;
    unsigned block_log, compression;
    uint64_t root; /* reference of its inode */
    uint64_t inode_table, directory_table, fragment_table, id_table, xattr_table;
    uint32_t id_count;
    uint32_t *ids;
    uint64_t xattr_pairs; /* position of the first */
    uint32_t xattr_count;
    struct cache metadata, data;
    pthread_mutex_t places_lock;
    struct place *places;  /* NULL until a large file is read */
    void (*on_work)(void); /* called before a block is unpacked, which takes a while; may be NULL */
};

/* What one thread reads the image with. */
struct reader {
    struct image *image;
    struct codec *codec; /* made when it is first needed, and so is the buffer */
    uint8_t *packed;     /* a block as it is stored */
};

/* Reads the superblock of the image at `offset` of a file, which ends `length` bytes from there; its owners and the
 * header of its extended attributes; by the reader, whose image it then is. On failure returns what is wrong, else
 * NULL. Does not own the file. */
const char *image_open(struct image *image, struct reader *reader, int file, uint64_t offset, uint64_t length);
void image_close(struct image *image);

/* Reads `size` bytes at a position. */
int image_read(const struct image *image, uint64_t position, void *bytes, size_t size);

void reader_close(struct reader *reader);

/* Reads a block of `stored` bytes and unpacks it. Returns how many bytes it has, at most `room`. */
int64_t reader_unpack(struct reader *reader, uint64_t position, size_t stored, uint8_t *to, size_t room);

#endif
