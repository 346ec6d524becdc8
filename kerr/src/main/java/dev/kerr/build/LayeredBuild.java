package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.deffile.Definition;
import dev.kerr.deffile.Header;
import dev.kerr.export.Startup;
import dev.kerr.inspect.ImageFiles;
import dev.kerr.inspect.Inspection;
import dev.kerr.inspect.LabelsJson;
import dev.kerr.layer.LayerBlob;
import dev.kerr.layer.LayerException;
import dev.kerr.layer.LayerSettings;
import dev.kerr.layer.Layers;
import dev.kerr.linux.Umask;
import dev.kerr.log.Log;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import dev.kerr.sif.Extra;
import dev.kerr.sif.FsType;
import dev.kerr.sif.NewObject;
import dev.kerr.sif.NewSif;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.PartitionType;
import dev.kerr.sif.SifWriter;
import dev.kerr.sif.Stamp;
import dev.kerr.squashfs.SquashfsWriter;
import dev.kerr.squashfs.WriterSettings;
import dev.kerr.transport.LayeredImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Makes SIF files of images of layers, without unpacking them and without any right: owners, devices and whiteouts are
/// data here.
public final class LayeredBuild {
    private final String version;
    private final PackSettings packing;
    private final Stamp stamp;
    private final ZonedDateTime now;
    private final Log log;

    /// @param version Kerr's own, which goes into the labels
    /// @param stamp of the SIF
    /// @param now the time in the labels and of the files that are added
    public LayeredBuild(String version, PackSettings packing, Stamp stamp, ZonedDateTime now, Log log) {
        this.version = requireNonNull(version);
        this.packing = requireNonNull(packing);
        this.stamp = requireNonNull(stamp);
        this.now = requireNonNull(now);
        this.log = requireNonNull(log);
    }

    /// Writes an image; it appears whole or not at all. One that was exported has its scripts and labels already.
    ///
    /// @param bootstrap the transport, for the definition in the image
    /// @param from what the user named
    /// @param bar shows how much is written
    /// @throws UserException if a layer cannot be used
    public void write(LayeredImage image, String bootstrap, String from, Path target, Optional<ProgressBar> bar)
            throws UserException, IOException {
        long seconds = now.toEpochSecond();
        Definition definition = definition(bootstrap, from);
        StagedTree tree = metadata(image, definition);
        var blobs = new ArrayList<LayerBlob>();
        blobs.addAll(image.layers());
        blobs.add(StagedLayer.skeleton(seconds));
        boolean isOurs = Startup.isOf(image.config().execution());
        if (!isOurs) {
            blobs.add(StagedLayer.of(tree, seconds));
        }
        try (Layers layers = Layers.merge(blobs, LayerSettings.usual())) {
            bar.ifPresent(shown -> shown.expect(layers.contentBytes()));
            var settings = new WriterSettings(
                    packing.compression(),
                    packing.blockSize(),
                    packing.tails(),
                    stamp.time().getEpochSecond(),
                    packing.threadsAtOnce(),
                    (bytesRead, bytesWritten) -> bar.ifPresent(shown -> shown.advance(bytesRead)));
            ObjectContent root = new ObjectContent.Made((out, offset) -> SquashfsWriter.write(
                            out, offset, packing.owners().of(layers), settings)
                    .size());
            var objects = new ArrayList<NewObject>();
            objects.add(NewObject.definitionFile(definition.text().getBytes(StandardCharsets.UTF_8)));
            if (!isOurs) {
                Inspection inspection = Inspection.of(new StagedFiles(tree));
                objects.add(NewObject.genericJson(
                        "inspect-metadata.json", inspection.compactJson().getBytes(StandardCharsets.UTF_8)));
            }
            objects.add(NewObject.genericJson("oci-config.json", image.configBytes()));
            objects.add(NewObject.partition(
                    new Extra.Partition(FsType.SQUASHFS, PartitionType.PRIMARY_SYSTEM, architecture(image)), root));
            SifWriter.write(target, NewSif.runnable(stamp, objects), Umask.executable());
        } catch (LayerException unusable) {
            throw new UserException(
                    String.valueOf(unusable.getMessage()), "was the image made for Linux, and is it whole?");
        }
    }

    private static Definition definition(String bootstrap, String from) {
        var header =
                new Header(List.of(new Header.Entry("bootstrap", bootstrap, 1), new Header.Entry("from", from, 2)));
        String text = "bootstrap: " + bootstrap + "\nfrom: " + from + "\n";
        return new Definition(SourceText.of(from, text), header, List.of(), text, List.of());
    }

    private StagedTree metadata(LayeredImage image, Definition definition) {
        Platform platform = new Platform(version, architecture(image));
        var labels = new ImageLabels(
                BuildRequest.Existing.REFUSE,
                log,
                new TreeMap<>(image.config().execution().labels()));
        labels.addAboutBuild(definition, platform, now);
        var execution = image.config().execution();
        return BaseMetadata.tree()
                .script(MetadataPaths.DIRECTORY + "/env/10-docker2singularity.sh", OciScripts.environment(execution))
                .script(MetadataPaths.ENVIRONMENT_OF_DEFINITION, Texts.of("env/90-environment.sh"))
                .script(MetadataPaths.RUNSCRIPT, OciScripts.runscript(execution))
                .script(MetadataPaths.STARTSCRIPT, Texts.of("default-startscript"))
                .data(MetadataPaths.LABELS, LabelsJson.encode(labels.labels()))
                .data(MetadataPaths.DEFINITION, definition.text());
    }

    private static Architecture architecture(LayeredImage image) {
        return Architecture.ofGoName(image.config().platform().architecture());
    }

    /// Staged files, as an inspection looks at them.
    private record StagedFiles(StagedTree tree) implements ImageFiles {
        @Override
        public Optional<byte[]> read(String path) {
            return tree.nodes().get(path.substring(1)) instanceof StagedTree.Node.Text text
                    ? Optional.of(text.text().getBytes(StandardCharsets.UTF_8))
                    : Optional.empty();
        }

        @Override
        public List<String> list(String directory) {
            String prefix = directory.substring(1) + "/";
            var names = new ArrayList<String>();
            for (String path : tree.nodes().keySet()) {
                if (path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0) {
                    names.add(path.substring(prefix.length()));
                }
            }
            return names;
        }
    }
}
