/* Requests of the kernel, as <linux/fuse.h> has them, and their answers: bytes in, bytes out. */
#ifndef KERR_FILESERVER_REQUEST_H
#define KERR_FILESERVER_REQUEST_H

#include "image.h"

enum {
    REQUEST_ROOM = 16384,   /* the kernel wants 8192 at least; longer requests only change things */
    CONTENT_ROOM = 1 << 20, /* the most that one read may ask for: 256 pages */
    PAGES_MAX = 256,
};

/* Called with the inode's number when a file is read. */
typedef void record_read(uint32_t inode);

/* What one thread answers with. */
struct session {
    struct reader reader;
    uint8_t *request; /* room for one; only the caller uses it */
    uint8_t *answer;  /* session_answer_room() bytes */
    void (*send)(struct session *session, const void *bytes, size_t size);
    record_read *on_read; /* may be NULL */
    void *context;        /* the sender's */
};

size_t session_answer_room(void);

/* Answers one request of `size` bytes, or does not, where none is due. */
void request_handle(struct session *session, const uint8_t *request, size_t size);

#endif
