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
        Room room = isContext ? room(copy.transfer(), copy.line()) : Room.UNKNOWN;
        steps.add(new Step(
                text, key.map(of -> of + copy.transfer() + copy.parents() + destination), Weight.LIGHT, room, () -> {
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
        String name = CopyWork.lastName(URI.create(url).getPath());
        if (destination.endsWith("/") && name.isEmpty()) {
            throw stages.error(add.line(), "the URL " + url + " names no file", "end the destination with a file name");
        }
        Path directory = context.directory().newDirectory("fetched");
        Path file = directory.resolve(name.isEmpty() ? "download" : name);
        context.images().file(url, add.checksum(), file);
        copyOne(file, destination, ownership(add.transfer(), add.line()), "600", add.line());
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
                others.add(TreeStep.Sources.literally(match));
                continue;
            }
            Path into = context.trees().locate(rootfs, destination).path();
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
        if (rules.isContext()) { // what is wrong with these is told with where they were looked for
            for (String pattern : transfer.paths()) {
                expand(from, pattern, rules);
            }
        }
        int documents = transfer.documents().size();
        String ignored = rules.isContext() ? String.join("\n", stages.ignoredLines()) : "";
        String excluded = String.join("\n", transfer.excludes());
        var sources = new TreeStep.Sources(transfer.paths(), documents, rules.parents(), ignored, excluded);
        var ownership = ownership(transfer, rules.line());
        var own = rules.isContext() ? ownership.orRoot() : ownership;
        if (!transfer.paths().isEmpty()) {
            copy(new TreeStep.Copy(from, rootfs, sources, destination, own), rules.line());
        }
        if (documents > 1 && !destination.endsWith("/")) {
            throw stages.error(
                    rules.line(), "several files are copied to " + destination, "end the destination with /");
        }
        for (Heredoc document : transfer.documents()) {
            Path directory = context.directory().newDirectory("document");
            Path file = Files.writeString(directory.resolve(CopyWork.lastName(document.name())), document.text());
            copyOne(file, destination, ownership.orRoot(), "644", rules.line());
        }
    }

    /// Copies a file that is alone in its directory.
    ///
    /// @param usualMode that it has unless the instruction says another
    private void copyOne(Path file, String destination, TreeStep.Ownership ownership, String usualMode, int line)
            throws IOException, UserException {
        var own = ownership.chmod().isEmpty() ? ownership.with(usualMode) : ownership;
        var sources = TreeStep.Sources.of(String.valueOf(file.getFileName()));
        copy(new TreeStep.Copy(requireNonNull(file.getParent()), rootfs, sources, destination, own), line);
    }

    private void copy(TreeStep.Copy copy, int line) throws IOException, UserException {
        try {
            context.trees().copy(copy);
        } catch (UserException failed) {
            throw stages.error(line, failed.message(), failed.hint());
        }
    }

    private List<String> expand(Path from, String pattern, Rules rules) throws IOException, UserException {
        try {
            return CopyWork.expand(from, pattern, stages.ignored());
        } catch (UserException none) {
            String hint = none.hint().isEmpty() ? "the context is " + from : none.hint();
            throw stages.error(rules.line(), none.message(), hint);
        }
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

    /// That single files of the context take; what is in directories may be ignored.
    private Room room(Instruction.Transfer transfer, int line) throws IOException {
        var files = new ArrayList<Path>();
        try {
            for (String pattern : transfer.paths()) {
                for (String match : expand(stages.directory(), pattern, new Rules(true, false, line))) {
                    Path file = ScopedPath.resolve(stages.directory(), match);
                    if (Files.isRegularFile(file)) {
                        files.add(file);
                    }
                }
            }
        } catch (UserException missing) {
            return Room.UNKNOWN; // the copy says so
        }
        return Room.of(files);
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
