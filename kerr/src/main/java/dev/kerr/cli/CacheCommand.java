package dev.kerr.cli;

import dev.kerr.build.BuildRunner;
import dev.kerr.build.KeptMounts;
import dev.kerr.build.PlannedRunner;
import dev.kerr.build.StepView;
import dev.kerr.cache.Cache;
import dev.kerr.container.Host;
import dev.kerr.container.RootChoice;
import dev.kerr.log.Progress;
import dev.kerr.log.UserException;
import dev.kerr.starter.Starter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// `cache list` and `cache clean`.
final class CacheCommand {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private static final String PLAN = "plan";
    private static final String MOUNT = "mount";

    private final Session session;
    private final Invocation invocation;

    CacheCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException, IOException {
        String verb = invocation.operands().size() == 1 ? invocation.operands().getFirst() : "";
        var cache = new Cache(session.directories().cache(session.variables()));
        Set<Cache.Type> types = types();
        var plans = StoredPlans.of(session.directories(), session.variables());
        List<StoredPlans.Item> wanted = isMeant(PLAN) ? plans.items() : List.of();
        var mounts = KeptMounts.of(cache);
        List<KeptMounts.Item> wantedMounts = isMeant(MOUNT) ? mounts.items() : List.of();
        switch (verb) {
            case "list" -> {
                list(cache, types);
                list(Kept.of(wantedMounts), "directories of RUN --mount=type=cache", mounts.root());
                list(Kept.ofPlans(wanted), "stored plans", plans.directory());
            }
            case "clean" -> clean(cache, types, wanted, wantedMounts);
            default -> throw new UsageException("cache needs list or clean", Optional.of(Command.CACHE));
        }
        return ExitStatus.SUCCESS;
    }

    /// What is kept that is no file of the cache itself.
    private record Kept(String type, Path path, long bytes, Instant used) {
        static List<Kept> of(List<KeptMounts.Item> mounts) {
            return mounts.stream()
                    .map(item -> new Kept(MOUNT, item.path(), item.bytes(), item.used()))
                    .toList();
        }

        static List<Kept> ofPlans(List<StoredPlans.Item> plans) {
            return plans.stream()
                    .map(item -> new Kept(PLAN, item.path(), item.bytes(), item.stored()))
                    .toList();
        }
    }

    private boolean isMeant(String type) {
        List<String> words = invocation.items("type");
        return words.isEmpty() || words.contains("all") || words.contains(type);
    }

    private Set<Cache.Type> types() throws UserException {
        var words = new ArrayList<>(invocation.items("type"));
        if (words.isEmpty() || words.contains("all")) {
            return EnumSet.allOf(Cache.Type.class);
        }
        words.removeAll(List.of(PLAN, MOUNT));
        var types = EnumSet.noneOf(Cache.Type.class);
        for (String word : words) {
            types.add(type(word));
        }
        return types;
    }

    private static Cache.Type type(String word) throws UserException {
        var known = new ArrayList<String>();
        for (Cache.Type type : Cache.Type.values()) {
            if (type.word().equals(word)) {
                return type;
            }
            known.add(type.word());
        }
        throw new UserException(
                "--type " + word + " is no kind of cache", "known are all, mount, plan, " + String.join(", ", known));
    }

    private void list(Cache cache, Set<Cache.Type> types) throws IOException {
        long bytes = 0;
        int images = 0;
        int blobs = 0;
        for (Cache.Item item : cache.items()) {
            if (!types.contains(item.type())) {
                continue;
            }
            bytes += item.bytes();
            blobs += item.type() == Cache.Type.BLOB ? 1 : 0;
            images += item.type() == Cache.Type.BLOB ? 0 : 1;
            if (invocation.flag("verbose")) {
                print(item.path(), item.used(), item.bytes(), item.type().word());
            }
        }
        session.out()
                .println("There are " + images + " images and " + blobs + " blobs, " + Progress.size(bytes)
                        + " in all, in " + cache.root());
    }

    /// @param what such items are called in the plural
    private void list(List<Kept> items, String what, Path directory) {
        if (items.isEmpty()) {
            return;
        }
        long bytes = items.stream().mapToLong(Kept::bytes).sum();
        if (invocation.flag("verbose")) {
            for (Kept item : items) {
                print(item.path(), item.used(), item.bytes(), item.type());
            }
        }
        session.out()
                .println("There are " + items.size() + " " + what + ", " + Progress.size(bytes) + " in all, in "
                        + directory);
    }

    private void print(Path path, Instant used, long bytes, String type) {
        session.out()
                .printf(
                        Locale.ROOT,
                        "%-24s %-20s %-12s %s%n",
                        shortened(String.valueOf(path.getFileName())),
                        TIME.format(used.atZone(ZoneId.systemDefault())),
                        Progress.size(bytes),
                        type);
    }

    private static String shortened(String name) {
        return name.length() > 22 ? name.substring(0, 22) : name;
    }

    private void clean(Cache cache, Set<Cache.Type> types, List<StoredPlans.Item> plans, List<KeptMounts.Item> mounts)
            throws UserException, IOException {
        Instant limit = invocation.value("days").isPresent()
                ? Instant.now()
                        .minus(Duration.ofDays(days(invocation.value("days").get())))
                : Instant.MAX;
        boolean rehearsal = invocation.flag("dry-run");
        if (!rehearsal && !invocation.flag("force") && !isConfirmed(cache)) {
            session.log().info("Nothing is removed");
            return;
        }
        long bytes = 0;
        List<Cache.Item> items = rehearsal
                ? cache.items().stream()
                        .filter(item -> isUnwanted(item, types, limit))
                        .toList()
                : cache.clean(item -> isUnwanted(item, types, limit));
        for (Cache.Item item : items) {
            bytes += item.bytes();
            session.log().info((rehearsal ? "Would remove " : "Removed ") + item.path());
        }
        List<KeptMounts.Item> unused =
                mounts.stream().filter(item -> item.used().isBefore(limit)).toList();
        if (!rehearsal && !unused.isEmpty()) {
            KeptMounts.of(cache).remove(unused, runner(), session.variables().all());
        }
        for (KeptMounts.Item mount : unused) {
            bytes += mount.bytes();
            session.log().info((rehearsal ? "Would remove " : "Removed ") + mount.path());
        }
        for (StoredPlans.Item plan : plans) {
            if (plan.stored().isBefore(limit)) {
                bytes += plan.bytes();
                if (!rehearsal) {
                    Files.deleteIfExists(plan.path());
                }
                session.log().info((rehearsal ? "Would remove " : "Removed ") + plan.path());
            }
        }
        session.log().info((rehearsal ? "Would free " : "Freed ") + Progress.size(bytes));
    }

    /// What is root as in builds.
    private BuildRunner runner() throws UserException, IOException {
        var config = session.config();
        var host = Host.probe(config, session.variables(), session.directories());
        var root = RootChoice.of(host, config, List.of()).mapping();
        var starter = new Starter(session.directories().program());
        return new PlannedRunner(host, config, root, starter, StepView.NOTHING, session.log());
    }

    private static boolean isUnwanted(Cache.Item item, Set<Cache.Type> types, Instant limit) {
        return types.contains(item.type()) && item.used().isBefore(limit);
    }

    private static long days(String text) throws UserException {
        try {
            long days = Long.parseLong(text);
            if (days >= 0) {
                return days;
            }
        } catch (NumberFormatException notANumber) {
            // the message below serves both
        }
        throw new UserException("--days " + text + " is no number of days");
    }

    private boolean isConfirmed(Cache cache) throws UserException {
        String answer = Prompt.line("Remove what is in " + cache.root() + "? [y/N] ")
                .orElseThrow(() -> new UserException(
                        "cache clean removes what is in " + cache.root(), "say --force where nobody can be asked"));
        return answer.toLowerCase(Locale.ROOT).startsWith("y");
    }
}
