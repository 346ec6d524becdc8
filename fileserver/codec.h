/* The compressors of SquashFS: unpacking one block at a time. */
#ifndef KERR_FILESERVER_CODEC_H
#define KERR_FILESERVER_CODEC_H

#include <stdint.h>
#include <sys/types.h>

enum compression { GZIP = 1, LZMA = 2, LZO = 3, XZ = 4, LZ4 = 5, ZSTD = 6 };

/* A decompressor and its memory; each thread has its own, because they are not to be shared. */
struct codec;

/* Returns NULL if the compressor is not supported, or without memory. */
struct codec *codec_new(unsigned compression);
void codec_free(struct codec *codec);

/* Unpacks a block. Returns how many bytes it has, at most `room`, or -1 if it is broken or has more. */
ssize_t codec_unpack(struct codec *codec, const uint8_t *from, size_t size, uint8_t *to, size_t room);

#endif
