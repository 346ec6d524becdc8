#include "codec.h"

#include <stdlib.h>

#if WITH_GZIP
#include <libdeflate.h>
#endif
#if WITH_LZ4
#include <lz4.h>
#endif
#if WITH_XZ
#include <lzma.h>
#endif
#if WITH_ZSTD
#include <zstd.h>
#endif

/* What a block of xz may ask for: mksquashfs takes dictionaries of at most a block, which is at most 1 MiB. */
enum { XZ_MEMORY = 8 << 20 };

struct codec {
    unsigned compression;
#if WITH_GZIP
    struct libdeflate_decompressor *gzip;
#endif
#if WITH_XZ
    lzma_stream xz; /* kept, for it keeps its dictionary */
#endif
#if WITH_ZSTD
    ZSTD_DCtx *zstd;
#endif
};

/* Returns whether the codec can be used. */
static int prepare(struct codec *codec) {
    switch (codec->compression) {
#if WITH_GZIP
    case GZIP: return (codec->gzip = libdeflate_alloc_decompressor()) != NULL;
#endif
#if WITH_XZ
    case XZ: return 1;
#endif
#if WITH_LZ4
    case LZ4: return 1;
#endif
#if WITH_ZSTD
    case ZSTD: return (codec->zstd = ZSTD_createDCtx()) != NULL;
#endif
    default: return 0;
    }
}

struct codec *codec_new(unsigned compression) {
    struct codec *codec = calloc(1, sizeof *codec);
    if (!codec) return NULL;
    codec->compression = compression;
    if (prepare(codec)) return codec;
    free(codec);
    return NULL;
}

void codec_free(struct codec *codec) {
    if (!codec) return;
#if WITH_GZIP
    libdeflate_free_decompressor(codec->gzip);
#endif
#if WITH_XZ
    lzma_end(&codec->xz);
#endif
#if WITH_ZSTD
    ZSTD_freeDCtx(codec->zstd);
#endif
    free(codec);
}

#if WITH_GZIP
static ssize_t unpack_gzip(struct codec *codec, const uint8_t *from, size_t size, uint8_t *to, size_t room) {
    size_t got = 0;
    return libdeflate_zlib_decompress(codec->gzip, from, size, to, room, &got) == LIBDEFLATE_SUCCESS ? (ssize_t)got
                                                                                                     : -1;
}
#endif

#if WITH_XZ
static ssize_t unpack_xz(struct codec *codec, const uint8_t *from, size_t size, uint8_t *to, size_t room) {
    lzma_stream *stream = &codec->xz;
    if (lzma_stream_decoder(stream, XZ_MEMORY, 0) != LZMA_OK) return -1;
    stream->next_in = from;
    stream->avail_in = size;
    stream->next_out = to;
    stream->avail_out = room;
    return lzma_code(stream, LZMA_FINISH) == LZMA_STREAM_END ? (ssize_t)(room - stream->avail_out) : -1;
}
#endif

#if WITH_ZSTD
static ssize_t unpack_zstd(struct codec *codec, const uint8_t *from, size_t size, uint8_t *to, size_t room) {
    const size_t got = ZSTD_decompressDCtx(codec->zstd, to, room, from, size);
    return ZSTD_isError(got) ? -1 : (ssize_t)got;
}
#endif

ssize_t codec_unpack(struct codec *codec, const uint8_t *from, size_t size, uint8_t *to, size_t room) {
    switch (codec->compression) {
#if WITH_GZIP
    case GZIP: return unpack_gzip(codec, from, size, to, room);
#endif
#if WITH_XZ
    case XZ: return unpack_xz(codec, from, size, to, room);
#endif
#if WITH_LZ4
    case LZ4: return LZ4_decompress_safe((const char *)from, (char *)to, (int)size, (int)room);
#endif
#if WITH_ZSTD
    case ZSTD: return unpack_zstd(codec, from, size, to, room);
#endif
    default: return -1;
    }
}
