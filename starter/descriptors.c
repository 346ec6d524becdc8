#define _GNU_SOURCE
#include "descriptors.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

bool descriptors_send(int socket, const void *message, size_t size, const int *files, size_t count) {
    _Alignas(struct cmsghdr) char room[CMSG_SPACE(DESCRIPTORS_MAX * sizeof *files)] = {0};
    struct iovec data = {(void *)(uintptr_t)message, size};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};
    if (count > DESCRIPTORS_MAX) return false;
    if (count > 0) {
        header.msg_control = room;
        header.msg_controllen = CMSG_SPACE(count * sizeof *files);
        struct cmsghdr *control = CMSG_FIRSTHDR(&header);
        control->cmsg_level = SOL_SOCKET;
        control->cmsg_type = SCM_RIGHTS;
        control->cmsg_len = CMSG_LEN(count * sizeof *files);
        memcpy(CMSG_DATA(control), files, count * sizeof *files);
    }
    return sendmsg(socket, &header, MSG_NOSIGNAL) == (ssize_t)size;
}

ssize_t descriptors_receive(int socket, void *message, size_t size, int *files, size_t count) {
    _Alignas(struct cmsghdr) char room[CMSG_SPACE(DESCRIPTORS_MAX * sizeof *files)];
    struct iovec data = {message, size};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    ssize_t got;
    do got = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    for (size_t i = 0; i < count; i++) files[i] = -1;
    const struct cmsghdr *control = got > 0 ? CMSG_FIRSTHDR(&header) : NULL;
    if (!control || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) return got;
    const size_t sent = (control->cmsg_len - CMSG_LEN(0)) / sizeof *files;
    for (size_t i = 0; i < sent; i++) {
        int file;
        memcpy(&file, CMSG_DATA(control) + i * sizeof file, sizeof file);
        if (i < count)
            files[i] = file;
        else
            close(file);
    }
    return got;
}
