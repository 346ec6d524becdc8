package dev.kerr.build;

import dev.kerr.layer.LayerBlob;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Files of ours as a layer of an image; all belong to root.
///
/// @param tar the archive
/// @param fillsGaps whether what the image has counts more
record StagedLayer(String name, byte[] tar, boolean fillsGaps) implements LayerBlob {
    private static final int OPEN = 01777;
    private static final int DIRECTORY = 0755;

    StagedLayer {
        Objects.requireNonNull(name);
        Objects.requireNonNull(tar);
    }

    @Override
    public InputStream open() {
        return new ByteArrayInputStream(tar);
    }

    @Override
    public Optional<String> diffId() {
        return Optional.empty();
    }

    /// The directories, files and links that every image has, to lie over the image's layers: what these have of
    /// them counts, and what they hide of each other is no matter.
    ///
    /// @param seconds their time
    static StagedLayer skeleton(long seconds) {
        return layer("the skeleton", true, tar -> {
            for (String name : new String[] {"dev", "etc", "home", "proc", "root", "sys", "var"}) {
                directory(tar, name, DIRECTORY, seconds);
            }
            directory(tar, "tmp", OPEN, seconds);
            directory(tar, "var/tmp", OPEN, seconds);
            file(tar, "etc/hosts", "", 0644, seconds);
            file(tar, "etc/resolv.conf", "", 0644, seconds);
            link(tar, "singularity", ".singularity.d/runscript", seconds);
            link(tar, "environment", ".singularity.d/env/90-environment.sh", seconds);
            for (String action : new String[] {"run", "exec", "test", "shell"}) {
                link(tar, "." + action, ".singularity.d/actions/" + action, seconds);
            }
        });
    }

    /// A staged tree, to lie over all else.
    static StagedLayer of(StagedTree tree, long seconds) {
        return layer("the metadata", false, tar -> {
            for (Map.Entry<String, StagedTree.Node> node : tree.nodes().entrySet()) {
                switch (node.getValue()) {
                    case StagedTree.Node.Directory() -> directory(tar, node.getKey(), DIRECTORY, seconds);
                    case StagedTree.Node.Text(String text, StagedTree.Kind kind) ->
                        file(tar, node.getKey(), text, kind == StagedTree.Kind.SCRIPT ? 0755 : 0644, seconds);
                }
            }
        });
    }

    private interface Filling {
        void fill(TarWriter tar) throws IOException;
    }

    private static StagedLayer layer(String name, boolean fillsGaps, Filling filling) {
        var bytes = new ByteArrayOutputStream();
        try {
            var tar = new TarWriter(bytes);
            filling.fill(tar);
            tar.finish();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // memory takes everything
        }
        return new StagedLayer(name, bytes.toByteArray(), fillsGaps);
    }

    private static void directory(TarWriter tar, String path, int mode, long seconds) throws IOException {
        tar.add(new TarEntry(path, new TarEntry.Kind.Directory(), new Attributes(mode, 0, 0, seconds)));
    }

    private static void link(TarWriter tar, String path, String target, long seconds) throws IOException {
        tar.add(new TarEntry(path, new TarEntry.Kind.Symlink(target), new Attributes(0777, 0, 0, seconds)));
    }

    private static void file(TarWriter tar, String path, String text, int mode, long seconds) throws IOException {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        tar.add(
                new TarEntry(path, new TarEntry.Kind.File(content.length), new Attributes(mode, 0, 0, seconds)),
                new ByteArrayInputStream(content));
    }
}
