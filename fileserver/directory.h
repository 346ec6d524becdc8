/* Listings of directories: from any entry on, and by name. */
#ifndef KERR_FILESERVER_DIRECTORY_H
#define KERR_FILESERVER_DIRECTORY_H

#include "inode.h"

enum { NAME_ROOM = 256 };

struct entry {
    uint64_t reference; /* of its inode */
    uint32_t number;    /* its inode's, says the listing */
    unsigned type;      /* 1 to 7: the basic type of its inode */
    uint32_t length;
    char name[NAME_ROOM]; /* without NUL */
};

/* Where one is in a listing. */
struct listing {
    struct cursor cursor;
    uint32_t size;          /* bytes of entries and headers */
    uint32_t at;            /* how many of them are behind us */
    uint32_t header_at;     /* where the present header began */
    uint32_t index;         /* entries met since then */
    uint32_t left;          /* entries to come before the next header */
    uint32_t block, number; /* the header's */
};

struct listing listing_begin(struct reader *reader, const struct inode *directory);
void listing_end(struct listing *listing);

/* Reads the next entry. Returns 1, or 0 at the end, or a negative errno. */
int listing_next(struct listing *listing, struct entry *entry);

/* A number to come back by: the header's place and how many of its entries are behind us. */
uint64_t listing_place(const struct listing *listing);
int listing_seek(struct listing *listing, const struct inode *directory, uint64_t place);

/* Finds the reference of a name's inode. -ENOENT if there is no such name. */
int directory_lookup(struct reader *reader, const struct inode *directory, const char *name, size_t length,
                     uint64_t *reference);

#endif
