package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/// How an image's containers are found to be well.
public sealed interface Health {
    /// Not at all, whatever the base image says.
    record None() implements Health {}

    /// A command does it.
    ///
    /// @param retries failures in a row that count; 0 if the file does not say
    record Test(Command command, Timing timing, int retries) implements Health {
        public Test {
            requireNonNull(command);
            requireNonNull(timing);
            if (retries < 0) {
                throw new IllegalArgumentException("retries " + retries);
            }
        }
    }

    /// When it is run. Zero where the file does not say.
    ///
    /// @param interval between two runs
    /// @param timeout after which a run has failed
    /// @param startPeriod during which failures do not count
    /// @param startInterval between two runs in that time
    record Timing(Duration interval, Duration timeout, Duration startPeriod, Duration startInterval) {
        public Timing {
            requireNonNull(interval);
            requireNonNull(timeout);
            requireNonNull(startPeriod);
            requireNonNull(startInterval);
        }
    }
}
