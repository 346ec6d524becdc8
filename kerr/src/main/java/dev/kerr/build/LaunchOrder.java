package dev.kerr.build;

import dev.kerr.squashfs.FileOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// The order of what start-up reads: files that launches of an image have been seen to read, then what programs of
/// every image touch first, by the table below. An image in which these lie together is read in few, long pieces.
///
/// Not thread-safe.
final class LaunchOrder implements FileOrder {
    private static final String LIBRARIES = "{,usr/}lib{,32,64,/*-linux-*}";
    private static final String PROGRAMS = "{,usr/,usr/local/}bin";
    private static final String PREFIXES = "{usr,usr/local,opt/*}";
    private static final String PYTHON = PREFIXES + "/lib{,64}/python3.*";

    /// Modules that the interpreter imports before it looks at what it is to do.
    private static final String START_MODULES =
            "{codecs,io,abc,site,os,stat,posixpath,genericpath,_collections_abc,_sitebuiltins,sitecustomize}";

    private static final String START_CODECS = "{__init__,aliases,utf_8,ascii,latin_1}";

    /// What of the table goes before what: a row's directories, and the names of files in them, which go in their
    /// order. Both are patterns with braces as bash has them; `*` stands for no slash.
    private static final List<Row> TABLE = List.of(
            new Row(PROGRAMS, "{busybox,dash,bash,sh}"),
            new Row(LIBRARIES, "{ld-*.so*,ld64.so*,libc.musl-*}"),
            new Row("etc", "{ld.so.cache,ld-musl-*.path}"),
            new Row(LIBRARIES, "{libc.so.6,libc-*.so,libm.so.6,libm-*.so,libdl.so*,libdl-*.so}"),
            new Row(LIBRARIES, "{libpthread.so*,libpthread-*.so,libtinfo.so*,libgcc_s.so*,libgcc_s-*,libstdc++.so*}"),
            new Row("etc", "{nsswitch.conf,passwd,group,localtime,locale.conf,locale.alias}"),
            new Row("usr/lib/locale/C.*", "*"),
            new Row("usr/lib/locale/C.*/LC_MESSAGES", "*"),
            new Row("usr/share/locale", "locale.alias"),
            new Row(LIBRARIES + "/gconv", "gconv-modules.cache"),
            new Row(".singularity.d{,/env,/actions}", "*"),
            new Row(PREFIXES + "/bin", "{python3,python3.?,python3.??}"),
            new Row(PREFIXES + "/lib{,64,/*-linux-*}", "libpython3*.so*"),
            new Row(PYTHON + "/encodings/__pycache__", START_CODECS + ".*pyc"),
            new Row(PYTHON + "/__pycache__", START_MODULES + ".*pyc"),
            new Row(PYTHON + "/encodings", START_CODECS + ".py"),
            new Row(PYTHON, START_MODULES + ".py"),
            new Row(PYTHON + "/{importlib,encodings}{/__pycache__,}", "*"),
            new Row(PROGRAMS, "perl"),
            new Row(LIBRARIES, "libperl.so*"),
            new Row(PREFIXES + "/lib{,64}/R/bin/exec", "R"),
            new Row(PREFIXES + "/lib{,64}/R/lib", "*"),
            new Row(PREFIXES + "/lib{,64}/R/library/base/R", "*"));

    private record Row(String directories, String names) {}

    private final Map<String, Integer> recorded = new HashMap<>();
    private final Set<String> recordedAbove = new HashSet<>();
    private final List<Rule> rules = rules();

    // Files of a directory are asked for one after the other.
    private String lastDirectory = "";
    private List<Rule> lastRules = rulesFor("");

    /// A row's part: files of one name pattern in directories of one pattern.
    private record Rule(List<String> directory, String name, int place) {
        /// Whether `names`, those on the way to a directory, fit the first of this rule's.
        boolean begins(String[] names) {
            if (names.length > directory.size()) {
                return false;
            }
            for (int i = 0; i < names.length; i++) {
                if (!GlobPattern.matches(directory.get(i), names[i])) {
                    return false;
                }
            }
            return true;
        }
    }

    private LaunchOrder(List<String> recorded) {
        for (String path : recorded) {
            this.recorded.putIfAbsent(path, this.recorded.size());
            for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
                recordedAbove.add(path.substring(0, slash));
            }
        }
    }

    /// What every image's start-up touches first.
    static LaunchOrder usual() {
        return new LaunchOrder(List.of());
    }

    /// Files that were read, in that order, then the usual ones.
    static LaunchOrder of(List<String> recorded) {
        return new LaunchOrder(recorded);
    }

    private static List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        int place = 0;
        for (Row row : TABLE) {
            List<String> names = Braces.expand(row.names);
            for (String directory : Braces.expand(row.directories)) {
                List<String> path = List.of(names(directory));
                for (int i = 0; i < names.size(); i++) {
                    rules.add(new Rule(path, names.get(i), place + i));
                }
            }
            place += names.size();
        }
        return List.copyOf(rules);
    }

    @Override
    public OptionalInt place(String path) {
        Integer seen = recorded.get(path);
        if (seen != null) {
            return OptionalInt.of(seen);
        }
        String directory = parent(path);
        int depth = directory.isEmpty() ? 0 : names(directory).length;
        String name = name(path);
        for (Rule rule : near(directory)) {
            if (rule.directory.size() == depth && GlobPattern.matches(rule.name, name)) {
                return OptionalInt.of(recorded.size() + rule.place);
            }
        }
        return OptionalInt.empty();
    }

    @Override
    public boolean mayBeBelow(String directory) {
        if (recordedAbove.contains(directory)) {
            return true;
        }
        int depth = names(directory).length;
        String name = name(directory);
        for (Rule rule : near(parent(directory))) {
            if (rule.directory.size() >= depth && GlobPattern.matches(rule.directory.get(depth - 1), name)) {
                return true;
            }
        }
        return false;
    }

    /// The rules that may concern what is in `directory`.
    private List<Rule> near(String directory) {
        if (!directory.equals(lastDirectory)) {
            lastDirectory = directory;
            lastRules = rulesFor(directory);
        }
        return lastRules;
    }

    private List<Rule> rulesFor(String directory) {
        String[] names = directory.isEmpty() ? new String[0] : names(directory);
        List<Rule> fitting = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule.begins(names)) {
                fitting.add(rule);
            }
        }
        return fitting;
    }

    private static String[] names(String path) {
        return path.split("/", -1);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
