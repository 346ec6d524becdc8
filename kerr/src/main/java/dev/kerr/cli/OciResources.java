package dev.kerr.cli;

import dev.kerr.cgroups.Limits;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonWriter;
import dev.kerr.log.UserException;
import dev.kerr.runtime.ConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;

/// The resources that `oci update` is given: in a file, or by options.
final class OciResources {
    /// The options: name, member of the resources, member of that, and whether it is a text.
    private static final String[][] OPTIONS = {
        {"blkio-weight", "blockIO", "weight", ""},
        {"cpu-period", "cpu", "period", ""},
        {"cpu-quota", "cpu", "quota", ""},
        {"cpu-share", "cpu", "shares", ""},
        {"cpuset-cpus", "cpu", "cpus", "text"},
        {"cpuset-mems", "cpu", "mems", "text"},
        {"memory", "memory", "limit", ""},
        {"memory-reservation", "memory", "reservation", ""},
        {"memory-swap", "memory", "swap", ""},
        {"pids-limit", "pids", "limit", ""},
    };

    private static final long STANDARD_INPUT_MAX = 512 << 10;

    private final Invocation invocation;

    OciResources(Invocation invocation) {
        this.invocation = invocation;
    }

    Limits limits() throws UserException, IOException {
        var file = invocation.value("resources").or(() -> invocation.value("from-file"));
        if (file.isPresent()) {
            byte[] document = file.get().equals("-")
                    ? System.in.readNBytes((int) STANDARD_INPUT_MAX)
                    : ConfigReader.bytes(Path.of(file.get()));
            return ConfigReader.readResources(file.get(), document);
        }
        var resources = new JsonObject(new LinkedHashMap<>());
        for (String[] option : OPTIONS) {
            var value = invocation.value(option[0]);
            if (value.isPresent()) {
                var part = resources.findObject(option[1]).orElse(new JsonObject(new LinkedHashMap<>()));
                Json member = option[3].isEmpty() ? number(option[0], value.get()) : new Json.Text(value.get());
                resources = resources.with(option[1], part.with(option[2], member));
            }
        }
        return ConfigReader.readResources("options", JsonWriter.compact(resources));
    }

    private static Json number(String option, String text) throws UserException {
        try {
            return new Json.Numeral(Long.parseLong(text));
        } catch (NumberFormatException word) {
            throw new UserException("--" + option + " " + text + " is no number");
        }
    }
}
