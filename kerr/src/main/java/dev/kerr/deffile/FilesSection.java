package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.SourceText;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;

/// A `%files` section: what to copy, and where it comes from.
public record FilesSection(Origin origin, List<FilesTransfer> transfers) {
    /// Where the sources of a `%files` section are looked up.
    public sealed interface Origin {
        /// The file system of the host.
        record Host() implements Origin {}

        /// The root file system of an earlier stage.
        record Stage(String name) implements Origin {
            public Stage {
                requireNonNull(name);
            }
        }
    }

    public FilesSection {
        requireNonNull(origin);
        transfers = List.copyOf(transfers);
    }

    /// Reads the transfers of a `%files` or `%appfiles` section.
    static FilesSection of(Section section, SourceText source) throws UserException {
        List<FilesTransfer> transfers = new ArrayList<>();
        for (Line line : section.lines()) {
            if (!line.isSilent()) {
                transfers.add(transfer(line, source));
            }
        }
        return new FilesSection(origin(section, source), transfers);
    }

    private static FilesTransfer transfer(Line line, SourceText source) throws UserException {
        List<String> words = FilesTransfer.words(line.text());
        if (words.getFirst().isEmpty()) {
            throw source.error(line.number(), line.column(), "the source of a %files line is empty", "");
        }
        return new FilesTransfer(words.getFirst(), words.size() > 1 ? words.get(1) : "", line.number(), line.column());
    }

    private static Origin origin(Section section, SourceText source) throws UserException {
        if (section.name().ofApp() || section.arguments().isEmpty()) {
            return new Origin.Host();
        }
        String[] words = section.arguments().split("\\s+");
        if (words.length == 2 && words[0].equals("from")) {
            return new Origin.Stage(words[1]);
        }
        throw source.errorAt(
                section.line(),
                section.arguments(),
                "%files cannot have the arguments '" + section.arguments() + "'",
                "write '%files' or '%files from STAGE'");
    }
}
