package dev.kerr.config;

import dev.kerr.log.UserException;

/// Configurations for tests of other packages.
public final class Configs {
    private Configs() {}

    /// What a file with this text says.
    public static Config of(String text) {
        try {
            return ConfigFile.parse("test.conf", text);
        } catch (UserException wrong) {
            throw new IllegalArgumentException(wrong);
        }
    }
}
