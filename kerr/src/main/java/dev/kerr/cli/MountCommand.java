package dev.kerr.cli;

import dev.kerr.container.Host;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonWriter;
import dev.kerr.linux.Credentials;
import dev.kerr.linux.Inputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// `mount list`.
final class MountCommand {
    private final Session session;
    private final Invocation invocation;

    MountCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, IOException {
        if (!invocation.operands().equals(List.of("list"))) {
            throw new UsageException("mount needs list", Optional.of(Command.MOUNT));
        }
        String directory = Host.keepers(session.variables(), Credentials.current(), new Inputs());
        List<KeptMounts.Item> items = new KeptMounts(Path.of(directory)).items();
        session.out().print(invocation.flag("json") ? json(items) : text(items));
        return ExitStatus.SUCCESS;
    }

    private static String text(List<KeptMounts.Item> items) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("KEEPER", "LAUNCHES", "IMAGE"));
        for (KeptMounts.Item item : items) {
            rows.add(List.of(Long.toString(item.keeper()), Long.toString(item.launches()), item.image()));
        }
        return new Columns(rows).text();
    }

    private static String json(List<KeptMounts.Item> items) {
        var mounts = new ArrayList<Json>();
        for (KeptMounts.Item item : items) {
            mounts.add(new JsonObject(new LinkedHashMap<>())
                    .with("image", new Json.Text(item.image()))
                    .with("keeper", new Json.Numeral(item.keeper()))
                    .with("launches", new Json.Numeral(item.launches())));
        }
        var object = new JsonObject(new LinkedHashMap<>()).with("mounts", new Json.Array(mounts));
        return new String(JsonWriter.indented(object), StandardCharsets.UTF_8) + '\n';
    }
}
