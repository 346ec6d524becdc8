package dev.kerr.layer;

import dev.kerr.layer.LayerModel.RefusedException;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/// Layers made of a number, the same for the same number, that do all that layers can do to each other.
final class GeneratedLayers {
    private static final List<String> NAMES =
            List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "lib", "usr", "\u00fc\u0001 x", "n".repeat(120));
    private static final byte[] CAPABILITY = {1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private final Random random;
    private final LayerModel model = new LayerModel();
    private final List<TestLayer> layers = new ArrayList<>();
    private int entries;

    GeneratedLayers(long seed) {
        this.random = new Random(seed * 104_729 + 3);
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            addLayer(10 + random.nextInt(60));
        }
    }

    TestLayer[] layers() {
        return layers.toArray(TestLayer[]::new);
    }

    LayerModel model() {
        return model;
    }

    /// Entries of all layers.
    int entries() {
        return entries;
    }

    private void addLayer(int count) {
        var layer = new TestLayer();
        model.beginLayer();
        for (int i = 0; i < count; i++) {
            String path = path();
            TarEntry entry = entry(path);
            String content = entry.kind() instanceof Kind.File(long size) ? content((int) size) : "";
            try {
                model.apply(entry, content);
            } catch (RefusedException e) {
                continue;
            }
            layer.add(entry.name(), entry.kind(), entry.attributes(), content);
            entries++;
        }
        layers.add(layer);
    }

    private TarEntry entry(String path) {
        return switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> new TarEntry(path, new Kind.File(size()), attributes(true));
            case 4, 5, 6 -> new TarEntry(path + "/", new Kind.Directory(), ofDirectory(attributes(true)));
            case 7, 8 -> new TarEntry(path, new Kind.Symlink(target()), attributes(false));
            case 9, 10, 11 -> new TarEntry(path, new Kind.HardLink(any()), attributes(false));
            case 12 -> special(path);
            case 13 -> whiteout(random.nextInt(6) == 0 ? "" : path().replaceFirst("^\\.?/", ""), ".wh..wh..opq");
            default -> {
                String hidden = any();
                int slash = hidden.lastIndexOf('/');
                yield whiteout(slash < 0 ? "" : hidden.substring(0, slash), ".wh." + hidden.substring(slash + 1));
            }
        };
    }

    private TarEntry whiteout(String directory, String name) {
        String path = name.equals(".wh.") ? ".wh.not-there" : directory.isEmpty() ? name : directory + "/" + name;
        return new TarEntry(path, new Kind.File(0), new Attributes(0644, 0, 0, 0));
    }

    private TarEntry special(String path) {
        Kind kind = List.of(new Kind.Fifo(), new Kind.CharacterDevice(1, 3), new Kind.BlockDevice(7, 300))
                .get(random.nextInt(3));
        return new TarEntry(path, kind, attributes(false));
    }

    /// A new path: below a directory, what a link may lead to, or nothing yet.
    private String path() {
        String directory = random.nextInt(3) == 0 ? "" : any();
        if (random.nextInt(8) == 0) {
            directory += (directory.isEmpty() ? "" : "/") + NAMES.get(random.nextInt(NAMES.size()));
        }
        String prefix = List.of("", "./", "/").get(random.nextInt(3));
        return prefix + (directory.isEmpty() ? "" : directory + "/") + NAMES.get(random.nextInt(NAMES.size()));
    }

    /// A path that is there.
    private String any() {
        List<String> paths = model.paths();
        return paths.get(random.nextInt(paths.size()));
    }

    private String target() {
        return switch (random.nextInt(5)) {
            case 0 -> "..";
            case 1 -> "/" + any();
            case 2 -> "../../" + any();
            case 3 -> NAMES.get(random.nextInt(NAMES.size()));
            default -> {
                String path = any();
                yield path.isEmpty() ? "." : path;
            }
        };
    }

    private Attributes attributes(boolean mayHaveUserXattrs) {
        var xattrs = new TreeMap<String, byte[]>();
        if (mayHaveUserXattrs && random.nextInt(6) == 0) {
            xattrs.put("user.kerr", new byte[] {0, -1, '\n', '='});
        }
        if (mayHaveUserXattrs && random.nextInt(10) == 0) {
            xattrs.put("security.capability", CAPABILITY);
        }
        long[] ids = {0, 0, 1000, 3_000_000, 4_294_967_294L};
        return new Attributes(
                random.nextInt(010000),
                ids[random.nextInt(ids.length)],
                ids[random.nextInt(ids.length)],
                random.nextInt(2_000_000_000),
                xattrs);
    }

    /// Without the set-group-ID bit, which umoci has directories inherit that no entry describes.
    private static Attributes ofDirectory(Attributes any) {
        return new Attributes(any.permissions() & ~02000, any.uid(), any.gid(), any.modifiedSeconds(), any.xattrs());
    }

    private int size() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 512 * random.nextInt(4);
            case 2 -> random.nextInt(300_000);
            default -> random.nextInt(2000);
        };
    }

    private String content(int size) {
        var text = new StringBuilder(size);
        int period = 1 + random.nextInt(200);
        for (int i = 0; i < size; i++) {
            text.append(i < period ? (char) random.nextInt(256) : text.charAt(i - period));
        }
        return text.toString();
    }
}
