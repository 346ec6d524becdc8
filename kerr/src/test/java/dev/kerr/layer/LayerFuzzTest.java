package dev.kerr.layer;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.tar.TarEntry.Kind;
import java.io.IOException;
import java.util.List;

/// Merges layers that a fuzzer makes: each image has a tree, or there is a [LayerException].
class LayerFuzzTest {
    private static final List<String> PARTS =
            List.of("a", "b", "..", ".", "", ".wh.a", ".wh..wh..opq", ".wh..wh.plnk", ".wh.", "/");

    @FuzzTest
    void any_names_make_a_tree_or_are_refused(FuzzedDataProvider data) throws IOException {
        var lower = new TestLayer();
        var upper = new TestLayer();
        while (data.remainingBytes() > 0) {
            TestLayer layer = data.consumeBoolean() ? lower : upper;
            String name = name(data);
            switch (data.consumeInt(0, 4)) {
                case 0 -> layer.directory(name);
                case 1 -> layer.symlink(name, name(data));
                case 2 -> layer.hardLink(name, name(data));
                case 3 -> layer.add(name, new Kind.Fifo(), TestLayer.PLAIN, "");
                default -> layer.file(name, "x");
            }
        }
        try {
            TestLayer.tree(lower, upper);
        } catch (LayerException expected) {
            // Any other exception is a finding, and so is a name that comes twice.
        }
    }

    private static String name(FuzzedDataProvider data) {
        var name = new StringBuilder();
        for (int parts = data.consumeInt(1, 4); parts > 0; parts--) {
            name.append(name.isEmpty() ? "" : "/").append(PARTS.get(data.consumeInt(0, PARTS.size() - 1)));
        }
        return name.toString();
    }
}
