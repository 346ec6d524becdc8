package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;

/// Which files a build does not see: those that `.dockerignore` or `--exclude` name.
///
/// A path is ignored if the last pattern that matches it, or one of the directories above it, is no exception (`!`).
///
/// Source: docs.docker.com, ".dockerignore files"; moby/patternmatcher, `MatchesOrParentMatches`.
public final class IgnorePatterns {
    private final List<Line> lines;

    private record Line(PathPattern pattern, boolean isException) {
        Line {
            requireNonNull(pattern);
        }
    }

    private IgnorePatterns(List<Line> lines) {
        this.lines = List.copyOf(lines);
    }

    /// Reads an ignore file: one pattern a line; those that begin with `#` are comments.
    ///
    /// @param sourceName how the user named the file; every message begins with it, the line and the column
    /// @throws UserException if a pattern is malformed
    public static IgnorePatterns parse(String text, String sourceName) throws UserException {
        List<Line> lines = new ArrayList<>();
        SourceText source = SourceText.of(sourceName, text);
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        int number = 0;
        for (String line : body.split("\n", -1)) {
            number++;
            String pattern = Blanks.strip(line);
            if (!line.startsWith("#") && !pattern.isEmpty()) {
                lines.add(line(pattern, number, source));
            }
        }
        return new IgnorePatterns(lines);
    }

    private static Line line(String text, int number, SourceText source) throws UserException {
        boolean isException = text.startsWith("!");
        String pattern = isException ? Blanks.strip(text.substring(1)) : text;
        if (pattern.isEmpty()) {
            throw source.error(number, "there is nothing behind '!'", "write a pattern, or take the line away");
        }
        String clean = clean(pattern);
        String relative = clean.length() > 1 && clean.startsWith("/") ? clean.substring(1) : clean;
        PathPattern compiled = PathPattern.of(relative)
                .orElseThrow(() -> source.errorAt(
                        number,
                        pattern,
                        "bad pattern " + Wording.quoted(pattern),
                        "close brackets, and write \\\\ for a backslash"));
        return new Line(compiled, isException);
    }

    /// Whether a path is ignored.
    ///
    /// @param path relative to the context, with `/` between names, clean
    public boolean ignores(String path) {
        boolean ignored = false;
        for (Line line : lines) {
            if (line.isException() == ignored && matches(line.pattern(), path)) {
                ignored = !line.isException();
            }
        }
        return ignored;
    }

    private static boolean matches(PathPattern pattern, String path) {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            if (pattern.matches(path.substring(0, slash))) {
                return true;
            }
        }
        return pattern.matches(path);
    }

    /// Whether something below an ignored directory may be wanted after all.
    public boolean hasExceptions() {
        return lines.stream().anyMatch(Line::isException);
    }

    /// The shortest path that means the same: without empty names, `.`, and names before `..`.
    ///
    /// Source: Go, `path.Clean`.
    private static String clean(String path) {
        List<String> names = new ArrayList<>();
        boolean rooted = path.startsWith("/");
        for (String name : path.split("/", -1)) {
            boolean up = name.equals("..");
            if (up && !names.isEmpty() && !names.getLast().equals("..")) {
                names.removeLast();
            } else if (!name.isEmpty() && !name.equals(".") && !(up && rooted)) {
                names.add(name);
            }
        }
        String joined = (rooted ? "/" : "") + String.join("/", names);
        return joined.isEmpty() ? "." : joined;
    }
}
