package dev.kerr.build;

import dev.kerr.log.Log;
import java.util.ArrayList;
import java.util.List;

/// Keeps what a user would see.
final class RecordingLog implements Log {
    final List<String> warnings = new ArrayList<>();
    final List<String> infos = new ArrayList<>();
    final List<String> lines = new ArrayList<>();

    @Override
    public Level level() {
        return Level.INFO;
    }

    @Override
    public void warning(String message) {
        warnings.add(message);
    }

    @Override
    public void info(String message) {
        infos.add(message);
    }

    @Override
    public void verbose(String message) {}

    @Override
    public void debug(String message) {}

    @Override
    public void data(String line) {
        lines.add(line);
    }

    @Override
    public void fatal(String message) {
        throw new AssertionError(message);
    }
}
