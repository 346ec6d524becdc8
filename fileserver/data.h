/* The content of regular files. */
#ifndef KERR_FILESERVER_DATA_H
#define KERR_FILESERVER_DATA_H

#include "inode.h"

/* Reads `size` bytes at `offset`; the caller has checked that the file has them. */
int data_read(struct reader *reader, const struct inode *inode, uint64_t offset, uint8_t *bytes, size_t size);

#endif
