package dev.kerr.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The caller's environment variables, as they were when the command started.
public final class Variables {
    /// The families of names; what a later one sets counts.
    private static final String[] PREFIXES = {"SINGULARITY_", "APPTAINER_", "KERR_"};

    private final Map<String, String> all;
    private final Map<String, String> settings = new HashMap<>();

    public Variables(Map<String, String> all) {
        this.all = Map.copyOf(all);
        for (String prefix : PREFIXES) {
            for (var variable : all.entrySet()) {
                if (variable.getKey().startsWith(prefix) && !variable.getValue().isBlank()) {
                    settings.put(variable.getKey().substring(prefix.length()), variable.getValue());
                }
            }
        }
    }

    /// Whether a shell can have a variable of this name.
    public static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /// Every variable, by its whole name.
    public Map<String, String> all() {
        return all;
    }

    /// A variable by its whole name; a blank value is no value.
    public Optional<String> value(String name) {
        String value = all.get(Objects.requireNonNull(name));
        return value == null || value.isBlank() ? Optional.empty() : Optional.of(value);
    }

    /// A setting of ours by the part of its name behind `KERR_`, `APPTAINER_` or `SINGULARITY_`, in this order.
    public Optional<String> setting(String suffix) {
        return Optional.ofNullable(settings.get(suffix));
    }
}
