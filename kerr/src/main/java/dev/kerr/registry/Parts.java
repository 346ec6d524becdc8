package dev.kerr.registry;

/// How the content of a large blob is asked for: in parts that come over several connections at once, as a registry
/// often gives each connection no more than so much.
///
/// @param atOnce connections for one blob, at least 1
/// @param bytes of a part, at least 1
public record Parts(int atOnce, long bytes) {
    /// As the field has it.
    public static final Parts USUAL = new Parts(3, 5 << 20);

    /// What comes is kept in memory until it is its turn: so this bounds it.
    public static final int MOST_AT_ONCE = 16;

    public Parts {
        if (atOnce < 1 || atOnce > MOST_AT_ONCE || bytes < 1) {
            throw new IllegalArgumentException(atOnce + " parts of " + bytes + " bytes");
        }
    }

    /// Where the part ends that begins at a byte of a content of so many bytes.
    long end(long from, long size) {
        return bytes < size - from ? from + bytes : size;
    }

    /// Whether so much is asked for in parts at all.
    boolean areWorthIt(long left) {
        return atOnce > 1 && left / bytes > atOnce;
    }
}
