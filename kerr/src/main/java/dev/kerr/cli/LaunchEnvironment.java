package dev.kerr.cli;

import dev.kerr.config.Variables;
import dev.kerr.container.ContainerSpec.CallersVariables;
import dev.kerr.container.ContainerSpec.EnvironmentFile;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.RawText;
import dev.kerr.log.Log;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The variables that the user sets for a container: `--env` before the files of `--env-file` before `KERRENV_X`,
/// before
/// `APPTAINERENV_X`, before `SINGULARITYENV_X`.
final class LaunchEnvironment {
    private static final List<String> PREFIXES = List.of("SINGULARITYENV_", "APPTAINERENV_", "KERRENV_");

    /// Names that the runtime alone sets.
    static final List<String> FIXED = List.of("HOME", "UID", "GID");

    private final Variables variables;
    private final CallerBytes bytes;
    private final Log log;

    LaunchEnvironment(Variables variables, CallerBytes bytes, Log log) {
        this.variables = variables;
        this.bytes = bytes;
        this.log = log;
    }

    EnvironmentRules rules(Invocation invocation) throws UsageException, UserException {
        boolean compatible = invocation.flag("compat");
        boolean clean = invocation.flag("cleanenv") || invocation.flag("containall") || compatible;
        var caller = new CallersVariables(clean, leftOut(invocation.items("no-env")));
        var files = files(invocation.items("env-file"));
        var set = ofVariables();
        var last = files.isEmpty() ? set : new LinkedHashMap<String, String>();
        addOptions(last, invocation.values("env"));
        warnOfPath(set, last);
        boolean literal = invocation.flag("no-eval") || compatible;
        return new EnvironmentRules(caller, set, files, files.isEmpty() ? Map.of() : last, literal);
    }

    /// What `*ENV_X` set.
    Map<String, String> ofVariables() {
        var set = new LinkedHashMap<String, String>();
        for (String prefix : PREFIXES) {
            for (var variable : new TreeMap<>(variables.all()).entrySet()) {
                String name = variable.getKey();
                if (name.startsWith(prefix)) {
                    put(set, name.substring(prefix.length()), bytes.variable(name, variable.getValue()));
                }
            }
        }
        return set;
    }

    /// @param lists the values of `--env`: comma lists of `NAME=VALUE`, double quotes around an item keep its commas
    void addOptions(Map<String, String> set, List<String> lists) throws UsageException {
        for (String list : lists) {
            for (String item : items(bytes.word(list))) {
                int equals = item.indexOf('=');
                if (equals <= 0) {
                    throw new UsageException("--env " + item + " is not NAME=VALUE", Optional.empty());
                }
                put(set, item.substring(0, equals), item.substring(equals + 1));
            }
        }
    }

    private List<EnvironmentFile> files(List<String> names) throws UserException {
        var files = new ArrayList<EnvironmentFile>();
        for (String name : names) {
            try {
                byte[] content = Files.readAllBytes(Path.of(name));
                var text = new AssignmentText(RawText.decode(content), FIXED);
                if (text.text().indexOf('\0') >= 0) {
                    throw new UserException("environment file " + name + " has a NUL byte: it is no text");
                }
                for (String fixed : text.ignored()) {
                    warnOfFixed(fixed);
                }
                files.add(new EnvironmentFile(name, text.text()));
            } catch (IOException unreadable) {
                throw new UserException(
                        "cannot read environment file " + name + ": " + Reason.of(unreadable),
                        "--env-file takes a file of NAME=VALUE lines");
            }
        }
        return files;
    }

    private static List<String> leftOut(List<String> names) throws UserException {
        for (String name : names) {
            String stem = name.endsWith("*") ? name.substring(0, name.length() - 1) : name;
            if (!Variables.isName(stem) && !name.equals("*")) {
                throw new UserException(
                        "--no-env " + name + " is no name of a variable", "give names, or beginnings of names with *");
            }
        }
        return names;
    }

    /// The field lets PATH win over what would be put before and behind it.
    private void warnOfPath(Map<String, String> set, Map<String, String> last) {
        if (!set.containsKey("PATH") && !last.containsKey("PATH")) {
            return;
        }
        for (String name : List.of("PREPEND_PATH", "APPEND_PATH")) {
            boolean inSet = set.remove(name) != null;
            boolean inLast = last.remove(name) != null;
            if (inSet || inLast) {
                log.warning("variable " + name + " has no effect: PATH is set too");
            }
        }
    }

    private void put(Map<String, String> set, String name, String value) {
        if (FIXED.contains(name)) {
            warnOfFixed(name);
        } else if (!Variables.isName(name)) {
            log.warning("\"" + name + "\" is no name of a variable and is not set");
        } else {
            set.put(name, value);
        }
    }

    private void warnOfFixed(String name) {
        log.warning("variable " + name + " cannot be set for a container this way");
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
}
