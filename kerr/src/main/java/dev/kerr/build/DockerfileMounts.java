package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.container.Bind;
import dev.kerr.dockerfile.Instruction;
import dev.kerr.dockerfile.Mount;
import dev.kerr.dockerfile.Origin;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `RUN --mount` shows to one command, as binds of the host for its time; mount points that were not there before
/// are removed with it.
final class DockerfileMounts implements AutoCloseable {
    private final BuildContext context;
    private final DockerfileStages stages;
    private final Instruction.Run run;
    private final String directory;
    private final Path rootfs;
    private final List<String> made = new ArrayList<>();
    private final List<Path> temporary = new ArrayList<>();
    private final Map<String, String> variables = new HashMap<>();

    /// @param rootfs in which the command runs
    /// @param directory at which relative targets begin
    DockerfileMounts(
            BuildContext context, DockerfileStages stages, Instruction.Run run, Path rootfs, String directory) {
        this.context = requireNonNull(context);
        this.stages = requireNonNull(stages);
        this.run = requireNonNull(run);
        this.rootfs = requireNonNull(rootfs);
        this.directory = requireNonNull(directory);
    }

    /// What the command's result depends on of them; empty if nobody can say. Caches and secrets change nothing, by
    /// what they are for.
    Optional<String> inputs() throws IOException, UserException {
        var text = new StringBuilder();
        for (Mount mount : run.mounts()) {
            text.append(mount).append('\n');
            if (mount instanceof Mount.Bind bind) {
                Optional<String> of = inputs(bind);
                if (of.isEmpty()) {
                    return Optional.empty();
                }
                text.append(of.get()).append('\n');
            }
        }
        return Optional.of(text.toString());
    }

    private Optional<String> inputs(Mount.Bind bind) throws IOException, UserException {
        if (!(bind.from() instanceof Origin.Context)) {
            return stages.version(bind.from());
        }
        return context.cache().isEmpty()
                ? Optional.empty()
                : InputDigest.content(ScopedPath.resolve(stages.directory(), bind.source()));
    }

    /// The variables of secrets, once they are made.
    Map<String, String> variables() {
        return variables;
    }

    /// Makes what is bound.
    ///
    /// @throws UserException if something is not there
    List<Bind> make() throws IOException, UserException {
        var binds = new LinkedHashMap<String, Bind>();
        for (Mount mount : run.mounts()) {
            switch (mount) {
                case Mount.Bind bind -> {
                    Path source = source(bind.from(), bind.source());
                    Path bound = bind.writable() ? copy(source) : visible(source);
                    put(binds, bound, bind.target(), !bind.writable());
                }
                case Mount.Cache cache -> put(binds, cache(cache), cache.target(), !cache.writable());
                case Mount.Tmpfs tmpfs ->
                    put(binds, context.directory().newDirectory("tmpfs"), tmpfs.target(), !tmpfs.writable());
                case Mount.Secret secret -> secret(binds, secret);
                case Mount.Unexpanded unexpanded -> throw new IllegalStateException("unexpanded: " + unexpanded);
            }
        }
        makePoints(binds.values());
        return List.copyOf(binds.values());
    }

    private void makePoints(Collection<Bind> binds) throws IOException, UserException {
        if (binds.isEmpty()) {
            return;
        }
        Path list = context.directory().newPath("made");
        var arguments = new ArrayList<>(List.of("make", rootfs.toString(), list.toString()));
        for (Bind bind : binds) {
            Path target = context.trees().locate(rootfs, bind.target()).path();
            arguments.add(rootfs.relativize(target).toString());
            arguments.add(Files.isDirectory(Path.of(bind.source())) ? "d" : "f");
        }
        context.host().mustRun("make mount points in the image", "mount-points.sh", arguments);
        made.addAll(Files.exists(list) ? Files.readAllLines(list).reversed() : List.of());
    }

    private void put(Map<String, Bind> binds, Path source, String target, boolean readOnly) {
        String absolute = ImageState.absolute(directory, target);
        binds.put(absolute, new Bind(source.toString(), absolute, readOnly));
    }

    private Path source(Origin from, String path) throws IOException, UserException {
        Path root = stages.root(from);
        Located source = context.trees().locate(root, path);
        if (source.kind() == Located.Kind.NOTHING) {
            throw stages.error(run.line(), "there is no " + path + " to mount", "is its path right?");
        }
        return source.path();
    }

    /// A path whose kind the caller can see, for whoever plans mounts; the same files by other names, where it is in a
    /// directory of another id's.
    private Path visible(Path source) throws IOException, UserException {
        if (Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
            return source;
        }
        Path names = context.directory().newPath("names");
        if (context.host().run(List.of("cp", "-al", "--", source.toString(), names.toString())) != 0) {
            throw stages.error(run.line(), "cannot show " + source + " to the command", "is there room?");
        }
        return names;
    }

    private Path copy(Path source) throws IOException, UserException {
        Path copy = context.directory().newPath("copy");
        if (context.host().run(List.of("cp", "-a", "--", source.toString(), copy.toString())) != 0) {
            throw stages.error(run.line(), "cannot copy " + source + " to be written to", "is there room?");
        }
        return copy;
    }

    private Path cache(Mount.Cache cache) throws IOException, UserException {
        Path kept = context.cache()
                .map(of -> of.directory(new StepKey("").then(cache.id()).hex()))
                .orElse(context.directory()
                        .path()
                        .resolve("mount-" + new StepKey("").then(cache.id()).hex()));
        if (!Files.isDirectory(kept)) {
            Files.createDirectories(kept.getParent());
            if (cache.from() instanceof Origin.Context || cache.from() instanceof Origin.Empty) {
                Files.createDirectory(kept);
            } else {
                context.host()
                        .run(List.of(
                                "cp",
                                "-a",
                                "--",
                                source(cache.from(), cache.source()).toString(),
                                kept.toString()));
            }
        }
        Files.setLastModifiedTime(kept, FileTime.from(Instant.now()));
        return kept;
    }

    private void secret(Map<String, Bind> binds, Mount.Secret secret) throws IOException, UserException {
        Optional<byte[]> value = stages.recipe().source().secret(secret.id());
        if (value.isEmpty()) {
            if (secret.required()) {
                throw stages.error(
                        run.line(), "there is no secret " + secret.id(), "give it with --secret id=" + secret.id());
            }
            return;
        }
        if (!secret.variable().isEmpty()) {
            variables.put(secret.variable(), new String(value.get(), StandardCharsets.UTF_8));
        }
        if (!secret.target().isEmpty()) {
            Path file = context.directory().newDirectory("secret").resolve("secret");
            Files.write(file, value.get());
            temporary.add(file);
            put(binds, file, secret.target(), true);
        }
    }

    @Override
    public void close() throws IOException, UserException {
        if (!made.isEmpty()) {
            var arguments = new ArrayList<>(List.of("remove", rootfs.toString()));
            arguments.addAll(made);
            context.host().mustRun("remove mount points from the image", "mount-points.sh", arguments);
        }
        for (Path file : temporary) {
            Files.deleteIfExists(file);
        }
    }
}
