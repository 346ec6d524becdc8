package dev.kerr.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The checkout that the tests run in.
record Repository(Path root) {
    private static final Path JAVA = Path.of("kerr/src/main/java");

    /// The checkout around the working directory, known by its `bootstrap`.
    static Repository here() {
        var start = Path.of("").toAbsolutePath();
        for (Path at = start; at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("bootstrap"))) {
                return new Repository(at);
            }
        }
        throw new IllegalStateException("there is no checkout around " + start);
    }

    /// The sources of the program in Java.
    List<SourceText> java() throws IOException {
        return sources(JAVA, Integer.MAX_VALUE, ".java");
    }

    /// The sources and headers of the program in C, without its tests.
    List<SourceText> c() throws IOException {
        return sources(Path.of("starter"), 1, ".c", ".h");
    }

    /// Everything that is written in Java, C or shell, tests included.
    List<SourceText> all() throws IOException {
        return List.of(
                        sources(Path.of("kerr/src"), Integer.MAX_VALUE, ".java"),
                        sources(Path.of("starter"), 2, ".c", ".h"),
                        sources(Path.of("e2e"), 1, ".sh", "run"),
                        sources(Path.of(""), 1, "bootstrap"))
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    /// The packages below `dev.kerr` that have a directory with sources, as `sif` or `oci.layout`.
    List<String> packages() throws IOException {
        return java().stream()
                .map(Repository::packageOf)
                .filter(name -> !name.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    /// The package of `source` below `dev.kerr`; empty for `dev.kerr` itself and for `module-info`.
    static String packageOf(SourceText source) {
        var below = JAVA.resolve("dev/kerr");
        var directory = source.path().getParent();
        if (directory == null || !directory.startsWith(below) || directory.equals(below)) {
            return "";
        }
        return below.relativize(directory).toString().replace('/', '.');
    }

    private List<SourceText> sources(Path directory, int depth, String... endings) throws IOException {
        var start = root.resolve(directory);
        if (!Files.isDirectory(start)) {
            return List.of();
        }
        try (var found = Files.find(start, depth, (path, attributes) -> attributes.isRegularFile())) {
            var sources = new ArrayList<SourceText>();
            for (Path path : (Iterable<Path>) found.sorted()::iterator) {
                if (List.of(endings).stream().anyMatch(path.toString()::endsWith)) {
                    sources.add(new SourceText(root.relativize(path), Files.readString(path)));
                }
            }
            return sources;
        }
    }
}
