package dev.kerr.cli;

import dev.kerr.container.Host;
import dev.kerr.instance.Instance;
import dev.kerr.instance.Instances;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonWriter;
import dev.kerr.linux.Account;
import dev.kerr.linux.Accounts;
import dev.kerr.linux.Credentials;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// `instance list`, `instance stats` and `instance stop`.
final class InstanceCommand {
    /// Between columns, as the field has it.
    private static final int GAP = 4;

    private final Session session;
    private final Invocation invocation;

    InstanceCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException, IOException {
        String verb = invocation.verb();
        List<String> names =
                invocation.operands().subList(1, invocation.operands().size());
        if (names.size() > 1) {
            throw wrong("instance " + verb + " takes one name");
        }
        return switch (verb) {
            case "list" -> list(names.isEmpty() ? "*" : names.getFirst());
            case "stats" -> stats(names);
            case "stop" -> stop(names);
            default -> throw wrong("instance " + verb + " starts with these words: kerr instance " + verb);
        };
    }

    private int list(String pattern) throws UserException, IOException {
        List<Instance> instances = instances().matching(pattern);
        if (invocation.flag("json")) {
            session.out().print(json(instances));
        } else {
            session.out().print(invocation.flag("logs") ? logs(instances) : text(instances));
        }
        return ExitStatus.SUCCESS;
    }

    private int stats(List<String> names) throws UsageException, UserException, IOException {
        if (names.isEmpty()) {
            throw wrong("instance stats needs the name of an instance");
        }
        List<Instance> instances = found(names.getFirst());
        if (instances.size() > 1) {
            throw wrong("more than one instance has a name like " + names.getFirst());
        }
        return new InstanceStats(session, invocation, instances().owner()).show(instances.getFirst());
    }

    private int stop(List<String> names) throws UsageException, UserException, IOException {
        boolean isAll = invocation.flag("all");
        if (names.isEmpty() != isAll) {
            throw wrong(isAll ? "--all stops all: leave the name out" : "instance stop needs a name, or --all");
        }
        List<Instance> instances = found(isAll ? "*" : names.getFirst());
        return new InstanceStop(session.log(), invocation, instances()).stop(instances);
    }

    private List<Instance> found(String pattern) throws UsageException, UserException, IOException {
        List<Instance> instances = instances().matching(pattern);
        if (instances.isEmpty()) {
            throw wrong("no instance found");
        }
        return instances;
    }

    private static UsageException wrong(String message) {
        return new UsageException(message, Optional.of(Command.INSTANCE));
    }

    /// The caller's, or those of the user whom root names.
    private Instances instances() throws UserException, IOException {
        var credentials = Credentials.current();
        var other = invocation.value("user");
        if (other.isEmpty()) {
            return InstanceStart.ofUser(session, Host.caller(credentials, session.variables()));
        }
        if (credentials.uid() != 0) {
            throw new UserException("only root may look at the instances of other users");
        }
        Account account = Accounts.user(other.get())
                .orElseThrow(() -> new UserException("this host knows no user " + other.get()));
        Path directory = Path.of(account.home()).resolve(".kerr");
        return Instances.of(directory, InstanceStart.hostName(), account.name(), account.uid())
                .toLookAt();
    }

    private static String text(List<Instance> instances) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("INSTANCE NAME", "PID", "IP", "IMAGE"));
        for (Instance instance : instances) {
            var about = instance.about();
            rows.add(List.of(about.name().text(), pid(instance), address(instance), about.image()));
        }
        return new Columns(rows).text(GAP);
    }

    private static String logs(List<Instance> instances) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("INSTANCE NAME", "PID", "LOGS"));
        for (Instance instance : instances) {
            var logs = instance.about().logs();
            rows.add(List.of(instance.about().name().text(), pid(instance), logs.error()));
            rows.add(List.of("", "", logs.out()));
        }
        return new Columns(rows).text(GAP);
    }

    /// The first: the column is for one.
    private static String address(Instance instance) {
        return instance.addresses().stream().findFirst().orElse("");
    }

    private static String pid(Instance instance) {
        return Long.toString(instance.anchor().pid());
    }

    private static String json(List<Instance> instances) {
        var list = new ArrayList<Json>();
        for (Instance instance : instances) {
            var about = instance.about();
            list.add(new JsonObject(new LinkedHashMap<>())
                    .with("instance", new Json.Text(about.name().text()))
                    .with("pid", new Json.Numeral(instance.anchor().pid()))
                    .with("img", new Json.Text(about.image()))
                    .with("ip", new Json.Text(address(instance)))
                    .with("logErrPath", new Json.Text(about.logs().error()))
                    .with("logOutPath", new Json.Text(about.logs().out())));
        }
        var object = new JsonObject(new LinkedHashMap<>()).with("instances", new Json.Array(list));
        return new String(JsonWriter.indented(object), StandardCharsets.UTF_8);
    }
}
