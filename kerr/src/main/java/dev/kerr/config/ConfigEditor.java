package dev.kerr.config;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Changes `kerr.conf` directive by directive; comments and all other lines stay as they are.
///
/// Nothing is written before [#save], which refuses what a launch would refuse. Not thread-safe.
public final class ConfigEditor {
    private final Path file;
    private final boolean exists;
    private final ConfigText text;

    private ConfigEditor(Path file, boolean exists, String text) {
        this.file = file;
        this.exists = exists;
        this.text = new ConfigText(text);
    }

    /// Reads a file; one that is not there is made by [#save]. A link is followed.
    public static ConfigEditor open(Path file) throws IOException {
        try {
            Path real = file.toRealPath();
            return new ConfigEditor(real, true, Files.readString(real, StandardCharsets.UTF_8));
        } catch (NoSuchFileException absent) {
            return new ConfigEditor(file.toAbsolutePath(), false, "");
        }
    }

    /// The row of a directive.
    public static Directive directive(String name) throws UserException {
        for (Directive directive : Directive.values()) {
            if (directive.text().equals(name)) {
                return directive;
            }
        }
        throw new UserException("unknown directive \"" + name + "\"", "`kerr help config` lists them");
    }

    /// The value in force; the items of a list.
    ///
    /// @throws UserException if the file is wrong
    public List<String> values(Directive directive) throws UserException {
        var values = ConfigFile.values(file.toString(), text());
        return directive.isList() ? values.items(directive) : List.of(values.text(directive));
    }

    /// Sets a value, or adds items to a list that has them not.
    ///
    /// @param given what was typed: for a list, each with commas or without
    public void set(Directive directive, List<String> given) throws UserException {
        for (String value : given) {
            check(directive, value);
        }
        if (directive.isList()) {
            text.add(directive, DirectiveValues.items(String.join(",", given)));
        } else {
            text.replace(directive, single(directive, given));
        }
    }

    /// Takes items out of a list, or all of them if none is named; of any other directive its lines, so that the
    /// default
    /// holds.
    ///
    /// @throws UserException if a value is not there
    public void unset(Directive directive, List<String> given) throws UserException {
        List<String> present = values(directive);
        List<String> items = directive.isList() ? DirectiveValues.items(String.join(",", given)) : given;
        for (String item : items) {
            if (!present.contains(item)) {
                throw new UserException(
                        directive.text() + " has no value " + item, "its values: " + String.join(",", present));
            }
        }
        if (directive.isList()) {
            text.remove(directive, items.isEmpty() ? present : items);
        } else {
            text.removeLines(directive);
        }
    }

    /// Puts the default back.
    public void reset(Directive directive) {
        if (directive.isList()) {
            text.replaceList(directive, DirectiveValues.items(directive.standard()));
        } else {
            text.replace(directive, directive.standard());
        }
    }

    /// The whole file as it would be written.
    ///
    /// @throws UserException if it would be wrong, also by a line that was not touched
    public String checkedText() throws UserException {
        ConfigFile.parse(file.toString(), text());
        return text();
    }

    private String text() {
        return text.toString();
    }

    /// Writes the file: it is there as a whole, old or new, at any time, with the owner and mode that it had.
    public void save() throws IOException, UserException {
        byte[] bytes = checkedText().getBytes(StandardCharsets.UTF_8);
        Path directory = file.resolveSibling(".").normalize();
        Path temporary = Files.createTempFile(directory, ".kerr.conf-", "");
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                var rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                if (exists) {
                    var old = Files.readAttributes(file, "unix:uid,gid,mode");
                    Files.setAttribute(temporary, "unix:uid", old.get("uid"));
                    Files.setAttribute(temporary, "unix:gid", old.get("gid"));
                    Files.setAttribute(temporary, "unix:mode", old.get("mode"));
                } else {
                    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static String single(Directive directive, List<String> given) throws UserException {
        if (given.size() != 1) {
            throw new UserException(directive.text() + " has one value, not " + given.size(), "it is no list");
        }
        return given.getFirst().strip();
    }

    private static void check(Directive directive, String value) throws UserException {
        if (value.indexOf('#') >= 0 || value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
            throw new UserException("a value can have neither # nor line ends: " + value);
        }
        String fault = directive.fault(value.strip());
        if (!fault.isEmpty()) {
            throw new UserException(fault + ": " + value, "`kerr help config` explains each");
        }
    }
}
