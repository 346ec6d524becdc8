#include "image.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "bytes.h"
#include "metadata.h"

enum {
    SUPERBLOCK = 96,
    BLOCK_LOG_MIN = 12,
    BLOCK_LOG_MAX = 20,
    METADATA_CACHE = 8 << 20,
    DATA_CACHE = 16 << 20,
    DATA_CACHE_BLOCKS = 32, /* at least, however large */
};

int image_read(const struct image *image, uint64_t position, void *bytes, size_t size) {
    if (position > image->used || size > image->used - position) return -EIO;
    for (size_t done = 0; done < size;) {
        const off_t at = (off_t)(image->offset + position + done);
        const ssize_t got = pread(image->file, (uint8_t *)bytes + done, size - done, at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return -EIO; /* the file has become shorter, or its disk is broken */
        done += (size_t)got;
    }
    return 0;
}

static bool is_table(const struct image *image, uint64_t position) {
    return position >= SUPERBLOCK && position <= image->used;
}

static const char *decode_superblock(struct image *image, const uint8_t *bytes, uint64_t length) {
    if (memcmp(bytes, "hsqs", 4) != 0) return "there is no SquashFS";
    if (get16(bytes + 28) != 4 || get16(bytes + 30) != 0) return "the SquashFS is not of version 4.0";
    image->inodes = get32(bytes + 4);
    image->block_size = get32(bytes + 12);
    image->fragments = get32(bytes + 16);
    image->compression = get16(bytes + 20);
    image->block_log = get16(bytes + 22);
    image->id_count = get16(bytes + 26);
    image->root = get64(bytes + 32);
    image->used = get64(bytes + 40);
    image->id_table = get64(bytes + 48);
    image->xattr_table = get64(bytes + 56);
    image->inode_table = get64(bytes + 64);
    image->directory_table = get64(bytes + 72);
    image->fragment_table = get64(bytes + 80);
    if (image->used < SUPERBLOCK || image->used > length) return "the SquashFS is cut short";
    if (image->block_log < BLOCK_LOG_MIN || image->block_log > BLOCK_LOG_MAX) return "the block size is not supported";
    if (image->block_size != UINT32_C(1) << image->block_log) return "the block size is wrong";
    if (!is_table(image, image->id_table) || !is_table(image, image->inode_table) ||
        !is_table(image, image->directory_table) || image->inode_table >= image->directory_table)
        return "the tables of the SquashFS are not in it";
    if (image->fragments != 0 && !is_table(image, image->fragment_table))
        return "the fragment table is not in the file";
    if (image->id_count == 0) return "the SquashFS has no owners";
    return NULL;
}

static const char *unsupported(const struct image *image) {
    switch (image->compression) {
    case GZIP: return "gzip is not supported by this build";
    case LZMA: return "lzma is not supported (hint: make the image with zstd or gzip)";
    case LZO: return "lzo is not supported (hint: make the image with zstd or gzip)";
    case XZ: return "xz is not supported by this build";
    case LZ4: return "lz4 is not supported by this build";
    case ZSTD: return "zstd is not supported by this build";
    default: return "the compressor is not known";
    }
}

static const char *read_ids(struct image *image, struct reader *reader) {
    image->ids = calloc(image->id_count, sizeof *image->ids);
    if (!image->ids) return "out of memory";
    for (uint32_t i = 0; i < image->id_count; i++) {
        uint8_t id[4];
        if (table_entry(reader, image->id_table, i, id, sizeof id) != 0) return "the table of owners is broken";
        image->ids[i] = get32(id);
    }
    return NULL;
}

static const char *read_xattr_header(struct image *image) {
    uint8_t header[16];
    if (image->xattr_table == NO_TABLE) return NULL;
    if (image_read(image, image->xattr_table, header, sizeof header) != 0) return "the xattr table is not in the file";
    image->xattr_pairs = get64(header);
    image->xattr_count = get32(header + 8);
    return NULL;
}

const char *image_open(struct image *image, struct reader *reader, int file, uint64_t offset, uint64_t length) {
    uint8_t bytes[SUPERBLOCK];
    *image = (struct image){.file = file, .offset = offset, .used = length};
    *reader = (struct reader){.image = image};
    pthread_mutex_init(&image->places_lock, NULL);
    if (image_read(image, 0, bytes, sizeof bytes) != 0) return "there is no SquashFS";
    const char *wrong = decode_superblock(image, bytes, length);
    if (wrong) return wrong;
    const size_t blocks = DATA_CACHE / image->block_size;
    cache_init(&image->metadata, METADATA_BLOCK, METADATA_CACHE);
    cache_init(&image->data, image->block_size,
               image->block_size * (blocks > DATA_CACHE_BLOCKS ? blocks : DATA_CACHE_BLOCKS));
    reader->codec = codec_new(image->compression);
    wrong = reader->codec ? read_ids(image, reader) : unsupported(image);
    return wrong ? wrong : read_xattr_header(image);
}

void image_close(struct image *image) {
    if (image->metadata.room) cache_free(&image->metadata);
    if (image->data.room) cache_free(&image->data);
    pthread_mutex_destroy(&image->places_lock);
    free(image->places);
    free(image->ids);
}

void reader_close(struct reader *reader) {
    codec_free(reader->codec);
    free(reader->packed);
}

static int prepare(struct reader *reader) {
    if (!reader->codec) reader->codec = codec_new(reader->image->compression);
    if (!reader->packed) reader->packed = malloc(reader->image->block_size + METADATA_BLOCK);
    return reader->codec && reader->packed ? 0 : -ENOMEM;
}

int64_t reader_unpack(struct reader *reader, uint64_t position, size_t stored, uint8_t *to, size_t room) {
    struct image *image = reader->image;
    if (image->on_work) image->on_work();
    int error = prepare(reader);
    if (!error && stored > image->block_size + METADATA_BLOCK) error = -EIO;
    if (!error) error = image_read(image, position, reader->packed, stored);
    if (error) return error;
    const ssize_t size = codec_unpack(reader->codec, reader->packed, stored, to, room);
    return size < 0 ? -EIO : size;
}
