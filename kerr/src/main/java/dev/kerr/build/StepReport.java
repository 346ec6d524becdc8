package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a [TreeStep] went, as its process tells the build in a file: an exit status has no room for a reason, and on
/// standard error a person would read it twice.
sealed interface StepReport {
    /// The first lines of the two.
    String DONE = "done";

    String FAILED = "failed";

    /// It did all.
    ///
    /// @param lines what there is to say: of unpacking, what could not be made because only the host's root can, a
    ///     line for each kind; of locating, what was found
    record Done(List<String> lines) implements StepReport {
        public Done {
            lines = List.copyOf(lines);
        }
    }

    /// It could not.
    ///
    /// @param hint empty if there is none
    record Failed(String message, String hint) implements StepReport {
        public Failed {
            requireNonNull(message);
            requireNonNull(hint);
        }

        UserException asException() {
            return new UserException(message, hint);
        }
    }

    /// Writes it to a new file.
    default void writeTo(Path file) throws IOException {
        var lines = new ArrayList<String>();
        switch (this) {
            case Done(List<String> said) -> {
                lines.add(DONE);
                lines.addAll(said);
            }
            case Failed(String message, String hint) -> lines.addAll(List.of(FAILED, message, hint));
        }
        lines.replaceAll(line -> line.replace('\n', '?').replace('\r', '?'));
        Files.write(file, lines);
    }

    /// Reads it; empty if the process ended before it could tell.
    static Optional<StepReport> read(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException killed) {
            return Optional.empty();
        }
        if (!lines.isEmpty() && lines.getFirst().equals(DONE)) {
            return Optional.of(new Done(lines.subList(1, lines.size())));
        }
        if (lines.size() == 3 && lines.getFirst().equals(FAILED)) {
            return Optional.of(new Failed(lines.get(1), lines.get(2)));
        }
        return Optional.empty();
    }
}
