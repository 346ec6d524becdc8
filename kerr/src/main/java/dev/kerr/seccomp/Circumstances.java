package dev.kerr.seccomp;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import java.util.List;
import java.util.Objects;

/// What the rules of a profile may depend on.
///
/// @param machine the ABI of the machine itself
/// @param capabilities that the payload has, `CAP_CHOWN` and so on
/// @param kernel its release, `6.1.0-18-amd64`
public record Circumstances(Abi machine, List<String> capabilities, String kernel) {
    public Circumstances {
        Objects.requireNonNull(machine);
        capabilities = List.copyOf(capabilities);
        Objects.requireNonNull(kernel);
    }

    /// Whether a rule is meant for them.
    ///
    /// @param rule with what it includes and excludes, if it says so
    boolean meet(JsonObject rule) throws FormatException {
        var includes = rule.findObject("includes");
        var excludes = rule.findObject("excludes");
        return (includes.isEmpty() || areAll(includes.get())) && (excludes.isEmpty() || !areAny(excludes.get()));
    }

    private boolean areAll(JsonObject wanted) throws FormatException {
        List<String> arches = wanted.texts("arches");
        var minimum = wanted.findText("minKernel");
        return capabilities.containsAll(wanted.texts("caps"))
                && (arches.isEmpty() || arches.contains(machine.goName()))
                && (minimum.isEmpty() || isKernelFrom(minimum.get(), wanted));
    }

    private boolean areAny(JsonObject unwanted) throws FormatException {
        for (String capability : unwanted.texts("caps")) {
            if (capabilities.contains(capability)) {
                return true;
            }
        }
        var minimum = unwanted.findText("minKernel");
        return unwanted.texts("arches").contains(machine.goName())
                || minimum.isPresent() && isKernelFrom(minimum.get(), unwanted);
    }

    private boolean isKernelFrom(String minimum, JsonObject where) throws FormatException {
        int[] wanted = version(minimum, where);
        int[] present = version(kernel, where);
        return present[0] > wanted[0] || present[0] == wanted[0] && present[1] >= wanted[1];
    }

    /// The first two numbers of a release.
    private static int[] version(String release, JsonObject where) throws FormatException {
        String[] words = release.split("[^0-9]", 3);
        if (words.length < 2 || words[0].isEmpty() || words[1].isEmpty() || (words[0] + words[1]).length() > 8) {
            throw where.fault("\"" + release + "\" is no version of a kernel");
        }
        return new int[] {Integer.parseInt(words[0]), Integer.parseInt(words[1])};
    }
}
