package dev.kerr.build;

import dev.kerr.deffile.Definition;
import dev.kerr.deffile.Labels;
import dev.kerr.deffile.Section;
import dev.kerr.deffile.SectionName;
import dev.kerr.inspect.ImageFiles;
import dev.kerr.inspect.LabelsJson;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The metadata that comes from a definition, merged with what the root file system has from its base and
/// from `%post`.
///
/// Labels are added to, the environment is appended to, scripts and help are replaced where the definition
/// has its own, and
/// the definition that the base was built from moves to `bootstrap_history`.
final class FinalMetadata {
    private final BuildRequest request;
    private final Definition definition;
    private final ImageFiles present;
    private final StagedTree tree = new StagedTree();

    /// @param present what the root file system has now
    FinalMetadata(BuildRequest request, Definition definition, ImageFiles present) {
        this.request = request;
        this.definition = definition;
        this.present = present;
    }

    /// The files to be written.
    ///
    /// @throws UserException if the labels that are there are damaged
    StagedTree tree(Platform platform, ZonedDateTime now, Log log) throws IOException, UserException {
        definition.section(SectionName.HELP).ifPresent(help -> tree.data(MetadataPaths.HELP, help.body() + "\n"));
        addLabels(platform, now, log);
        addDefinition();
        addEnvironment();
        addScript(SectionName.RUNSCRIPT, MetadataPaths.RUNSCRIPT, "default-runscript");
        addScript(SectionName.STARTSCRIPT, MetadataPaths.STARTSCRIPT, "default-startscript");
        Optional<Section> test = definition.section(SectionName.TEST);
        test.ifPresent(section -> tree.script(MetadataPaths.TEST, ScriptText.of(section)));
        return tree;
    }

    private void addLabels(Platform platform, ZonedDateTime now, Log log) throws IOException, UserException {
        Optional<byte[]> old = present.read("/" + MetadataPaths.LABELS);
        SortedMap<String, String> base =
                old.isPresent() ? LabelsJson.decode(old.get(), "/" + MetadataPaths.LABELS) : new TreeMap<>();
        ImageLabels labels = new ImageLabels(request.target().existing(), log, base);
        labels.addAboutBuild(definition, platform, now);
        if (request.has(BuildPart.LABELS)) {
            labels.add(definition.labels());
        }
        labels.add(Labels.of(text(MetadataPaths.LABELS_OF_POST).lines().toList()));
        tree.data(MetadataPaths.LABELS, LabelsJson.encode(labels.labels()));
    }

    private void addDefinition() throws IOException {
        String old = text(MetadataPaths.DEFINITION);
        if (!old.isEmpty()) {
            List<String> history = present.list("/" + MetadataPaths.HISTORY);
            int number = history.size();
            while (history.contains("Singularity" + number)) {
                number++;
            }
            tree.data(MetadataPaths.HISTORY + "/Singularity" + number, old);
        }
        tree.data(MetadataPaths.DEFINITION, definition.text());
    }

    private void addEnvironment() throws IOException {
        String old = text(MetadataPaths.ENVIRONMENT_OF_DEFINITION);
        String base = old.isEmpty() ? Texts.of("env/90-environment.sh") : old;
        String added = request.has(BuildPart.ENVIRONMENT) ? definition.body(SectionName.ENVIRONMENT) : "";
        String between = base.endsWith("\n") ? "" : "\n";
        tree.script(MetadataPaths.ENVIRONMENT_OF_DEFINITION, added.isEmpty() ? base : base + between + added + "\n");
    }

    private void addScript(SectionName name, String path, String byDefault) throws IOException {
        Optional<Section> section = definition.section(name);
        if (section.isPresent()) {
            tree.script(path, ScriptText.of(section.get()));
        } else if (present.read("/" + path).isEmpty()) {
            tree.script(path, Texts.of(byDefault));
        }
    }

    private String text(String path) throws IOException {
        return new String(present.read("/" + path).orElse(new byte[0]), StandardCharsets.UTF_8);
    }
}
