package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.build.PackSettings.Effort;
import dev.kerr.build.PackSettings.Owners;
import dev.kerr.build.Step.Weight;
import dev.kerr.compress.CompressionSetting;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One stage of a build: steps that fill a root file system, taken when it is wanted.
///
/// What steps have made that took long is kept, under a key over all that it came from; a later build begins behind the
/// last of its steps whose result it finds. So a build that failed goes on where it failed.
final class Stage {
    /// A step that took less is done again as fast as its result would be had back.
    static final Duration WORTH_KEEPING = Duration.ofSeconds(3);

    /// Where the time that a step took is worth telling.
    private static final Duration WORTH_TELLING = Duration.ofSeconds(1);

    private static final int FAST_LEVEL = 1;
    private static final int MOST_LEVEL = 6;

    private final BuildContext context;
    private final TreeStep.Tree tree;
    private final BuildTime time;
    private final List<Step> steps;
    private Duration spent = Duration.ZERO;
    private Optional<Path> kept = Optional.empty();
    private boolean isFinished;

    /// @param tree of which steps see `rootfs` alone, an existing directory; empty, unless the steps go over it
    /// @param time that the first step learns
    Stage(BuildContext context, TreeStep.Tree tree, BuildTime time, List<Step> steps) {
        this.context = requireNonNull(context);
        this.tree = requireNonNull(tree);
        this.time = requireNonNull(time);
        this.steps = List.copyOf(steps);
    }

    /// The key of the finished root file system; empty if nobody can say what it depends on.
    Optional<StepKey> key() {
        List<StepKey> keys = keys();
        return keys.isEmpty() || keys.size() < steps.size() ? Optional.empty() : Optional.of(keys.getLast());
    }

    /// The finished root file system, all of it in one directory.
    ///
    /// @throws UserException if a step fails
    Path rootfs() throws IOException, UserException {
        TreeStep.Tree finished = tree();
        if (finished.lower().isPresent()) {
            throw new IllegalStateException("a part of the root file system is in " + finished.lower());
        }
        return finished.rootfs();
    }

    /// The finished root file system.
    ///
    /// @throws UserException if a step fails
    TreeStep.Tree tree() throws IOException, UserException {
        if (!isFinished) {
            perform();
            isFinished = true;
        }
        return tree;
    }

    /// Where steps make the root file system, finished or not.
    Path place() {
        return tree.rootfs();
    }

    /// Of the build, once the root file system is finished.
    BuildTime time() {
        return time;
    }

    /// Whether what was made of it, which took so long, is worth keeping: never if nothing was done to the base.
    boolean isWorthKeeping(Duration after) {
        return steps.stream().anyMatch(step -> step.weight() == Weight.HEAVY)
                && spent.plus(after).compareTo(WORTH_KEEPING) >= 0;
    }

    /// The keys of the results of the first steps, as many as can be told.
    private List<StepKey> keys() {
        var keys = new ArrayList<StepKey>();
        StepKey key = StepKey.NOTHING.then(
                context.platform().version(),
                context.platform().architecture().goName(),
                context.host().kindOfRoot(),
                context.request().options().base().toString(),
                context.fixedTime().toString());
        for (Step step : steps) {
            if (step.inputs().isEmpty()) {
                break;
            }
            key = key.then(step.name(), step.inputs().get());
            keys.add(key);
        }
        return keys;
    }

    private void perform() throws IOException, UserException {
        List<StepKey> keys = keys();
        for (int i = restore(keys); i < steps.size(); i++) {
            Step step = steps.get(i);
            Duration took = perform(step);
            spent = spent.plus(took);
            if (took.compareTo(WORTH_TELLING) >= 0) {
                context.log().info("%s took %.1f s".formatted(step.name(), took.toMillis() / 1000.0));
            }
            if (step.weight() == Weight.HEAVY && took.compareTo(WORTH_KEEPING) >= 0 && i < keys.size()) {
                keep(step, keys.get(i));
            }
        }
    }

    private Duration perform(Step step) throws IOException, UserException {
        long began = System.nanoTime();
        try (var event = context.events().begin(step.name())) {
            step.work().perform();
            event.succeeded();
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /// Has back what the most steps have made. Returns how many that were.
    private int restore(List<StepKey> keys) throws IOException, UserException {
        for (int i = keys.size() - 1; i >= 0 && context.cache().isPresent(); i--) {
            if (steps.get(i).weight() == Weight.LIGHT) {
                continue;
            }
            var found = context.cache().get().find(keys.get(i));
            if (found.isPresent()) {
                String name = steps.get(i).name();
                requireRoom(Room.of(found.get().image()), i + 1);
                context.log().info("Up to " + name + " all is kept from before (--no-cache does it again)");
                context.events().kept(name);
                context.trees().unpack(found.get().image(), "what was kept", tree.rootfs(), Effort.usual());
                kept = Optional.of(found.get().image().path());
                time.set(found.get().time());
                spent = WORTH_KEEPING;
                return i + 1;
            }
        }
        requireRoom(Room.UNKNOWN, 0);
        return 0;
    }

    /// Checks that what is known of the room that is needed is there, before anything is done.
    ///
    /// @param kept what of the base and the steps before is there
    /// @param first of the steps to be taken
    private void requireRoom(Room kept, int first) throws IOException, UserException {
        List<Room> needed = new ArrayList<>(List.of(kept));
        steps.subList(first, steps.size()).forEach(step -> needed.add(step.room()));
        boolean isSandbox = context.request().target().format() instanceof BuildRequest.Format.Sandbox;
        Path parent = context.directory().path().getParent();
        Room.require(
                needed,
                parent == null ? context.directory().path() : parent,
                isSandbox
                        ? "make room there: a sandbox is built beside its target"
                        : "make room there, or name a directory that has more with --tmpdir or KERR_TMPDIR");
    }

    private void keep(Step step, StepKey key) {
        if (context.cache().isPresent()) {
            context.log().verbose("keeping what " + step.name() + " has made");
            var times = new TreeStep.Times(time.seconds(), OptionalLong.empty());
            Optional<Path> before = kept;
            kept = context.cache()
                    .get()
                    .keep(
                            key,
                            file -> context.trees().pack(new TreeStep.Pack(tree, file, before, keptSettings(), times)))
                    .map(result -> result.image().path())
                    .or(() -> before);
        }
    }

    /// As the image will be packed, which then takes its blocks from here; fast, if it is not to be, or slowly.
    private PackSettings keptSettings() {
        PackSettings packing = context.request().options().packing();
        boolean isPacked = context.request().target().format() instanceof BuildRequest.Format.Sif;
        return isPacked && packing.compression() instanceof CompressionSetting.Zstd zstd && zstd.level() <= MOST_LEVEL
                ? packing.with(Owners.KEPT)
                : PackSettings.usual().with(new CompressionSetting.Zstd(FAST_LEVEL));
    }

    /// The last of what was kept of it, which may be gone by now.
    Optional<Path> kept() {
        return kept;
    }
}
