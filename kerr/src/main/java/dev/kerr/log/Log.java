package dev.kerr.log;

/// Tells the user what happens, on standard error and nowhere else.
public interface Log {
    /// How much is said; each level includes those before it.
    enum Level {
        SILENT,
        QUIET,
        INFO,
        VERBOSE,
        DEBUG
    }

    /// How much is said.
    Level level();

    /// Something was asked for and is done differently or not at all, without harm.
    void warning(String message);

    /// What a user should see.
    void info(String message);

    /// What helps a user to understand a choice that was made.
    void verbose(String message);

    /// What helps us.
    void debug(String message);

    /// A line for the program that has asked for it, as it is.
    void data(String line);

    /// The last word before the program ends without success.
    void fatal(String message);
}
