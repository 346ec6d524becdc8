package dev.kerr.build;

import dev.kerr.deffile.App;
import dev.kerr.deffile.Definition;
import dev.kerr.deffile.FilesSection;
import dev.kerr.deffile.Section;
import dev.kerr.deffile.SectionName;
import dev.kerr.inspect.Inspection;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;

/// Builds one stage of a definition into its root file system, section by section.
final class StageBuilder {
    /// What all stages of one build share.
    ///
    /// @param platform what builds, and what for
    /// @param now the time that goes into the labels
    record Context(
            BuildRequest request,
            HostCommands host,
            BuildDirectory directory,
            ImageProvider images,
            Platform platform,
            ZonedDateTime now,
            Log log) {}

    private final Context context;
    private final Definition definition;
    private final RootFileSystem rootfs;
    private final SectionRunner runner;
    private final Map<String, Path> stages;

    /// @param rootfs an existing directory; empty, unless the build updates it
    /// @param stages root file systems of the earlier stages that have a name
    StageBuilder(Context context, Definition definition, Path rootfs, Map<String, Path> stages) {
        this.context = context;
        this.definition = definition;
        this.rootfs = new RootFileSystem(context.host(), context.directory(), rootfs);
        this.runner = new SectionRunner(context.host(), context.directory(), rootfs);
        this.stages = Map.copyOf(stages);
    }

    /// Runs the sections in their order.
    ///
    /// @return what the finished stage says about itself
    /// @throws UserException if the base is missing or a section fails
    Inspection build() throws IOException, UserException {
        BuildRequest request = context.request();
        if (!isUpdate()) {
            runOnHost(SectionName.PRE);
            new Bootstrapper(context)
                    .fill(
                            rootfs.path(),
                            definition.bootstrap(),
                            request.surroundings().workingDirectory());
        }
        rootfs.graft(BaseMetadata.tree());
        rootfs.makeSkeleton();
        if (!definition.apps().isEmpty() || !isUpdate()) {
            rootfs.graft(AppMetadata.tree(definition.apps()));
        }
        copyFromStages();
        if (request.has(BuildPart.SETUP)) {
            runOnHost(SectionName.SETUP);
        }
        copyFromHost();
        runPost();
        CollectedFiles present = rootfs.collect();
        rootfs.graft(
                new FinalMetadata(request, definition, present).tree(context.platform(), context.now(), context.log()));
        runTest();
        return Inspection.of(rootfs.collect());
    }

    /// Whether this stage goes over the sandbox that is to be updated; earlier stages of the same definition
    /// do not.
    private boolean isUpdate() {
        return context.request().target().existing() == BuildRequest.Existing.UPDATE
                && rootfs.path().equals(context.request().absoluteTarget());
    }

    private void runOnHost(SectionName name) throws IOException, UserException {
        Optional<Section> section = definition.section(name);
        if (section.isPresent() && !section.get().isBlank()) {
            context.log().info("Running %" + name.word());
            runner.runOnHost(section.get());
        }
    }

    private void copyFromStages() throws IOException, UserException {
        if (!context.request().has(BuildPart.FILES)) {
            return;
        }
        for (FilesSection files : definition.files()) {
            if (files.origin() instanceof FilesSection.Origin.Stage(String name)) {
                Path stage = stages.get(name);
                if (stage == null) {
                    throw new IllegalStateException("stage " + name + " is not built");
                }
                context.log().info("Copying files from stage " + name);
                copier().copyFromStage(files.transfers(), stage);
            }
        }
    }

    private void copyFromHost() throws IOException, UserException {
        if (!context.request().has(BuildPart.FILES)) {
            return;
        }
        Path workingDirectory = context.request().surroundings().workingDirectory();
        for (App app : definition.apps()) {
            copier().copyFromHost(app.files(), workingDirectory, "/" + AppMetadata.directory(app));
        }
        for (FilesSection files : definition.files()) {
            if (files.origin() instanceof FilesSection.Origin.Host
                    && !files.transfers().isEmpty()) {
                context.log().info("Copying files");
                copier().copyFromHost(files.transfers(), workingDirectory, "/");
            }
        }
    }

    private FilesCopier copier() {
        return new FilesCopier(context.host(), rootfs.path(), definition.sourceName());
    }

    private void runPost() throws IOException, UserException {
        Optional<Section> post = definition.section(SectionName.POST);
        String script = definition.body(SectionName.POST) + AppMetadata.installScript(definition.apps());
        if (context.request().has(BuildPart.POST) && !script.isBlank()) {
            context.log().info("Running %post");
            runner.runPost(script, post.map(Section::arguments).orElse(""));
        }
    }

    private void runTest() throws IOException, UserException {
        Optional<Section> test = definition.section(SectionName.TEST);
        if (context.request().has(BuildPart.TEST)
                && test.isPresent()
                && !test.get().isBlank()) {
            context.log().info("Running %test");
            runner.runTest();
        }
    }
}
