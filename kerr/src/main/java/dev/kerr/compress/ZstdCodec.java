package dev.kerr.compress;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.zip.DataFormatException;

/// One zstd frame a block, unpacked by libzstd in one call: the window is the target itself, whatever the frame
/// asks for.
final class ZstdCodec implements Codec {
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();

    @Override
    public int decompress(byte[] source, int length, byte[] target) throws DataFormatException {
        try {
            return context.decompressByteArray(target, 0, target.length, source, 0, length);
        } catch (ZstdException e) {
            throw damaged(e);
        }
    }

    private static DataFormatException damaged(ZstdException e) {
        var damaged = new DataFormatException("zstd block is damaged: " + e.getMessage());
        damaged.initCause(e);
        return damaged;
    }

    @Override
    public void close() {
        context.close();
    }
}
