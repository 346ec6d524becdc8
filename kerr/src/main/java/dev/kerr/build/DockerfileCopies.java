package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.build.Step.Weight;
import dev.kerr.container.Security;
import dev.kerr.dockerfile.Heredoc;
import dev.kerr.dockerfile.Instruction;
import dev.kerr.dockerfile.Origin;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The steps of `COPY` and `ADD`.
///
/// **Source:** the Dockerfile reference; where it is silent, what BuildKit does.
final class DockerfileCopies {
    private static final int TAR_MAGIC_AT = 257;
    private static final int MAGIC_BYTES = 262;

    private final BuildContext context;
    private final DockerfileStages stages;
    private final Path rootfs;
    private final List<Step> steps;

    DockerfileCopies(BuildContext context, DockerfileStages stages, Path rootfs, List<Step> steps) {
        this.context = requireNonNull(context);
        this.stages = requireNonNull(stages);
        this.rootfs = requireNonNull(rootfs);
        this.steps = requireNonNull(steps);
    }

    void copy(Instruction.Copy copy, ImageState state) throws IOException, UserException {
        String text = "COPY " + sources(copy.transfer()) + " " + copy.transfer().destination();
        boolean isContext = copy.from() instanceof Origin.Context;
        Optional<String> key = isContext ? contents(copy.transfer(), copy.line()) : stages.version(copy.from());
        String destination = state.absolute(copy.transfer().destination());
        steps.add(new Step(
                text, key.map(of -> of + copy.transfer() + copy.parents() + destination), Weight.LIGHT, () -> {
                    context.log().info(text);
                    Path from = stages.root(copy.from());
                    perform(copy.transfer(), from, destination, new Rules(isContext, copy.parents(), copy.line()));
                }));
    }

    private static String sources(Instruction.Transfer transfer) {
        var sources = new ArrayList<>(transfer.paths());
        transfer.documents().forEach(document -> sources.add("<<" + document.name()));
        return String.join(" ", sources);
    }

    /// @param isContext whether files are the context's: what is ignored is left out, and all is root's
    /// @param parents whether directories above a source are made, too
    private record Rules(boolean isContext, boolean parents, int line) {}

    void add(Instruction.Add add, ImageState state) {
        Instruction.Transfer transfer = add.transfer();
        String text = "ADD " + sources(transfer) + " " + transfer.destination();
        boolean fetches = transfer.paths().stream().anyMatch(DockerfileCopies::isUrl);
        Optional<String> key = fetches && add.checksum().isEmpty() ? Optional.empty() : contents(transfer, add.line());
        String destination = state.absolute(transfer.destination());
        steps.add(new Step(text, key.map(of -> of + add + destination), Weight.LIGHT, () -> {
            context.log().info(text);
            var plain = new ArrayList<String>();
            for (String path : transfer.paths()) {
                if (isUrl(path)) {
                    fetch(add, path, destination);
                } else {
                    plain.addAll(unpacked(add, path, destination));
                }
            }
            var rest = new Instruction.Transfer(
                    plain,
                    transfer.documents(),
                    transfer.destination(),
                    transfer.ownership(),
                    transfer.link(),
                    transfer.excludes());
            if (!plain.isEmpty() || !transfer.documents().isEmpty()) {
                perform(rest, stages.directory(), destination, new Rules(true, false, add.line()));
            }
        }));
    }

    private static boolean isUrl(String path) {
        return path.startsWith("http://")
                || path.startsWith("https://")
                || path.startsWith("git@")
                || path.startsWith("git://")
                || path.startsWith("ssh://");
    }

    private void fetch(Instruction.Add add, String url, String destination) throws IOException, UserException {
        if (!url.startsWith("http") || url.endsWith(".git") || url.contains(".git#")) {
            throw stages.error(
                    add.line(), "ADD of the repository " + url + " is not built", "clone it with git in a RUN");
        }
        String name = lastName(URI.create(url).getPath());
        boolean isDirectory = destination.endsWith("/");
        if (isDirectory && name.isEmpty()) {
            throw stages.error(add.line(), "the URL " + url + " names no file", "end the destination with a file name");
        }
        Path directory = context.directory().newDirectory("fetched");
        Path file = directory.resolve("file");
        context.images().file(url, add.checksum(), file);
        String target = isDirectory ? destination + name : destination;
        String mode = add.transfer().ownership().chmod().isEmpty() ? "600" : "";
        copy(
                directory,
                List.of(new TreeStep.Item("file", target)),
                ownership(add.transfer(), add.line()),
                mode,
                "",
                add.line());
    }

    /// Unpacks those of a pattern's files that are archives. Returns the others.
    private List<String> unpacked(Instruction.Add add, String pattern, String destination)
            throws IOException, UserException {
        if (add.unpacking() == Instruction.Unpacking.NEVER) {
            return List.of(pattern);
        }
        var others = new ArrayList<String>();
        for (String match : expand(stages.directory(), pattern, new Rules(true, false, add.line()))) {
            Path file = ScopedPath.resolve(stages.directory(), match);
            if (!Files.isRegularFile(file) || !isArchive(file)) {
                others.add(match);
                continue;
            }
            Path into = ScopedPath.resolve(rootfs, destination);
            int status = context.host()
                    .run(List.of(
                            "sh",
                            "-c",
                            "mkdir -p -- \"$2\" && exec tar -xpf \"$1\" --numeric-owner -C \"$2\"",
                            "sh",
                            file.toString(),
                            into.toString()));
            if (status != 0) {
                throw stages.error(add.line(), "cannot unpack " + match + ": exit status " + status, "is it whole?");
            }
        }
        return others;
    }

    private static boolean isArchive(Path file) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(MAGIC_BYTES);
        }
        return begins(head, 0, 0x1F, 0x8B)
                || begins(head, 0, 'B', 'Z', 'h')
                || begins(head, 0, 0xFD, '7', 'z', 'X', 'Z', 0)
                || begins(head, 0, 0x28, 0xB5, 0x2F, 0xFD)
                || begins(head, TAR_MAGIC_AT, 'u', 's', 't', 'a', 'r');
    }

    private static boolean begins(byte[] head, int at, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (at + i >= head.length || (head[at + i] & 0xFF) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    private void perform(Instruction.Transfer transfer, Path from, String destination, Rules rules)
            throws IOException, UserException {
        var items = new ArrayList<TreeStep.Item>();
        var matches = new ArrayList<String>();
        for (String pattern : transfer.paths()) {
            matches.addAll(expand(from, pattern, rules));
        }
        boolean intoDirectory = destination.endsWith("/")
                || matches.size() + transfer.documents().size() > 1
                || Files.isDirectory(ScopedPath.resolve(rootfs, destination), LinkOption.NOFOLLOW_LINKS);
        if (matches.size() + transfer.documents().size() > 1 && !destination.endsWith("/")) {
            throw stages.error(
                    rules.line(), "several files are copied to " + destination, "end the destination with /");
        }
        for (String match : matches) {
            boolean isDirectory = Files.isDirectory(ScopedPath.resolve(from, match));
            String name = lastName(match);
            String below = rules.parents() ? match.replaceFirst("^/+", "") : name;
            String target = isDirectory && !rules.parents()
                    ? destination
                    : intoDirectory ? slashed(destination) + below : destination;
            items.add(new TreeStep.Item(match, target));
        }
        var ownership = ownership(transfer, rules.line());
        String ignored = ignored(transfer, rules);
        copy(from, items, rules.isContext() ? ownership.orRoot() : ownership, "", ignored, rules.line());
        documents(transfer, destination, intoDirectory, ownership.orRoot(), rules.line());
    }

    private void documents(
            Instruction.Transfer transfer,
            String destination,
            boolean intoDirectory,
            TreeStep.Ownership ownership,
            int line)
            throws IOException, UserException {
        for (Heredoc document : transfer.documents()) {
            Path directory = context.directory().newDirectory("document");
            Files.writeString(directory.resolve("text"), document.text());
            String target = intoDirectory ? slashed(destination) + document.name() : destination;
            String mode = transfer.ownership().chmod().isEmpty() ? "644" : "";
            copy(directory, List.of(new TreeStep.Item("text", target)), ownership, mode, "", line);
        }
    }

    /// The last name of a path; empty for that of a root.
    private static String lastName(String path) {
        Path name = Path.of("/" + path).normalize().getFileName();
        return name == null ? "" : name.toString();
    }

    private static String slashed(String directory) {
        return directory.endsWith("/") ? directory : directory + "/";
    }

    private String ignored(Instruction.Transfer transfer, Rules rules) throws IOException {
        var lines = new ArrayList<String>();
        if (rules.isContext()) {
            lines.addAll(stages.ignoredLines());
        }
        lines.addAll(transfer.excludes());
        return String.join("\n", lines);
    }

    private List<String> expand(Path from, String pattern, Rules rules) throws IOException, UserException {
        String relative = pattern.replaceFirst("^/+", "");
        if (relative.isEmpty() || relative.equals(".")) {
            return List.of(".");
        }
        List<String> found;
        try {
            found = new Glob(path -> ScopedPath.resolve(from, path), Glob.Rules.GO).expand(relative);
        } catch (UserException none) {
            throw stages.error(rules.line(), none.line(), rules.isContext() ? "the context is " + from : "");
        }
        var seen = new ArrayList<String>();
        for (String path : found) {
            String clean = Path.of(path).normalize().toString();
            if (!rules.isContext()
                    || !stages.ignored().ignores(clean)
                    || stages.ignored().hasExceptions()) {
                seen.add(clean.isEmpty() ? "." : clean);
            }
        }
        if (seen.isEmpty()) {
            throw stages.error(rules.line(), pattern + " is ignored by .dockerignore", "take it out there");
        }
        return seen;
    }

    private TreeStep.Ownership ownership(Instruction.Transfer transfer, int line) throws IOException, UserException {
        String chown = transfer.ownership().chown();
        String chmod = transfer.ownership().chmod();
        if (!chmod.isEmpty() && !chmod.matches("[0-7]{3,4}")) {
            throw stages.error(line, "--chmod=" + chmod + " is not understood", "write it in octal, as 755");
        }
        if (chown.isEmpty()) {
            return new TreeStep.Ownership(-1, -1, chmod);
        }
        var user = Security.OtherUser.ofImage(chown, text("etc/passwd"), text("etc/group"));
        return new TreeStep.Ownership(user.account().uid(), user.account().gid(), chmod);
    }

    private String text(String file) throws IOException, UserException {
        Path path = ScopedPath.resolve(rootfs, file);
        return Files.isRegularFile(path) ? Files.readString(path, java.nio.charset.StandardCharsets.ISO_8859_1) : "";
    }

    private void copy(
            Path from,
            List<TreeStep.Item> items,
            TreeStep.Ownership ownership,
            String usualMode,
            String ignored,
            int line)
            throws IOException, UserException {
        TreeStep.Ownership own = ownership.chmod().isEmpty() ? ownership.with(usualMode) : ownership;
        try {
            new Trees(context.host(), context.directory(), context.log())
                    .copy(new TreeStep.Copy(from, rootfs, items, own, ignored));
        } catch (UserException failed) {
            throw stages.error(line, failed.line(), "");
        }
    }

    /// What of the context an instruction takes, as a text that is another if any of it is; empty if not all can be
    /// read.
    private Optional<String> contents(Instruction.Transfer transfer, int line) {
        if (context.cache().isEmpty()) {
            return Optional.empty();
        }
        var text = new StringBuilder();
        for (String pattern : transfer.paths()) {
            if (isUrl(pattern)) {
                continue;
            }
            try {
                for (String match : expand(stages.directory(), pattern, new Rules(true, false, line))) {
                    Optional<String> digest = InputDigest.content(
                            ScopedPath.resolve(stages.directory(), match), stages.directory(), stages.ignored());
                    if (digest.isEmpty()) {
                        return Optional.empty();
                    }
                    text.append(match).append('\0').append(digest.get()).append('\n');
                }
            } catch (IOException | UserException missing) {
                return Optional.empty(); // the copy says so
            }
        }
        return Optional.of(text + Arrays.toString(transfer.documents().toArray()));
    }
}
