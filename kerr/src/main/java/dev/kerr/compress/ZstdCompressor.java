package dev.kerr.compress;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;

/// One zstd frame a block, with the size of its content and without a checksum.
final class ZstdCompressor implements Compressor {
    private final ZstdCompressCtx context = new ZstdCompressCtx();

    ZstdCompressor(int level) {
        context.setLevel(level);
        context.setChecksum(false);
        context.setContentSize(true);
    }

    @Override
    public int bound(int length) {
        return (int) Zstd.compressBound(length);
    }

    @Override
    public int compress(byte[] source, int length, byte[] target) {
        return context.compressByteArray(target, 0, target.length, source, 0, length);
    }

    @Override
    public void close() {
        context.close();
    }
}
