/* Inodes, of all types, basic and extended. */
#ifndef KERR_FILESERVER_INODE_H
#define KERR_FILESERVER_INODE_H

#include "metadata.h"

/* A listing is gone through from end to end for a name: at most ten million names are. */
enum { TARGET_MAX = 65535, LISTING_MAX = 256 << 20 };

struct inode {
    uint64_t reference;
    uint32_t mode, uid, gid, modified, number, links;
    uint64_t size;  /* of the content: file, target, listing */
    uint64_t holes; /* bytes of a file that take no room */
    uint32_t device;
    uint32_t xattr; /* or NO_ENTRY */
    /* What follows the fixed part: sizes of blocks, target or index of the listing. */
    uint64_t more_position;
    uint32_t more_offset;
    /* Regular file. */
    uint64_t start;
    uint32_t fragment; /* or NO_ENTRY */
    uint32_t fragment_offset;
    /* Directory: where in its table; how many entries the index has. */
    uint32_t listing_block, listing_offset, parent, index_entries;
};

/* Reads the inode at a reference, which may be anything. */
int inode_read(struct reader *reader, uint64_t reference, struct inode *inode);

/* Reads a symbolic link's target: inode->size bytes, at most TARGET_MAX. */
int inode_target(struct reader *reader, const struct inode *inode, void *target);

#endif
