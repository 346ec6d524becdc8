package dev.kerr.cli;

import dev.kerr.config.Config;
import dev.kerr.config.ConfigFile;
import dev.kerr.config.Directories;
import dev.kerr.config.Variables;
import dev.kerr.linux.Credentials;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;

/// What every command gets: where it may print, and the caller's surroundings.
///
/// @param out standard output: for what was asked for, and nothing else
/// @param configuration the configuration file in force
record Session(PrintStream out, Log log, Variables variables, Directories directories, Path configuration) {
    Session {
        Objects.requireNonNull(out);
        Objects.requireNonNull(log);
        Objects.requireNonNull(variables);
        Objects.requireNonNull(directories);
        Objects.requireNonNull(configuration);
    }

    /// Tells the time of what is made: the one that `SOURCE_DATE_EPOCH` names, if it does.
    Clock clock() throws UserException {
        var epoch = epoch();
        if (epoch.isEmpty()) {
            return Clock.system(ZoneId.systemDefault());
        }
        try {
            long seconds = Integer.toUnsignedLong(Integer.parseUnsignedInt(epoch.get())); // as SquashFS has them
            return Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC);
        } catch (NumberFormatException notSeconds) {
            throw new UserException("SOURCE_DATE_EPOCH is no number of seconds from 0 to 4294967295: " + epoch.get());
        }
    }

    /// Whether what is made is to be the same however often it is made.
    boolean isReproducible() {
        return epoch().isPresent();
    }

    private Optional<String> epoch() {
        return variables.value("SOURCE_DATE_EPOCH");
    }

    /// The configuration, with the caller's PATH where it asks for that; root's is the site's alone.
    Config config() throws UserException {
        if (!configuration.equals(directories.configuration()) && !Files.exists(configuration)) {
            throw new UserException("the configuration " + configuration + " does not exist");
        }
        Config config = ConfigFile.read(configuration);
        return config.programs().getFirst().equals("$PATH") ? withCallerPath(config) : config;
    }

    private Config withCallerPath(Config config) throws UserException {
        try {
            boolean root = Credentials.current().uid() == 0;
            return config.withCallerPath(root ? "" : variables.value("PATH").orElse(""));
        } catch (IOException unreadable) {
            throw new UserException("cannot tell who is calling: " + unreadable.getMessage(), "is /proc mounted?");
        }
    }
}
