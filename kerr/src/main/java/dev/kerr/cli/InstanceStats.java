package dev.kerr.cli;

import dev.kerr.cgroups.HostFiles;
import dev.kerr.instance.Anchor;
import dev.kerr.instance.Instance;
import dev.kerr.instance.Usage;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// What an instance has used, once or every second until it ends.
final class InstanceStats {
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final List<String> TITLES =
            List.of("INSTANCE NAME", "CPU USAGE", "MEM USAGE / LIMIT", "MEM %", "BLOCK I/O", "PIDS");
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final double UNIT = 1024;
    private static final double PERCENT = 100;

    private final Session session;
    private final Invocation invocation;
    private final int owner;

    InstanceStats(Session session, Invocation invocation, int owner) {
        this.session = session;
        this.invocation = invocation;
        this.owner = owner;
    }

    /// Two looks at an instance, and how long it was between them.
    private record Interval(Usage before, Usage after, long nanos) {
        double cpuPercent() {
            return PERCENT * Math.max(0, after.nanos() - before.nanos()) / Math.max(1, nanos);
        }

        double memoryPercent() {
            return PERCENT * after.memoryBytes() / Math.max(1, after.memoryLimitBytes());
        }
    }

    int show(Instance instance) throws IOException {
        session.log()
                .info("Stats for " + instance.about().name() + " instance of "
                        + instance.about().image() + " (PID="
                        + instance.anchor().pid() + "), from its " + source(instance));
        boolean isOnce = invocation.flag("no-stream");
        var before = usage(instance);
        long start = System.nanoTime();
        do {
            LockSupport.parkNanos(SECOND_NANOS);
            var after = usage(instance);
            long now = System.nanoTime();
            var interval = new Interval(before, after, now - start);
            session.out().print(invocation.flag("json") ? json(instance, interval) : text(instance, interval));
            session.out().flush();
            before = after;
            start = now;
        } while (!isOnce && instance.anchor().state(owner) == Anchor.State.RUNNING);
        return ExitStatus.SUCCESS;
    }

    private static String source(Instance instance) {
        return instance.about().inside().cgroup().isEmpty() ? "processes" : "control groups";
    }

    /// Of its control groups, if it has its own; what these do not count is added up from its processes.
    private static Usage usage(Instance instance) throws IOException {
        var added = Usage.of(instance);
        if (instance.about().inside().cgroup().isEmpty()) {
            return added;
        }
        var groups = dev.kerr.cgroups.Usage.of(Long.toString(instance.anchor().pid()), HostFiles.HERE);
        return groups.isEmpty()
                ? added
                : new Usage(
                        groups.get().cpuNanos().orElse(added.nanos()),
                        groups.get().memoryBytes().orElse(added.memoryBytes()),
                        groups.get().memoryLimitBytes().orElse(added.memoryLimitBytes()),
                        groups.get().readBytes().orElse(added.readBytes()),
                        groups.get().writtenBytes().orElse(added.writtenBytes()),
                        added.processes());
    }

    private static String text(Instance instance, Interval interval) {
        var usage = interval.after;
        List<String> row = List.of(
                instance.about().name().text(),
                String.format(Locale.ROOT, "%.2f%%", interval.cpuPercent()),
                bytes(usage.memoryBytes()) + " / " + bytes(usage.memoryLimitBytes()),
                String.format(Locale.ROOT, "%.2f%%", interval.memoryPercent()),
                bytes(usage.readBytes()) + " / " + bytes(usage.writtenBytes()),
                Integer.toString(usage.processes()));
        return new Columns(List.of(TITLES, row)).text(4);
    }

    private static String json(Instance instance, Interval interval) {
        var usage = interval.after;
        var object = new JsonObject(new LinkedHashMap<>())
                .with("instance", new Json.Text(instance.about().name().text()))
                .with("source", new Json.Text(source(instance)))
                .with("cpuPercent", new Json.Numeral(String.format(Locale.ROOT, "%.2f", interval.cpuPercent())))
                .with("cpuNanos", new Json.Numeral(usage.nanos()))
                .with("memoryBytes", new Json.Numeral(usage.memoryBytes()))
                .with("memoryLimitBytes", new Json.Numeral(usage.memoryLimitBytes()))
                .with("readBytes", new Json.Numeral(usage.readBytes()))
                .with("writtenBytes", new Json.Numeral(usage.writtenBytes()))
                .with("pids", new Json.Numeral(usage.processes()));
        return new String(JsonWriter.indented(object), StandardCharsets.UTF_8);
    }

    private static String bytes(long count) {
        double value = count;
        int unit = 0;
        while (value >= UNIT && unit < UNITS.length - 1) {
            value /= UNIT;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.2f%s", value, UNITS[unit]);
    }
}
