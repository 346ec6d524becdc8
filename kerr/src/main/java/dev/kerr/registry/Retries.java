package dev.kerr.registry;

import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// How often something is tried again, and after what pause: twice as long each time, and longer or shorter by up to a
/// half by chance, so that a thousand nodes do not come back at once.
///
/// @param tries in all, at least 1
/// @param first pause
public record Retries(int tries, Duration first, RandomGenerator random, Pause pause) {
    /// The longest that a registry may ask us to wait.
    static final Duration LONGEST = Duration.ofSeconds(60);

    /// Waits.
    public interface Pause {
        void pause(Duration duration) throws InterruptedException;
    }

    public Retries {
        Objects.requireNonNull(first);
        Objects.requireNonNull(random);
        Objects.requireNonNull(pause);
        if (tries < 1) {
            throw new IllegalArgumentException(tries + " tries");
        }
    }

    /// Five tries within some 15 seconds.
    public static Retries usual() {
        return new Retries(
                5, Duration.ofSeconds(1), new Random(), duration -> TimeUnit.MILLISECONDS.sleep(duration.toMillis()));
    }

    /// The pause behind the `number`th try, counted from 1.
    Duration pauseBehind(int number) {
        double share = 0.5 + random.nextDouble();
        return Duration.ofMillis((long) (share * first.toMillis() * (1L << Math.min(number - 1, 16))));
    }
}
