package dev.kerr.layer;

/// How much of layers is read, and how.
///
/// @param threads that read layers at the same time, at least 1
/// @param mostEntries of all layers together, 1 to 8,000,000; one takes about 150 bytes of memory
/// @param mostBytes of all layers together without compression, and of all files together with their holes
public record LayerSettings(int threads, long mostEntries, long mostBytes) {
    private static final long USUAL_ENTRIES = 4_000_000;
    private static final long USUAL_BYTES = 1L << 40;

    /// An index is an array.
    private static final long LARGEST_ENTRIES = 8_000_000;

    /// Refuses what is out of range.
    public LayerSettings {
        if (threads < 1 || mostEntries < 1 || mostEntries > LARGEST_ENTRIES || mostBytes < 1) {
            throw new IllegalArgumentException("no such settings: " + threads + ", " + mostEntries + ", " + mostBytes);
        }
    }

    /// All processors, four million entries, one TiB.
    public static LayerSettings usual() {
        return new LayerSettings(Runtime.getRuntime().availableProcessors(), USUAL_ENTRIES, USUAL_BYTES);
    }
}
