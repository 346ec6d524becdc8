package dev.kerr.build;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Finds the files that a pattern names, by the rules of bash: `* ? […] {a,b}`, `**` for directories of any
/// depth, and
/// `?(…) *(…) +(…) @(…) !(…)`; a name with a leading dot only matches where the pattern has that dot.
final class Glob {
    /// Where paths are looked up.
    interface Space {
        /// The host's path for a path as the pattern spells it.
        Path locate(String path) throws UserException;
    }

    /// Whose patterns they are.
    enum Rules {
        /// Those of bash, as above.
        BASH,
        /// Those of Go's `filepath.Match`, which Dockerfiles have: `* ? […]`, which match names with a leading dot,
        /// too.
        GO
    }

    private final Space space;
    private final Rules rules;

    Glob(Space space) {
        this(space, Rules.BASH);
    }

    Glob(Space space, Rules rules) {
        this.space = space;
        this.rules = rules;
    }

    /// The paths that the pattern names, spelt as in the pattern; sorted within each of its brace
    /// alternatives.
    ///
    /// @throws UserException if an alternative of the pattern names no file
    List<String> expand(String pattern) throws IOException, UserException {
        List<String> found = new ArrayList<>();
        for (String alternative : rules == Rules.BASH ? Braces.expand(pattern) : List.of(pattern)) {
            List<String> matches = expandOne(alternative);
            if (matches.isEmpty()) {
                throw new UserException("no such file: " + alternative);
            }
            found.addAll(matches);
        }
        return List.copyOf(found);
    }

    private List<String> expandOne(String pattern) throws IOException, UserException {
        boolean directory = pattern.endsWith("/") && !pattern.equals("/");
        TreeSet<String> paths = new TreeSet<>(List.of(pattern.startsWith("/") ? "/" : ""));
        String[] names = pattern.split("/");
        for (int i = 0; i < names.length; i++) {
            if (!names[i].isEmpty()) {
                paths = step(paths, names[i], i == names.length - 1);
            }
        }
        if (!directory) {
            return List.copyOf(paths);
        }
        List<String> directories = new ArrayList<>();
        for (String path : paths) {
            if (Files.isDirectory(space.locate(path))) {
                directories.add(path + "/");
            }
        }
        return directories;
    }

    private TreeSet<String> step(TreeSet<String> paths, String name, boolean last) throws IOException, UserException {
        TreeSet<String> next = new TreeSet<>();
        for (String path : paths) {
            if (rules == Rules.BASH && name.equals("**")) {
                addBelow(path, last, next);
            } else if (GlobPattern.isPattern(name)) {
                for (String entry : entries(path)) {
                    if (matches(name, entry)) {
                        next.add(join(path, entry));
                    }
                }
            } else {
                String exact = join(path, GlobPattern.unescaped(name));
                if (exists(exact)) {
                    next.add(exact);
                }
            }
        }
        return next;
    }

    private boolean matches(String pattern, String name) {
        return rules == Rules.BASH ? GlobPattern.matches(pattern, name) : GlobPattern.matchesAll(pattern, name);
    }

    /// Adds a directory and all directories below it, which `**` stands for; files too where `**` is the last
    /// name.
    private void addBelow(String path, boolean last, TreeSet<String> found) throws IOException, UserException {
        if (!last) {
            found.add(path);
        }
        for (String entry : entries(path)) {
            String child = join(path, entry);
            boolean descend =
                    !entry.startsWith(".") && Files.isDirectory(space.locate(child), LinkOption.NOFOLLOW_LINKS);
            if (last && !entry.startsWith(".")) {
                found.add(child);
            }
            if (descend) {
                addBelow(child, last, found);
            }
        }
    }

    private List<String> entries(String path) throws IOException, UserException {
        Path directory = space.locate(path);
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                entries.forEach(entry -> names.add(entry.getFileName().toString()));
            }
        }
        return names;
    }

    private boolean exists(String path) throws UserException {
        return Files.exists(space.locate(path), LinkOption.NOFOLLOW_LINKS);
    }

    private static String join(String path, String name) {
        return path.isEmpty() || path.endsWith("/") ? path + name : path + "/" + name;
    }
}
