package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.build.PackSettings.Effort;
import dev.kerr.build.PackSettings.Owners;
import dev.kerr.compress.CompressionSetting;
import dev.kerr.deffile.FilesTransfer;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A step of a build that this program does itself, as root of the build and so in a process of its own: packing,
/// unpacking or rearranging a tree of files, copying from one into another, or looking into one.
///
/// It goes to that process as words, `pack`, `unpack`, `arrange`, `copy`, `files` or `locate` and then `name=value`;
/// [TreeWork] is what happens there.
///
/// @param report the file in which the process says how it went: nothing is there before
record TreeStep(Work work, Path report, Display display) {
    public TreeStep {
        requireNonNull(work);
        requireNonNull(report);
        requireNonNull(display);
    }

    /// What is shown while it works.
    enum Display {
        NOTHING,
        /// A progress bar, if standard error is a terminal.
        PROGRESS
    }

    /// What is to be done.
    sealed interface Work {
        /// What it may take of the machine.
        Effort effort();
    }

    /// A tree of files.
    ///
    /// @param lower a directory that shows through, as [OverlaidSource] says; empty if all is in `rootfs`
    record Tree(Path rootfs, Optional<Path> lower) {
        public Tree {
            requireNonNull(rootfs);
            requireNonNull(lower);
        }

        static Tree of(Path rootfs) {
            return new Tree(rootfs, Optional.empty());
        }
    }

    /// A tree becomes a SquashFS file.
    ///
    /// @param output the new file
    /// @param earlier a SquashFS file of much the same tree, for [dev.kerr.squashfs.EarlierBlocks]
    record Pack(Tree tree, Path output, Optional<Path> earlier, PackSettings settings, Times times) implements Work {
        public Pack {
            requireNonNull(tree);
            requireNonNull(output);
            requireNonNull(earlier);
            requireNonNull(settings);
            requireNonNull(times);
        }

        @Override
        public Effort effort() {
            return settings.effort();
        }
    }

    /// Times in a SquashFS file, in Unix seconds.
    ///
    /// @param made when the file system was made
    /// @param latest what files are given for a time of modification that is later; empty to leave all as they are
    record Times(long made, OptionalLong latest) {
        public Times {
            requireNonNull(latest);
        }
    }

    /// A SquashFS file system in a file becomes files in a directory.
    ///
    /// @param spelling of the image, for messages
    /// @param into an empty directory
    record Unpack(BaseImage.Squashfs image, String spelling, Path into, Effort effort) implements Work {
        public Unpack {
            requireNonNull(image);
            requireNonNull(spelling);
            requireNonNull(into);
            requireNonNull(effort);
        }
    }

    /// A SquashFS file system becomes another file with the same files, those in front that launches have read.
    ///
    /// @param spelling of the image, for messages
    /// @param output the new file
    /// @param record a [LaunchRecord]
    record Arrange(BaseImage.Squashfs image, String spelling, Path output, Path record, PackSettings settings)
            implements Work {
        public Arrange {
            requireNonNull(image);
            requireNonNull(spelling);
            requireNonNull(output);
            requireNonNull(record);
            requireNonNull(settings);
        }

        @Override
        public Effort effort() {
            return settings.effort();
        }
    }

    /// Files are copied into a root file system, as `COPY` of a Dockerfile does.
    ///
    /// @param from a tree that no source leads out of
    /// @param destination in the root file system: what a single file becomes, what the contents of a directory join,
    ///     or with a slash at its end the directory that files go into
    record Copy(Path from, Path rootfs, Sources sources, String destination, Ownership ownership) implements Work {
        public Copy {
            requireNonNull(from);
            requireNonNull(rootfs);
            requireNonNull(sources);
            requireNonNull(destination);
            requireNonNull(ownership);
        }

        @Override
        public Effort effort() {
            return Effort.usual();
        }
    }

    /// What of a tree is copied.
    ///
    /// @param patterns by Go's rules
    /// @param others how many more files have the same destination, which other steps copy
    /// @param parents whether directories above a source are made, too
    /// @param ignored lines of an ignore file, which hold for what the patterns name, and for what is below
    /// @param excluded such lines, which hold for what is below alone
    record Sources(List<String> patterns, int others, boolean parents, String ignored, String excluded) {
        public Sources {
            patterns = List.copyOf(patterns);
            requireNonNull(ignored);
            requireNonNull(excluded);
        }

        /// One file of this name.
        static Sources of(String name) {
            return new Sources(List.of(literally(name)), 0, false, "", "");
        }

        /// The pattern that names exactly this path.
        static String literally(String path) {
            return path.replaceAll("([\\\\*?\\[])", "\\\\$1");
        }
    }

    /// Files are copied into a root file system, as `%files` of a definition does.
    ///
    /// @param from the tree of an earlier stage, which no source leads out of; or where relative sources begin on the
    ///     host
    /// @param base directory of the image at which relative destinations begin
    /// @param sourceName of the definition, for messages
    record CopyFiles(
            Origin origin, Path from, Path rootfs, String base, String sourceName, List<FilesTransfer> transfers)
            implements Work {
        public CopyFiles {
            requireNonNull(origin);
            requireNonNull(from);
            requireNonNull(rootfs);
            requireNonNull(base);
            requireNonNull(sourceName);
            transfers = List.copyOf(transfers);
        }

        @Override
        public Effort effort() {
            return Effort.usual();
        }
    }

    /// Where files are copied from.
    enum Origin {
        HOST,
        STAGE
    }

    /// A path in a tree is resolved, and reported as [Located].
    record Locate(Path root, String path) implements Work {
        public Locate {
            requireNonNull(root);
            requireNonNull(path);
        }

        @Override
        public Effort effort() {
            return Effort.usual();
        }
    }

    /// Whose copies are.
    ///
    /// @param uid -1 for the source's own
    /// @param gid -1 for the source's own
    /// @param chmod permissions in octal; empty for the source's own
    record Ownership(int uid, int gid, String chmod) {
        Ownership orRoot() {
            return uid < 0 ? new Ownership(0, 0, chmod) : this;
        }

        Ownership with(String otherChmod) {
            return new Ownership(uid, gid, otherChmod);
        }
    }

    /// The step in words.
    List<String> words() {
        var words = new ArrayList<String>();
        switch (work) {
            case Pack pack -> {
                words.addAll(List.of("pack", "rootfs=" + pack.tree.rootfs, "output=" + pack.output));
                pack.tree.lower.ifPresent(lower -> words.add("lower=" + lower));
                pack.earlier.ifPresent(earlier -> words.add("earlier=" + earlier));
                words.addAll(settings(pack.settings));
                words.add("made=" + pack.times.made);
                pack.times.latest.ifPresent(latest -> words.add("latest=" + latest));
            }
            case Unpack unpack -> {
                words.addAll(List.of("unpack", "into=" + unpack.into, "spelling=" + unpack.spelling));
                words.addAll(image(unpack.image));
            }
            case Copy copy -> {
                words.addAll(List.of("copy", "from=" + copy.from, "rootfs=" + copy.rootfs));
                words.addAll(sources(copy.sources));
                words.add("destination=" + copy.destination);
                words.add("uid=" + copy.ownership.uid);
                words.add("gid=" + copy.ownership.gid);
                words.add("chmod=" + copy.ownership.chmod);
            }
            case CopyFiles files -> words.addAll(files(files));
            case Locate locate -> words.addAll(List.of("locate", "root=" + locate.root, "path=" + locate.path));
            case Arrange arrange -> {
                words.addAll(List.of("arrange", "output=" + arrange.output, "spelling=" + arrange.spelling));
                words.add("record=" + arrange.record);
                words.addAll(image(arrange.image));
                words.addAll(settings(arrange.settings));
            }
        }
        words.add("threads=" + work.effort().threads());
        words.add("memory=" + work.effort().memoryBytes());
        words.add("report=" + report);
        words.add("display=" + display);
        return words;
    }

    private static List<String> sources(Sources sources) {
        var words = new ArrayList<String>();
        words.add("patterns=" + sources.patterns.size());
        for (int i = 0; i < sources.patterns.size(); i++) {
            words.add("pattern-" + i + "=" + sources.patterns.get(i));
        }
        words.add("others=" + sources.others);
        words.add("parents=" + sources.parents);
        words.add("ignored=" + sources.ignored);
        words.add("excluded=" + sources.excluded);
        return words;
    }

    private static List<String> files(CopyFiles files) {
        var words = new ArrayList<>(List.of("files", "from=" + files.from, "rootfs=" + files.rootfs));
        words.add("origin=" + files.origin);
        words.add("base=" + files.base);
        words.add("name=" + files.sourceName);
        words.add("transfers=" + files.transfers.size());
        for (int i = 0; i < files.transfers.size(); i++) {
            FilesTransfer transfer = files.transfers.get(i);
            words.add("source-" + i + "=" + transfer.source());
            words.add("destination-" + i + "=" + transfer.destination());
            words.add("line-" + i + "=" + transfer.line());
            words.add("column-" + i + "=" + transfer.column());
        }
        return words;
    }

    private static List<String> image(BaseImage.Squashfs image) {
        return List.of("image=" + image.path(), "offset=" + image.offsetBytes(), "size=" + image.sizeBytes());
    }

    private static List<String> settings(PackSettings settings) {
        return List.of(
                "compression=" + settings.compression(),
                "block-size=" + settings.blockSize(),
                "tails=" + settings.tails(),
                "owners=" + settings.owners());
    }

    /// Reads what [#words] makes.
    ///
    /// @throws IllegalArgumentException if the words are no step
    static TreeStep of(List<String> words) {
        var values = new Values(words.subList(1, words.size()));
        Work work = switch (words.getFirst()) {
            case "pack" -> values.pack();
            case "unpack" -> values.unpack();
            case "arrange" -> values.arrange();
            case "copy" -> values.copy();
            case "files" -> values.files();
            case "locate" -> new Locate(values.path("root"), values.text("path"));
            default -> throw new IllegalArgumentException("no step of a build: " + words);
        };
        return new TreeStep(work, Path.of(values.text("report")), Display.valueOf(values.text("display")));
    }

    /// The values by their names.
    private static final class Values {
        private final Map<String, String> values = new HashMap<>();

        Values(List<String> words) {
            for (String word : words) {
                int equals = word.indexOf('=');
                values.put(word.substring(0, Math.max(0, equals)), word.substring(equals + 1));
            }
        }

        String text(String name) {
            String value = values.get(name);
            if (value == null) {
                throw new IllegalArgumentException("a step of a build without " + name + ": " + values);
            }
            return value;
        }

        Path path(String name) {
            return Path.of(text(name));
        }

        long number(String name) {
            return Long.parseLong(text(name));
        }

        Effort effort() {
            return new Effort((int) number("threads"), number("memory"));
        }

        Pack pack() {
            var latest = values.containsKey("latest") ? OptionalLong.of(number("latest")) : OptionalLong.empty();
            var times = new Times(number("made"), latest);
            var tree = new Tree(path("rootfs"), pathIfAny("lower"));
            return new Pack(tree, path("output"), pathIfAny("earlier"), settings(), times);
        }

        private Optional<Path> pathIfAny(String name) {
            return Optional.ofNullable(values.get(name)).map(Path::of);
        }

        Copy copy() {
            var ownership = new Ownership((int) number("uid"), (int) number("gid"), text("chmod"));
            return new Copy(path("from"), path("rootfs"), sources(), text("destination"), ownership);
        }

        private Sources sources() {
            var patterns = new ArrayList<String>();
            for (int i = 0; i < number("patterns"); i++) {
                patterns.add(text("pattern-" + i));
            }
            boolean parents = Boolean.parseBoolean(text("parents"));
            return new Sources(patterns, (int) number("others"), parents, text("ignored"), text("excluded"));
        }

        CopyFiles files() {
            var transfers = new ArrayList<FilesTransfer>();
            for (int i = 0; i < number("transfers"); i++) {
                transfers.add(new FilesTransfer(
                        text("source-" + i), text("destination-" + i), (int) number("line-" + i), (int)
                                number("column-" + i)));
            }
            return new CopyFiles(
                    Origin.valueOf(text("origin")),
                    path("from"),
                    path("rootfs"),
                    text("base"),
                    text("name"),
                    transfers);
        }

        Arrange arrange() {
            Path record = Path.of(text("record"));
            return new Arrange(image(), text("spelling"), Path.of(text("output")), record, settings());
        }

        private PackSettings settings() {
            return new PackSettings(
                    CompressionSetting.parse(text("compression")).orElseThrow(IllegalArgumentException::new),
                    (int) number("block-size"),
                    Tails.valueOf(text("tails")),
                    Owners.valueOf(text("owners")),
                    effort());
        }

        private BaseImage.Squashfs image() {
            return new BaseImage.Squashfs(Path.of(text("image")), number("offset"), number("size"));
        }

        Unpack unpack() {
            return new Unpack(image(), text("spelling"), Path.of(text("into")), effort());
        }
    }
}
