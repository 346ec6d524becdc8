package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What a build is told: values of arguments, and platforms.
///
/// @param given values by name, of `--build-arg`
/// @param buildPlatform `os/arch[/variant]` of the machine that builds
/// @param targetPlatform `os/arch[/variant]` of the image
public record BuildArguments(Map<String, String> given, String buildPlatform, String targetPlatform) {
    private static final Set<String> PROXIES =
            Set.of("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy");

    public BuildArguments {
        given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
        requireNonNull(buildPlatform);
        requireNonNull(targetPlatform);
    }

    /// Arguments that every file has before its first stage, without an `ARG`; a stage that wants them declares them.
    ///
    /// @param target name of the stage that is built; empty if it has none
    Map<String, String> predefined(String target) {
        Map<String, String> predefined = new LinkedHashMap<>();
        addPlatform("BUILD", buildPlatform, predefined);
        addPlatform("TARGET", targetPlatform, predefined);
        predefined.put("TARGETSTAGE", target.isEmpty() ? "default" : target);
        predefined.replaceAll(given::getOrDefault);
        return predefined;
    }

    private static void addPlatform(String prefix, String platform, Map<String, String> to) {
        String[] parts = platform.split("/", 3);
        to.put(prefix + "PLATFORM", platform);
        to.put(prefix + "OS", parts[0]);
        to.put(prefix + "OSVERSION", "");
        to.put(prefix + "ARCH", parts.length > 1 ? parts[1] : "");
        to.put(prefix + "VARIANT", parts.length > 2 ? parts[2] : "");
    }

    /// Variables of proxies that were given: every command has them, in both cases, declared or not. They are not kept
    /// in
    /// the image.
    Map<String, String> proxies() {
        Map<String, String> proxies = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (PROXIES.contains(lower)) {
                proxies.put(lower, value);
                proxies.put(lower.toUpperCase(Locale.ROOT), value);
            }
        });
        return proxies;
    }

    /// Names of given arguments that no `ARG` of a file declares and that are not predefined: most likely misspelt.
    public List<String> undeclared(Dockerfile dockerfile) {
        Set<String> names = new TreeSet<>(given.keySet());
        names.removeAll(predefined("").keySet());
        names.removeIf(name -> PROXIES.contains(name.toLowerCase(Locale.ROOT)));
        dockerfile.globalArgs().forEach(arg -> remove(arg, names));
        for (Stage stage : dockerfile.stages()) {
            for (Instruction instruction : stage.instructions()) {
                if (instruction instanceof Instruction.Arg arg) {
                    remove(arg, names);
                }
            }
        }
        return List.copyOf(names);
    }

    private static void remove(Instruction.Arg arg, Set<String> names) {
        arg.arguments().forEach(argument -> names.remove(argument.name()));
    }
}
