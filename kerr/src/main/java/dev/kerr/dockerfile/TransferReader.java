package dev.kerr.dockerfile;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads `COPY` and `ADD`.
final class TransferReader {
    private final SourceText source;
    private final StageNames stages;
    private final LogicalLine line;
    private final Flags flags;
    private final String rest;

    /// @param stages those before this one
    /// @param rest what stands behind the flags
    TransferReader(SourceText source, StageNames stages, LogicalLine line, Flags flags, String rest) {
        this.source = source;
        this.stages = stages;
        this.line = line;
        this.flags = flags;
        this.rest = rest;
    }

    Instruction copy() throws UserException {
        flags.check("from", "chown", "chmod", "link", "parents", "exclude*");
        Instruction.Transfer transfer = transfer("COPY");
        Origin from = origin();
        if (!transfer.documents().isEmpty() && flags.has("from")) {
            throw source.errorAt(
                    line.number(),
                    "--from",
                    "COPY --from has a here-document",
                    "copy the document with an instruction of its own");
        }
        return new Instruction.Copy(transfer, from, flags.isSet("parents"), line.number());
    }

    Instruction add() throws UserException {
        flags.check("chown", "chmod", "link", "exclude*", "checksum", "keep-git-dir", "unpack");
        Instruction.Transfer transfer = transfer("ADD");
        Instruction.Unpacking unpacking = !flags.has("unpack")
                ? Instruction.Unpacking.BY_ORIGIN
                : flags.isSet("unpack") ? Instruction.Unpacking.ALWAYS : Instruction.Unpacking.NEVER;
        return new Instruction.Add(
                transfer, flags.text("checksum"), flags.isSet("keep-git-dir"), unpacking, line.number());
    }

    private Origin origin() throws UserException {
        if (!flags.has("from")) {
            return new Origin.Context();
        }
        String from = flags.text("from");
        if (from.isEmpty()) {
            throw source.errorAt(line.number(), "--from", "--from names nothing", "name a stage or an image");
        }
        if (from.indexOf('$') >= 0) {
            throw source.errorAt(
                    line.number(),
                    from,
                    "--from has a variable: " + Wording.quoted(from),
                    "begin a stage with 'FROM " + from
                            + " AS NAME', with ARG before the first FROM, and copy from NAME");
        }
        return stages.origin(from, line.number(), source);
    }

    private Instruction.Transfer transfer(String keyword) throws UserException {
        List<String> words = switch (JsonStrings.read(rest)) {
            case JsonStrings.Result.Strings(List<String> strings) -> strings;
            case JsonStrings.Result.NotJson() -> words();
            case JsonStrings.Result.OtherArray() ->
                throw source.errorAt(
                        line.number(),
                        "[",
                        keyword + " has an array with something that is no string",
                        "write each path in double quotes");
        };
        if (words.size() < 2) {
            throw source.error(line.number(), keyword + " has no destination", "write sources, then where they go");
        }
        String destination = words.getLast();
        if (HeredocWords.of(destination).isPresent()) {
            throw source.errorAt(
                    line.number(),
                    destination,
                    keyword + " has a here-document as its destination",
                    "write a path behind it");
        }
        List<String> paths = new ArrayList<>();
        List<Heredoc> documents = new ArrayList<>();
        for (String word : words.subList(0, words.size() - 1)) {
            Optional<Heredoc> document = HeredocWords.of(word).flatMap(this::read);
            document.ifPresentOrElse(documents::add, () -> paths.add(word));
        }
        Instruction.Ownership ownership = new Instruction.Ownership(flags.text("chown"), flags.text("chmod"));
        return new Instruction.Transfer(
                paths, documents, destination, ownership, flags.isSet("link"), flags.texts("exclude"));
    }

    /// The words between blanks; a `<<` and the delimiter behind it are one.
    private List<String> words() {
        List<String> words = new ArrayList<>();
        for (String word : Blanks.split(rest)) {
            boolean continues = !words.isEmpty() && words.getLast().matches("[0-9]*<<-?");
            if (continues) {
                words.set(words.size() - 1, words.getLast() + word);
            } else {
                words.add(word);
            }
        }
        return words;
    }

    /// The document with its content, which stands behind the line.
    private Optional<Heredoc> read(Heredoc begun) {
        return line.heredocs().stream()
                .filter(document -> document.name().equals(begun.name()))
                .findFirst();
    }
}
