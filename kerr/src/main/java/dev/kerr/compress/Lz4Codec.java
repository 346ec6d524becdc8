package dev.kerr.compress;

import java.util.zip.DataFormatException;

/// An LZ4 block without a frame.
///
/// Our own sixty lines instead of a library: what there is for Java finds its code by reflection or unpacks a
/// native library into a temporary directory, both too dear for the few small blocks that a launch reads.
///
/// Source: LZ4 block format description, `doc/lz4_Block_format.md` of lz4.
final class Lz4Codec implements Codec {
    private static final int SHORTEST_MATCH = 4;

    @Override
    public int decompress(byte[] source, int length, byte[] target) throws DataFormatException {
        int in = 0;
        int out = 0;
        while (in < length) {
            int token = source[in++] & 0xff;
            int literals = token >>> 4;
            if (literals == 15) {
                long extended = extendedLength(source, in, length);
                literals += (int) extended;
                in += (int) (extended >>> 32);
            }
            if (literals > length - in || literals > target.length - out) {
                throw new DataFormatException("lz4 literals run over the end of the block");
            }
            System.arraycopy(source, in, target, out, literals);
            in += literals;
            out += literals;
            if (in == length) {
                return out;
            }
            int distance = in + 2 <= length ? (source[in] & 0xff) | (source[in + 1] & 0xff) << 8 : 0;
            in += 2;
            int match = (token & 15) + SHORTEST_MATCH;
            if ((token & 15) == 15) {
                long extended = extendedLength(source, in, length);
                match += (int) extended;
                in += (int) (extended >>> 32);
            }
            copyMatch(target, out, distance, match);
            out += match;
        }
        throw new DataFormatException("lz4 block is cut short");
    }

    /// The sum of the length bytes at `in` in the low half, how many they are in the high half.
    private static long extendedLength(byte[] source, int in, int length) throws DataFormatException {
        int sum = 0;
        for (int at = in; at < length; at++) {
            int more = source[at] & 0xff;
            sum += more;
            if (more != 255) {
                return (long) (at + 1 - in) << 32 | sum;
            }
        }
        throw new DataFormatException("lz4 length is cut short");
    }

    private static void copyMatch(byte[] target, int out, int distance, int match) throws DataFormatException {
        if (distance == 0 || distance > out || match > target.length - out) {
            throw new DataFormatException("lz4 match lies outside the block");
        }
        // Source and target may overlap on purpose (a run repeats itself): copy at most one period at a time.
        int from = out - distance;
        int to = out;
        int left = match;
        while (left > 0) {
            int now = Math.min(left, to - from);
            System.arraycopy(target, from, target, to, now);
            to += now;
            left -= now;
        }
    }

    @Override
    public void close() {}
}
