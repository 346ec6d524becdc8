/* Asks the handlers as the kernel does, without /dev/fuse: what they send comes back as a reply in memory. */
#ifndef KERR_FILESERVER_TEST_CLIENT_H
#define KERR_FILESERVER_TEST_CLIENT_H

#include <fcntl.h>
#include <linux/fuse.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../request.h"

struct client {
    struct image image;
    struct session session;
    int replies; /* to the last request */
    int error;   /* of the last reply, 0 or a negative errno */
    const uint8_t *content;
    size_t size;
};

static inline void client_receive(struct session *session, const void *bytes, size_t size) {
    struct client *client = session->context;
    struct fuse_out_header header;
    memcpy(&header, bytes, sizeof header);
    if (header.len != size) abort();
    client->replies++;
    client->error = header.error;
    client->content = (const uint8_t *)bytes + sizeof header;
    client->size = size - sizeof header;
}

/* Returns what is wrong with the image, or NULL. Close it in any case. */
static inline const char *client_open(struct client *client, int file, uint64_t offset, uint64_t length) {
    memset(client, 0, sizeof *client);
    client->session.send = client_receive;
    client->session.context = client;
    client->session.answer = malloc(session_answer_room());
    return image_open(&client->image, &client->session.reader, file, offset, length);
}

static inline void client_close(struct client *client) {
    reader_close(&client->session.reader);
    image_close(&client->image);
    free(client->session.answer);
}

/* Sends one request, in memory of just its size. Returns its error; -1000 if there is no reply. */
static inline int ask(struct client *client, uint32_t opcode, uint64_t node, const void *body, size_t size) {
    const struct fuse_in_header header = {
        .len = (uint32_t)(sizeof header + size), .opcode = opcode, .unique = 7, .nodeid = node};
    uint8_t *request = malloc(header.len);
    memcpy(request, &header, sizeof header);
    if (size) memcpy(request + sizeof header, body, size);
    client->replies = 0;
    client->error = -1000;
    client->size = 0;
    request_handle(&client->session, request, header.len);
    free(request);
    return client->error;
}

/* Returns an error; the entry's node is 0 if there is no such name. */
static inline int ask_lookup(struct client *client, uint64_t parent, const char *name, struct fuse_entry_out *entry) {
    const int error = ask(client, FUSE_LOOKUP, parent, name, strlen(name) + 1);
    if (!error) memcpy(entry, client->content, sizeof *entry);
    return error;
}

static inline int ask_read(struct client *client, uint32_t opcode, uint64_t node, uint64_t offset, uint32_t size) {
    const struct fuse_read_in in = {.offset = offset, .size = size};
    return ask(client, opcode, node, &in, sizeof in);
}

/* `name`: NULL for a list. */
static inline int ask_xattr(struct client *client, uint64_t node, const char *name, uint32_t size) {
    struct fuse_getxattr_in in = {.size = size};
    uint8_t body[sizeof in + 512] = {0};
    const size_t length = name ? strlen(name) + 1 : 0;
    memcpy(body, &in, sizeof in);
    if (name) memcpy(body + sizeof in, name, length);
    return ask(client, name ? FUSE_GETXATTR : FUSE_LISTXATTR, node, body, sizeof in + length);
}

#endif
