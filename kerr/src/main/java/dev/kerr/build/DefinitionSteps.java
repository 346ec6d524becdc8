package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.build.Step.Weight;
import dev.kerr.deffile.App;
import dev.kerr.deffile.Bootstrap;
import dev.kerr.deffile.Definition;
import dev.kerr.deffile.FilesSection;
import dev.kerr.deffile.FilesTransfer;
import dev.kerr.deffile.Section;
import dev.kerr.deffile.SectionName;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The steps of one stage of a definition.
///
/// **Source:** the order in which the peers run sections.
final class DefinitionSteps {
    private final BuildContext context;
    private final Definition definition;
    private final RootFileSystem rootfs;
    private final BuildTime time;
    private final SectionRunner runner;
    private final Map<String, Stage> stages;
    private final List<Step> steps = new ArrayList<>();
    private Optional<Path> lower = Optional.empty();

    private DefinitionSteps(BuildContext context, Definition definition, Path rootfs, Map<String, Stage> stages) {
        this.context = requireNonNull(context);
        this.definition = requireNonNull(definition);
        this.rootfs = new RootFileSystem(context.host(), context.directory(), rootfs);
        this.time = new BuildTime(context.fixedTime());
        this.runner = new SectionRunner(context.host(), context.directory(), rootfs);
        this.stages = Map.copyOf(stages);
    }

    /// Makes a stage of a definition.
    ///
    /// @param rootfs an existing directory; empty, unless the build updates it
    /// @param stages the earlier stages that have a name
    /// @throws UserException if the base is missing
    static Stage stage(BuildContext context, Definition definition, Path rootfs, Map<String, Stage> stages)
            throws IOException, UserException {
        var made = new DefinitionSteps(context, definition, rootfs, stages);
        made.add();
        return new Stage(context, new TreeStep.Tree(rootfs, made.lower), made.time, made.steps);
    }

    private void add() throws IOException, UserException {
        if (isUpdate()) {
            light("sandbox", Optional.empty(), () -> {});
        } else {
            onHost(SectionName.PRE);
            base();
        }
        layout();
        filesFromStages();
        if (context.request().has(BuildPart.SETUP)) {
            onHost(SectionName.SETUP);
        }
        filesFromHost();
        post();
        light("metadata", Optional.of(metadataInputs()), () -> {
            CollectedFiles present = rootfs.collect();
            var metadata = new FinalMetadata(context.request(), definition, present);
            rootfs.graft(metadata.tree(context.platform(), time.date(), context.log()));
        });
        test();
    }

    private void light(String name, Optional<String> inputs, Step.Work work) {
        steps.add(new Step(name, inputs, Weight.LIGHT, work));
    }

    /// Whether this stage goes over the sandbox that is to be updated; earlier stages of the same definition
    /// do not.
    private boolean isUpdate() {
        return context.request().target().existing() == BuildRequest.Existing.UPDATE
                && rootfs.path().equals(context.request().absoluteTarget());
    }

    /// What a script does on the host, nobody can say.
    private void onHost(SectionName name) {
        Optional<Section> section = definition.section(name);
        if (section.isPresent() && !section.get().isBlank()) {
            light("%" + name.word(), Optional.empty(), () -> {
                context.log().info("Running %" + name.word());
                runner.runOnHost(section.get());
            });
        }
    }

    private void base() throws IOException, UserException {
        Path workingDirectory = context.request().surroundings().workingDirectory();
        Bootstrap bootstrap = definition.bootstrap();
        var bootstrapper = new Bootstrapper(context);
        Optional<FoundImage> found = bootstrapper.image(bootstrap, workingDirectory);
        Optional<BaseImage> image = found.map(FoundImage::image);
        if (image.isPresent() && image.get() instanceof BaseImage.Directory directory && isPackedAsItIs(directory)) {
            lower = Optional.of(directory.path());
            light("the base", Optional.empty(), () -> {
                bootstrapper.outline(directory, rootfs.path());
                time.takeFrom(directory);
            });
            return;
        }
        Optional<String> inputs = found.isEmpty()
                ? Optional.of(bootstrap.toString())
                : found.get().content();
        Weight weight = image.isEmpty() ? Weight.HEAVY : Weight.LIGHT;
        Room room = image.map(Room::of).orElse(Room.UNKNOWN);
        steps.add(new Step("the base", inputs, weight, room, () -> {
            bootstrapper.fill(rootfs.path(), bootstrap, image);
            if (image.isPresent()) {
                time.takeFrom(image.get());
            } else {
                time.takeFromArchive(rootfs.path());
            }
        }));
    }

    /// Whether nothing is done to the base but that its metadata are completed: then it is packed where it is.
    private boolean isPackedAsItIs(BaseImage.Directory base) throws IOException {
        BuildRequest request = context.request();
        return request.source() instanceof BuildRequest.Source.Image
                && !(request.target().format() instanceof BuildRequest.Format.Sandbox)
                && !request.options().base().fixPermissions()
                && !context.directory().path().startsWith(base.path().toRealPath());
    }

    private void layout() {
        List<App> apps = definition.apps();
        light("layout", Optional.of(apps.toString()), () -> {
            rootfs.graft(BaseMetadata.tree());
            rootfs.makeSkeleton();
            if (!apps.isEmpty() || !isUpdate()) {
                rootfs.graft(AppMetadata.tree(apps));
            }
        });
    }

    private void filesFromStages() throws UserException {
        if (!context.request().has(BuildPart.FILES)) {
            return;
        }
        for (FilesSection files : definition.files()) {
            if (files.origin() instanceof FilesSection.Origin.Stage(String name)) {
                Stage stage = stages.get(name);
                if (stage == null) {
                    throw new IllegalStateException("stage " + name + " is not built");
                }
                var inputs = stage.key().map(key -> key.hex() + files.transfers());
                light("%files from " + name, inputs, () -> {
                    Path from = stage.rootfs();
                    context.log().info("Copying files from stage " + name);
                    copy(TreeStep.Origin.STAGE, from, "/", files.transfers());
                });
            }
        }
    }

    private void filesFromHost() throws IOException, UserException {
        if (!context.request().has(BuildPart.FILES)) {
            return;
        }
        for (App app : definition.apps()) {
            copyFromHost(app.files(), "/" + AppMetadata.directory(app));
        }
        for (FilesSection files : definition.files()) {
            if (files.origin() instanceof FilesSection.Origin.Host) {
                copyFromHost(files.transfers(), "/");
            }
        }
    }

    private void copyFromHost(List<FilesTransfer> transfers, String base) throws IOException {
        if (transfers.isEmpty()) {
            return;
        }
        Path workingDirectory = context.request().surroundings().workingDirectory();
        Optional<String> contents =
                context.cache().isPresent() ? FilesCopier.contents(transfers, workingDirectory) : Optional.empty();
        Room room = Room.of(FilesCopier.sources(transfers, workingDirectory));
        steps.add(new Step(
                "%files",
                contents.map(digests -> base + transfers + digests), Weight.LIGHT, room, () -> {
                    context.log().info("Copying files");
                    copy(TreeStep.Origin.HOST, workingDirectory, base, transfers);
                }));
    }

    private void copy(TreeStep.Origin origin, Path from, String base, List<FilesTransfer> transfers)
            throws IOException, UserException {
        context.trees()
                .copy(new TreeStep.CopyFiles(
                        origin, from, rootfs.path(), base, definition.source().name(), transfers));
    }

    private void post() {
        String arguments =
                definition.section(SectionName.POST).map(Section::arguments).orElse("");
        String script = definition.body(SectionName.POST) + AppMetadata.installScript(definition.apps());
        if (context.request().has(BuildPart.POST) && !script.isBlank()) {
            steps.add(new Step(
                    "%post",
                    Optional.of(arguments + "\n" + script), Weight.HEAVY, () -> {
                        context.log().info("Running %post");
                        runner.runPost(script, arguments);
                    }));
        }
    }

    private String metadataInputs() {
        BuildRequest request = context.request();
        return definition.text()
                + definition.header()
                + request.options().parts().stream()
                        .map(BuildPart::name)
                        .sorted()
                        .toList()
                + request.target().existing();
    }

    private void test() {
        Optional<Section> test = definition.section(SectionName.TEST);
        if (context.request().has(BuildPart.TEST)
                && test.isPresent()
                && !test.get().isBlank()) {
            light(
                    "%test",
                    Optional.of(""), () -> {
                        context.log().info("Running %test");
                        runner.runTest();
                    });
        }
    }
}
