package dev.kerr.cli;

import dev.kerr.config.Config;
import dev.kerr.config.ConfigFile;
import dev.kerr.config.Directories;
import dev.kerr.config.Variables;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

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

    Config config() throws UserException {
        if (!configuration.equals(directories.configuration()) && !Files.exists(configuration)) {
            throw new UserException("the configuration " + configuration + " does not exist");
        }
        return ConfigFile.read(configuration);
    }
}
