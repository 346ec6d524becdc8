package dev.kerr.compress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// An LZ4 block without a frame: for each place the last one that began with the same four bytes, as far as a table
/// of hashes remembers it.
///
/// Our own, like [Lz4Codec]: it packs no worse than the reference at its default level, and is the same on every
/// machine.
///
/// Source: LZ4 block format description, `doc/lz4_Block_format.md` of lz4.
final class Lz4Compressor implements Compressor {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static final int HASH_LOG = 14;
    private static final int HASH_FACTOR = 0x9e3779b1;
    private static final int SHORTEST_MATCH = 4;
    private static final int FARTHEST_MATCH = 0xffff;
    /// A match neither begins in the last twelve bytes of a block nor covers the last five.
    private static final int LAST_MATCH_BEFORE_END = 12;

    private static final int LITERALS_AT_END = 5;
    /// After 64 places in vain each second is tried, after 64 more each third, and so on.
    private static final int PATIENCE_LOG = 6;

    private final int[] table = new int[1 << HASH_LOG];

    @Override
    public int bound(int length) {
        return length + length / 255 + 16;
    }

    @Override
    public int compress(byte[] source, int length, byte[] target) {
        Arrays.fill(table, 0);
        int out = 0;
        int literals = 0;
        int at = 0;
        int tries = 1 << PATIENCE_LOG;
        int end = length - LAST_MATCH_BEFORE_END;
        while (at < end) {
            int candidate = replace(source, at);
            if (candidate < 0 || at - candidate > FARTHEST_MATCH || !sameFour(source, candidate, at)) {
                at += tries++ >>> PATIENCE_LOG;
                continue;
            }
            while (at > literals && candidate > 0 && source[at - 1] == source[candidate - 1]) {
                at--;
                candidate--;
            }
            int match = matchLength(source, candidate, at, length - LITERALS_AT_END);
            out = sequence(source, literals, at - literals, target, out, match - SHORTEST_MATCH);
            target[out++] = (byte) (at - candidate);
            target[out++] = (byte) (at - candidate >>> 8);
            out = extended(target, out, match - SHORTEST_MATCH);
            at += match;
            literals = at;
            tries = 1 << PATIENCE_LOG;
            if (at < end) {
                replace(source, at - 2);
            }
        }
        return sequence(source, literals, length - literals, target, out, 0);
    }

    /// Remembers `at`.
    ///
    /// @return the place remembered before for the same hash, or -1
    private int replace(byte[] source, int at) {
        int hash = (int) INT.get(source, at) * HASH_FACTOR >>> 32 - HASH_LOG;
        int before = table[hash] - 1;
        // Places count from 1 in the table, so that 0 is none.
        table[hash] = at + 1;
        return before;
    }

    private static boolean sameFour(byte[] source, int a, int b) {
        return (int) INT.get(source, a) == (int) INT.get(source, b);
    }

    /// How many bytes from `candidate` are those from `at`, which stays before `end`; at least four are known to be.
    private static int matchLength(byte[] source, int candidate, int at, int end) {
        int length = SHORTEST_MATCH;
        while (at + length <= end - Long.BYTES) {
            long difference = (long) LONG.get(source, candidate + length) ^ (long) LONG.get(source, at + length);
            if (difference != 0) {
                return length + Long.numberOfTrailingZeros(difference) / Byte.SIZE;
            }
            length += Long.BYTES;
        }
        while (at + length < end && source[candidate + length] == source[at + length]) {
            length++;
        }
        return length;
    }

    /// Writes a token, the length of the literals and the literals.
    private static int sequence(byte[] source, int from, int literals, byte[] target, int out, int match) {
        target[out] = (byte) (Math.min(15, literals) << 4 | Math.min(15, match));
        int next = extended(target, out + 1, literals);
        System.arraycopy(source, from, target, next, literals);
        return next + literals;
    }

    /// Writes what of `length` does not fit into four bits of the token.
    private static int extended(byte[] target, int out, int length) {
        int next = out;
        for (int left = length - 15; left >= 0; left -= 255) {
            target[next++] = (byte) Math.min(255, left);
        }
        return next;
    }

    @Override
    public void close() {}
}
