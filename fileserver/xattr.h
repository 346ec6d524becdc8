/* Extended attributes. */
#ifndef KERR_FILESERVER_XATTR_H
#define KERR_FILESERVER_XATTR_H

#include "inode.h"

enum { XATTR_MAX = 65536 }; /* the kernel's limit of a value, and of all names */

/* Puts the names of all attributes, each with its NUL, into `names`. Returns their size. */
int64_t xattr_list(struct reader *reader, const struct inode *inode, char names[XATTR_MAX]);

/* Puts the value of an attribute into `value`. Returns its size; -ENODATA if there is no such attribute. */
int64_t xattr_get(struct reader *reader, const struct inode *inode, const char *name, char value[XATTR_MAX]);

#endif
