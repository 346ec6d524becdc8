package dev.kerr.cli;

import dev.kerr.config.Variables;
import dev.kerr.container.ContainerSpec.EnvironmentFile;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.Host;
import dev.kerr.log.Log;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The variables that the user sets for a container: `--env` before `KERRENV_X`, before `APPTAINERENV_X`, before
/// `SINGULARITYENV_X`.
final class LaunchEnvironment {
    private static final List<String> PREFIXES = List.of("SINGULARITYENV_", "APPTAINERENV_", "KERRENV_");

    /// Names that the runtime alone sets.
    private static final List<String> FIXED = List.of("HOME", "UID", "GID");

    private static final int FILE_BYTES_MAX = 512 << 10;

    private final Invocation invocation;
    private final Variables variables;
    private final Log log;

    LaunchEnvironment(Invocation invocation, Variables variables, Log log) {
        this.invocation = invocation;
        this.variables = variables;
        this.log = log;
    }

    EnvironmentRules rules(Host host) throws UsageException, UserException {
        boolean compatible = invocation.flag("compat");
        return new EnvironmentRules(
                invocation.flag("cleanenv") || invocation.flag("containall") || compatible,
                invocation.items("no-env"),
                exported(),
                files(host),
                set(),
                !invocation.flag("no-eval") && !compatible,
                invocation.flag("no-umask") || compatible);
    }

    private List<EnvironmentFile> files(Host host) throws UserException {
        var files = new ArrayList<EnvironmentFile>();
        for (String name : invocation.items("env-file")) {
            Path path = Path.of(name.startsWith("/") ? name : host.workingDirectory() + "/" + name);
            try (var in = Files.newInputStream(path)) {
                byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
                if (bytes.length > FILE_BYTES_MAX) {
                    throw new UserException("the environment file " + name + " is larger than 512 KiB");
                }
                files.add(new EnvironmentFile(name, new String(bytes, StandardCharsets.UTF_8)));
            } catch (IOException unreadable) {
                throw new UserException(
                        "cannot read the environment file " + name + ": " + Reason.of(unreadable),
                        "is the path right?");
            }
        }
        return files;
    }

    Map<String, String> exported() throws UserException {
        var exported = new LinkedHashMap<String, String>();
        for (String prefix : PREFIXES) {
            for (var variable : new TreeMap<>(variables.all()).entrySet()) {
                if (variable.getKey().startsWith(prefix)) {
                    refuseOtherEncodings(variable.getKey(), variable.getValue());
                    put(exported, variable.getKey().substring(prefix.length()), variable.getValue(), log);
                }
            }
        }
        return exported;
    }

    /// `--env` is comma lists of `NAME=VALUE`; double quotes around an item keep its commas.
    Map<String, String> set() throws UsageException, UserException {
        var set = new LinkedHashMap<String, String>();
        for (String list : invocation.values("env")) {
            for (String item : items(list)) {
                int equals = item.indexOf('=');
                if (equals <= 0) {
                    throw new UsageException("--env " + item + " is not NAME=VALUE", Optional.of(invocation.command()));
                }
                refuseOtherEncodings("--env " + item.substring(0, equals), item);
                put(set, item.substring(0, equals), item.substring(equals + 1), log);
            }
        }
        return set;
    }

    /// Bytes that are no UTF-8 arrive here as this character: to go on would change the user's value.
    private static void refuseOtherEncodings(String name, String value) throws UserException {
        if (value.indexOf('\uFFFD') >= 0) {
            throw new UserException(
                    "the value of " + name + " is not UTF-8",
                    "export it under its own name: such variables pass as they are");
        }
    }

    private static void put(Map<String, String> set, String name, String value, Log log) {
        if (FIXED.contains(name)) {
            log.warning("variable " + name + " cannot be set for a container this way");
        } else if (!isIdentifier(name)) {
            log.warning("\"" + name + "\" is no name of a variable and is not set");
        } else {
            set.put(name, value);
        }
    }

    private static List<String> items(String list) {
        var items = new ArrayList<String>();
        var item = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '"' && (quoted || item.isEmpty())) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                items.add(item.toString());
                item.setLength(0);
            } else {
                item.append(c);
            }
        }
        items.add(item.toString());
        return items;
    }

    private static boolean isIdentifier(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
