package dev.kerr.compress;

/// Packs blocks one by one, each so that it can be unpacked alone. Not thread-safe; holds native memory until closed.
///
/// The same block gives the same bytes, whatever was packed before.
public interface Compressor extends AutoCloseable {
    /// The most bytes that a block of `length` bytes can become.
    int bound(int length);

    /// Packs the first `length` bytes of `source` into the start of `target`.
    ///
    /// @param target at least [#bound] of `length` long
    /// @return the bytes written, which may be more than `length`
    int compress(byte[] source, int length, byte[] target);

    /// Frees what the compressor holds; a second call does nothing.
    @Override
    void close();
}
