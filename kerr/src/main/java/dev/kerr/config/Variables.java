package dev.kerr.config;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The caller's environment variables, as they were when the command started.
public record Variables(Map<String, String> all) {
    /// The families of names, the first that is set counts.
    private static final String[] PREFIXES = {"KERR_", "APPTAINER_", "SINGULARITY_"};

    public Variables {
        all = Map.copyOf(all);
    }

    /// A variable by its whole name; a blank value is no value.
    public Optional<String> value(String name) {
        String value = all.get(Objects.requireNonNull(name));
        return value == null || value.isBlank() ? Optional.empty() : Optional.of(value);
    }

    /// A setting of ours by the part of its name behind `KERR_`, `APPTAINER_` or `SINGULARITY_`.
    public Optional<String> setting(String suffix) {
        for (String prefix : PREFIXES) {
            var value = value(prefix + suffix);
            if (value.isPresent()) {
                return value;
            }
        }
        return Optional.empty();
    }
}
