package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.build.Step.Weight;
import dev.kerr.dockerfile.Command;
import dev.kerr.dockerfile.Instruction;
import dev.kerr.dockerfile.StageScope;
import dev.kerr.log.UserException;
import dev.kerr.oci.ImageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The steps of one stage of a Dockerfile.
final class DockerfileSteps {
    private static final String SCRIPT = "/.run.script";
    private static final String USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final BuildContext context;
    private final DockerfileStages stages;
    private final Path path;
    private final RootFileSystem rootfs;
    private final BuildTime time;
    private final List<Step> steps = new ArrayList<>();

    /// @param rootfs an empty directory
    DockerfileSteps(BuildContext context, DockerfileStages stages, Path rootfs) {
        this.context = requireNonNull(context);
        this.stages = requireNonNull(stages);
        this.path = requireNonNull(rootfs);
        this.rootfs = new RootFileSystem(context.host(), context.directory(), rootfs);
        this.time = new BuildTime(context.fixedTime());
    }

    /// Begins with an image.
    void begin(BaseImage base, String reference) {
        steps.add(stages.unpacking(base, reference, path, time));
    }

    /// Begins with what an earlier stage made.
    void begin(Stage earlier) {
        steps.add(new Step("FROM a stage", earlier.key().map(StepKey::hex), Weight.LIGHT, () -> {
            Path from = earlier.rootfs();
            time.set(earlier.time().seconds());
            int status = context.host().run(List.of("cp", "-a", "--reflink=auto", "--", from + "/.", path + "/"));
            if (status != 0) {
                throw new UserException("cannot copy what an earlier stage made: exit status " + status);
            }
        }));
    }

    /// Goes through the instructions of a stage.
    ///
    /// @param base what the image says that it begins with
    /// @param isLast whether it becomes the image
    /// @throws UserException if an instruction is wrong
    DockerfileStages.Made made(dev.kerr.dockerfile.Stage stage, ImageConfig.Execution base, boolean isLast)
            throws IOException, UserException {
        var scope = new StageScope(stages.global(), DockerfileStages.variables(base));
        var state = ImageState.of(base);
        steps.add(new Step("layout", Optional.of(""), Weight.LIGHT, () -> {
            rootfs.graft(BaseMetadata.tree());
            rootfs.makeSkeleton();
        }));
        for (Instruction raw : stage.instructions()) {
            Instruction instruction = scope.enter(raw);
            state.take(instruction);
            add(instruction, scope, state);
        }
        ImageConfig.Execution execution = state.execution(scope.environment());
        if (isLast) {
            metadata(execution);
        }
        return new DockerfileStages.Made(new Stage(context, TreeStep.Tree.of(path), time, steps), execution);
    }

    private void add(Instruction instruction, StageScope scope, ImageState state) throws IOException, UserException {
        switch (instruction) {
            case Instruction.Run run -> run(run, scope, state);
            case Instruction.Copy copy -> new DockerfileCopies(context, stages, path, steps).copy(copy, state);
            case Instruction.Add add -> new DockerfileCopies(context, stages, path, steps).add(add, state);
            case Instruction.Workdir _ -> makeDirectory(state.directory());
            default -> {}
        }
    }

    private void makeDirectory(String directory) {
        steps.add(new Step("WORKDIR " + directory, Optional.of(""), Weight.LIGHT, () -> {
            Path made = context.trees().locate(path, directory).path();
            int status = context.host().run(List.of("mkdir", "-p", "-m", "755", "--", made.toString()));
            if (status != 0) {
                throw new UserException("cannot make the working directory " + directory + " in the image");
            }
        }));
    }

    private void run(Instruction.Run run, StageScope scope, ImageState state) throws IOException, UserException {
        var mounts = new DockerfileMounts(context, stages, run, path, state.directory());
        List<String> words = words(run, state);
        Map<String, String> environment = environment(scope);
        String user = state.user();
        String directory = state.directory();
        boolean networked = run.network() != Instruction.Network.NONE;
        Optional<String> inputs = mounts.inputs()
                .map(of -> List.of(run.command(), words, scope.environment(), scope.commandEnvironment(), of) + " "
                        + user + " " + directory + " " + networked);
        String spelling = spelling(run.command());
        steps.add(new Step("RUN " + spelling, inputs, Weight.HEAVY, () -> {
            context.log().info("RUN " + spelling);
            placeProgram(run.command());
            int status;
            try (mounts) {
                var binds = mounts.make();
                environment.putAll(mounts.variables());
                var command = new ImageCommand(words, environment, directory, user, binds, networked);
                status = context.host().runner().inImage(path, command);
            } finally {
                removeProgram(run.command());
            }
            if (status != 0) {
                throw stages.error(run.line(), "RUN failed: exit status " + status, "its output stands above");
            }
        }));
    }

    private void placeProgram(Command command) throws IOException, UserException {
        if (command instanceof Command.Script script && script.isProgram()) {
            Path file = context.directory().newDirectory("script").resolve("run");
            Files.writeString(file, script.document().text());
            context.host().mustRun("write a script of RUN", "place-script.sh", List.of(file.toString(), path + SCRIPT));
        }
    }

    private void removeProgram(Command command) throws IOException, UserException {
        if (command instanceof Command.Script script && script.isProgram()) {
            context.host().run(List.of("rm", "-f", "--", path + SCRIPT));
        }
    }

    private static List<String> words(Instruction.Run run, ImageState state) {
        return run.command() instanceof Command.Script script && script.isProgram()
                ? List.of(SCRIPT)
                : state.words(run.command());
    }

    private static Map<String, String> environment(StageScope scope) {
        var environment = new TreeMap<>(scope.commandEnvironment());
        environment.putIfAbsent("PATH", USUAL_PATH);
        return environment;
    }

    /// The beginning of a command, for a line of the log.
    private static String spelling(Command command) {
        String text = switch (command) {
            case Command.Exec exec -> String.join(" ", exec.words());
            case Command.Shell shell -> shell.text();
            case Command.Script script -> script.document().text();
        };
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() > 60 ? line.substring(0, 59) + "…" : line;
    }

    private void metadata(ImageConfig.Execution execution) {
        String text = stages.recipe().text();
        String inputs = text + execution + context.request().target().existing();
        steps.add(new Step("metadata", Optional.of(inputs), Weight.LIGHT, () -> {
            var labels = new ImageLabels(
                    context.request().target().existing(), context.log(), new TreeMap<>(execution.labels()));
            labels.addAboutBuild(stages.definition(), context.platform(), time.date());
            rootfs.graft(new StagedTree()
                    .script(
                            MetadataPaths.DIRECTORY + "/env/10-docker2singularity.sh",
                            OciScripts.environment(execution))
                    .script(MetadataPaths.ENVIRONMENT_OF_DEFINITION, Texts.of("env/90-environment.sh"))
                    .script(MetadataPaths.RUNSCRIPT, OciScripts.runscript(execution))
                    .script(MetadataPaths.STARTSCRIPT, Texts.of("default-startscript"))
                    .data(MetadataPaths.DEFINITION, text)
                    .data(MetadataPaths.LABELS, dev.kerr.inspect.LabelsJson.encode(labels.labels())));
        }));
    }
}
