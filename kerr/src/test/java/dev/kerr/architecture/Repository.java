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

    /// The sources and headers of a program in C, without its tests.
    ///
    /// @param directory `starter` or `fileserver`
    List<SourceText> c(String directory) throws IOException {
        return sources(Path.of(directory), 1, ".c", ".h");
    }

    /// Everything that is written in Java and C, tests included.
    List<SourceText> sources() throws IOException {
        var sources = new ArrayList<SourceText>();
        sources.addAll(sources(Path.of("kerr/src"), Integer.MAX_VALUE, ".java"));
        sources.addAll(sources(Path.of("starter"), 2, ".c", ".h"));
        sources.addAll(sources(Path.of("fileserver"), 2, ".c", ".h"));
        return sources;
    }

    /// The sources and the shell scripts.
    List<SourceText> all() throws IOException {
        var all = new ArrayList<>(sources());
        all.addAll(sources(Path.of("e2e"), 2, ".sh", "run"));
        all.addAll(sources(Path.of(""), 1, "bootstrap"));
        return all;
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
