package dev.kerr.layer;

import java.util.ArrayList;
import java.util.List;

/// Names of entries as paths from the root.
///
/// They are cleaned as text, before any link is followed: `a/../b` is `b`, whatever `a` may be, and `/../x` is `x`.
///
/// **Source:** umoci `oci/layer/tar_extract.go`, which does the same; OCI image specification, `layer.md`, "Whiteouts".
final class EntryPath {
    static final String WHITEOUT = ".wh.";
    /// What begins so belongs to aufs; one of them stands for an opaque directory.
    static final String META = ".wh..wh.";

    static final String OPAQUE = ".wh..wh..opq";

    /// What Linux takes: 4096 with the closing NUL.
    static final int LONGEST = 4095;

    private static final int LONGEST_NAME = 255;

    private EntryPath() {}

    /// A name cannot be a path: why.
    static final class UnsuitableException extends Exception {
        private static final long serialVersionUID = 1;

        private final String problem;

        UnsuitableException(String problem) {
            super(problem);
            this.problem = problem;
        }

        String problem() {
            return problem;
        }
    }

    /// The path that `name` means: without a slash at either end, empty for the root.
    static String clean(String name) throws UnsuitableException {
        if (name.isEmpty()) {
            throw new UnsuitableException("an entry has no name");
        }
        if (name.length() > LONGEST) {
            throw new UnsuitableException("path longer than " + LONGEST + " bytes");
        }
        return isClean(name) ? name : rebuilt(name);
    }

    /// Whether a name is a path already: most are.
    private static boolean isClean(String name) {
        int start = 0;
        for (int at = 0; at <= name.length(); at++) {
            if (at == name.length() || name.charAt(at) == '/') {
                if (at == start || at - start > LONGEST_NAME || name.charAt(start) == '.') {
                    return false;
                }
                start = at + 1;
            }
        }
        return true;
    }

    private static String rebuilt(String name) throws UnsuitableException {
        List<String> kept = new ArrayList<>();
        for (String part : name.split("/", -1)) {
            if (part.length() > LONGEST_NAME) {
                throw new UnsuitableException("name longer than " + LONGEST_NAME + " bytes");
            }
            if (part.equals("..")) {
                if (!kept.isEmpty()) {
                    kept.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                kept.add(part);
            }
        }
        return String.join("/", kept);
    }

    /// The path of the directory that `path` is in; that of the root is the root.
    static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /// The last name of `path`.
    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /// Whether a directory in the path of `path` has a name that begins with `prefix`.
    static boolean isBelow(String path, String prefix) {
        String parent = "/" + parent(path);
        return parent.contains("/" + prefix);
    }
}
