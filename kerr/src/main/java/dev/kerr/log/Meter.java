package dev.kerr.log;

/// Is told how far work has come.
public interface Meter {
    /// So much more is done.
    void advance(long bytes);
}
