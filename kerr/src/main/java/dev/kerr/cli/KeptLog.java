package dev.kerr.cli;

import dev.kerr.log.Log;
import dev.kerr.log.StreamLog;
import java.util.Objects;

/// A log that keeps what it has told the user, so that it can be told again without being found out again.
final class KeptLog implements Log {
    private final Log log;
    private final StringBuilder said = new StringBuilder();
    private boolean isWhole = true;

    KeptLog(Log log) {
        this.log = Objects.requireNonNull(log);
    }

    /// What was said, whole lines as the user saw them.
    String said() {
        return said.toString();
    }

    /// Whether that is all: what is said of the way to a result is not kept.
    boolean isWhole() {
        return isWhole;
    }

    @Override
    public Level level() {
        return log.level();
    }

    @Override
    public void warning(String message) {
        keep(Level.QUIET, StreamLog.warningLine(message));
        log.warning(message);
    }

    @Override
    public void info(String message) {
        keep(Level.INFO, StreamLog.infoLine(message));
        log.info(message);
    }

    @Override
    public void verbose(String message) {
        isWhole &= !isShown(Level.VERBOSE);
        log.verbose(message);
    }

    @Override
    public void debug(String message) {
        isWhole &= !isShown(Level.DEBUG);
        log.debug(message);
    }

    @Override
    public void data(String line) {
        log.data(line);
    }

    @Override
    public void fatal(String message) {
        isWhole = false;
        log.fatal(message);
    }

    private void keep(Level needed, String line) {
        if (isShown(needed)) {
            said.append(line).append('\n');
        }
    }

    private boolean isShown(Level needed) {
        return level().compareTo(needed) >= 0;
    }
}
