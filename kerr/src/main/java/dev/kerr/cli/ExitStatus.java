package dev.kerr.cli;

/// Exit statuses of our own; a payload's is passed through.
final class ExitStatus {
    static final int SUCCESS = 0;

    /// The command line is wrong.
    static final int USAGE = 1;

    /// What was asked for could not be done.
    static final int FATAL = 255;

    private ExitStatus() {}
}
