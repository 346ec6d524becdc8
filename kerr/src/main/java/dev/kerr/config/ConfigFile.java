package dev.kerr.config;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Reads `kerr.conf`: lines `directive = value`, `#` to the end of a line is a comment, list directives may be repeated
/// or comma-separated. An unknown directive or value is an error: a setting that is not obeyed must not look obeyed.
///
/// **Source:** apptainer.conf.
public final class ConfigFile {
    private static final List<String> DIRECTIVES = List.of(
            "bind path",
            "mount proc",
            "mount sys",
            "mount dev",
            "mount tmp",
            "mount home",
            "config passwd",
            "config group",
            "config resolv_conf",
            "sessiondir max size",
            "binary path",
            "mksquashfs procs",
            "mksquashfs mem");

    private static final int MOST_THREADS = 1024;

    private final String name;
    private final Map<String, List<Value>> values = new HashMap<>();

    /// @param line counted from 1
    private record Value(int line, String text) {}

    private ConfigFile(String name) {
        this.name = name;
    }

    /// Reads a file; without one the defaults hold.
    public static Config read(Path file) throws UserException {
        try {
            return parse(file.toString(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException absent) {
            return Config.defaults();
        } catch (IOException unreadable) {
            throw new UserException("cannot read the configuration " + file, "it must be readable for every user");
        }
    }

    static Config parse(String name, String text) throws UserException {
        var file = new ConfigFile(name);
        String[] lines = text.split("\n");
        for (int i = 0; i < lines.length; i++) {
            file.line(i + 1, lines[i]);
        }
        return file.config();
    }

    private void line(int number, String line) throws UserException {
        int comment = line.indexOf('#');
        String text = (comment < 0 ? line : line.substring(0, comment)).strip();
        if (text.isEmpty()) {
            return;
        }
        int equals = text.indexOf('=');
        String directive = equals < 0 ? text : text.substring(0, equals).strip();
        if (equals < 0 || !DIRECTIVES.contains(directive)) {
            throw new UserException(
                    name + ":" + number + ": unknown directive \"" + directive + "\"",
                    "known are: " + String.join(", ", DIRECTIVES));
        }
        values.computeIfAbsent(directive, key -> new ArrayList<>())
                .add(new Value(number, text.substring(equals + 1).strip()));
    }

    private Config config() throws UserException {
        var defaults = Config.defaults();
        var mounts = new Config.Mounts(
                flag("mount proc"), flag("mount sys"), flag("mount dev"), flag("mount tmp"), flag("mount home"));
        var files = new Config.Files(flag("config passwd"), flag("config group"), flag("config resolv_conf"));
        return new Config(binds(defaults), mounts, files, sessionBytes(defaults), programs(defaults), packing());
    }

    private boolean flag(String directive) throws UserException {
        List<Value> given = values.get(directive);
        if (given == null) {
            return true;
        }
        return switch (given.getLast().text) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw wrong(given.getLast(), directive + " is neither yes nor no");
        };
    }

    private UserException wrong(Value value, String reason) {
        return new UserException(name + ":" + value.line + ": " + reason + ": " + value.text);
    }

    private List<Config.BindPath> binds(Config defaults) throws UserException {
        List<Value> given = values.get("bind path");
        if (given == null) {
            return defaults.binds();
        }
        var binds = new ArrayList<Config.BindPath>();
        for (Value value : given) {
            for (String item : value.text.split(",")) {
                String path = item.strip();
                if (path.isEmpty()) {
                    continue;
                }
                int colon = path.indexOf(':');
                String source = colon < 0 ? path : path.substring(0, colon);
                String target = colon < 0 ? path : path.substring(colon + 1);
                if (!source.startsWith("/") || !target.startsWith("/") || target.indexOf(':') >= 0) {
                    throw wrong(value, "bind path is not /source or /source:/target");
                }
                binds.add(new Config.BindPath(source, target));
            }
        }
        return binds;
    }

    private long sessionBytes(Config defaults) throws UserException {
        List<Value> given = values.get("sessiondir max size");
        if (given == null) {
            return defaults.sessionBytes();
        }
        try {
            long mebibytes = Long.parseLong(given.getLast().text);
            if (mebibytes >= 1 && mebibytes <= 1L << 30) {
                return mebibytes << 20;
            }
        } catch (NumberFormatException notANumber) {
            // the message below serves both
        }
        throw wrong(given.getLast(), "sessiondir max size is not a number of MiB from 1 to 2^30");
    }

    private List<String> programs(Config defaults) {
        List<Value> given = values.get("binary path");
        return given == null
                ? defaults.programs()
                : List.of(given.getLast().text.split(":"));
    }

    private Config.Packing packing() throws UserException {
        return new Config.Packing(packingThreads(), packingBytes());
    }

    private OptionalInt packingThreads() throws UserException {
        List<Value> given = values.get("mksquashfs procs");
        if (given == null) {
            return OptionalInt.empty();
        }
        try {
            int threads = Integer.parseInt(given.getLast().text);
            if (threads >= 0 && threads <= MOST_THREADS) {
                return threads == 0 ? OptionalInt.empty() : OptionalInt.of(threads);
            }
        } catch (NumberFormatException notANumber) {
            // the message below serves both
        }
        throw wrong(given.getLast(), "mksquashfs procs is not a number from 0, for all, to " + MOST_THREADS);
    }

    private OptionalLong packingBytes() throws UserException {
        List<Value> given = values.get("mksquashfs mem");
        if (given == null) {
            return OptionalLong.empty();
        }
        OptionalLong bytes = ByteSize.parse(given.getLast().text);
        if (bytes.isEmpty()) {
            throw wrong(given.getLast(), "mksquashfs mem is not a size such as 500M or 1G");
        }
        return bytes;
    }
}
