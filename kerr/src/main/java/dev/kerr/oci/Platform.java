package dev.kerr.oci;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// What an image runs on, by Go's names, in the one spelling that each platform has here.
///
/// **Source:** OCI image specification 1.1, `image-index.md`; containerd/platforms `database.go` (spellings) and
/// `compare.go` (which variants run the programs of which).
///
/// @param variant of the architecture: `v7`; empty where there is none, or it is the plain one
public record Platform(String os, String architecture, String variant) {
    private static final int LONGEST_WORD = 64;

    public Platform {
        Objects.requireNonNull(os);
        Objects.requireNonNull(architecture);
        Objects.requireNonNull(variant);
    }

    /// Linux on an architecture by any of its usual names: `arm64`, `aarch64`, `x86_64`, `armhf`.
    ///
    /// @param variant `v7` or `7`; empty for the usual one
    public static Platform linux(String architecture, String variant) {
        return normal("linux", architecture, variant);
    }

    /// The platform of this host.
    ///
    /// @param javaName its architecture, as Java's property `os.arch` has it
    public static Platform ofHost(String javaName) {
        return linux(javaName, "");
    }

    /// Reads what a user asked for: `arm64`, `arm/v6`, `linux/arm64` or `linux/arm/v7`.
    ///
    /// @throws UserException if it is none of these, or no Linux
    public static Platform parse(String text) throws UserException {
        String[] words = text.split("/", -1);
        for (String word : words) {
            if (word.isEmpty() || word.length() > LONGEST_WORD) {
                throw new UserException("cannot read the platform " + text, "one is OS/ARCHITECTURE[/VARIANT]");
            }
        }
        boolean isLinux = words[0].equalsIgnoreCase("linux");
        if (words.length > 3 || words.length == 3 && !isLinux || words.length == 1 && isLinux) {
            throw new UserException("cannot use the platform " + text, "one is linux/ARCHITECTURE[/VARIANT]");
        }
        int first = isLinux ? 1 : 0;
        return linux(words[first], words.length > first + 1 ? words[first + 1] : "");
    }

    static Platform of(JsonObject json) throws FormatException {
        return normal(json.text("os"), json.text("architecture"), json.textOrEmpty("variant"));
    }

    /// Platforms whose programs run on this one, the best first.
    List<Platform> compatible() {
        var variants = new ArrayList<String>();
        switch (architecture) {
            case "arm" -> descend(variants, variant, "v", 5);
            case "amd64" -> {
                descend(variants, variant, "v", 2);
                variants.add("");
            }
            case "arm64" -> {
                if (!variant.equals("v8")) {
                    variants.add(variant);
                }
                variants.add("v8");
            }
            default -> variants.add(variant);
        }
        return variants.stream()
                .map(each -> new Platform(os, architecture, each))
                .toList();
    }

    JsonObject json() {
        var members = new LinkedHashMap<String, Json>();
        members.put("architecture", new Json.Text(architecture));
        members.put("os", new Json.Text(os));
        Members.putText(members, "variant", variant);
        return new JsonObject(members);
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }

    /// From a variant down to the lowest; one that is no number stands alone.
    private static void descend(List<String> variants, String from, String prefix, int lowest) {
        if (from.length() != 2 || !Character.isDigit(from.charAt(1))) {
            if (!from.isEmpty()) {
                variants.add(from);
            }
            return;
        }
        for (int number = from.charAt(1) - '0'; number >= lowest; number--) {
            variants.add(prefix + number);
        }
    }

    private static Platform normal(String os, String architecture, String variant) {
        String system = os.toLowerCase(Locale.ROOT);
        String number = variant.toLowerCase(Locale.ROOT);
        String v = !number.isEmpty() && Character.isDigit(number.charAt(0)) ? "v" + number : number;
        return switch (architecture.toLowerCase(Locale.ROOT)) {
            case "i386", "i486", "i586", "i686", "x86" -> new Platform(system, "386", "");
            case "amd64", "x86_64", "x86-64" -> new Platform(system, "amd64", v.equals("v1") ? "" : v);
            case "arm64", "aarch64" -> new Platform(system, "arm64", v.isEmpty() || v.equals("v8.0") ? "v8" : v);
            case "armhf" -> new Platform(system, "arm", "v7");
            case "armel" -> new Platform(system, "arm", "v6");
            case "arm" -> new Platform(system, "arm", v.isEmpty() ? "v7" : v);
            case String other -> new Platform(system, other, v);
        };
    }
}
