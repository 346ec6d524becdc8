/* Open files that go to another process over a Unix socket, with a message. */
#ifndef KERR_DESCRIPTORS_H
#define KERR_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { DESCRIPTORS_MAX = 4 };

/* Sends a message of at least one byte with some descriptors. */
bool descriptors_send(int socket, const void *message, size_t size, const int *files, size_t count);

/* Receives a message, and as many descriptors as may come; they are close-on-exec. Returns the bytes of the message:
 * 0 if the other side has gone, -1 if it failed or took too long. Descriptors that did not come are -1. */
ssize_t descriptors_receive(int socket, void *message, size_t room, int *files, size_t count);

#endif
