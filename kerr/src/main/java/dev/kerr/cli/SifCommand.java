package dev.kerr.cli;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.NewSif;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifEditor;
import dev.kerr.sif.SifListing;
import dev.kerr.sif.SifWriter;
import dev.kerr.sif.Stamp;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/// `sif add | del | dump | header | info | list | new | setprim`.
final class SifCommand {
    private static final int CHUNK = 1 << 16;
    private static final long LARGEST_ID = 0xffff_ffffL;

    private final Session session;
    private final Invocation invocation;

    SifCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException {
        switch (invocation.verb()) {
            case "new" -> create(operand(1, 2));
            case "add" -> add(operand(1, 3), operand(2, 3));
            case "del" -> delete(id(1, 3), operand(2, 3));
            case "setprim" -> makePrimary(id(1, 3), operand(2, 3));
            case "list" -> list(operand(1, 2));
            case "header" -> read(operand(1, 2), (sif, channel) -> session.out().print(SifListing.header(sif)));
            case "info" -> info(id(1, 3), operand(2, 3));
            default -> dump(id(1, 3), operand(2, 3));
        }
        if (session.out().checkError()) {
            throw new UserException("cannot write to standard output");
        }
        return ExitStatus.SUCCESS;
    }

    private String operand(int index, int count) throws UsageException {
        if (invocation.operands().size() != count) {
            throw usage("wrong number of arguments");
        }
        return invocation.operands().get(index);
    }

    private int id(int index, int count) throws UsageException {
        String text = operand(index, count);
        try {
            long id = Long.parseLong(text);
            if (id >= 0 && id <= LARGEST_ID && !text.startsWith("+")) {
                return (int) id;
            }
        } catch (NumberFormatException notANumber) {
            // the same as one out of range
        }
        throw usage("object id " + text + " is no number");
    }

    static UsageException usage(String message) {
        return new UsageException(message, Optional.of(Command.SIF));
    }

    private void create(String name) throws UserException {
        Path target = Path.of(name);
        if (target.getFileName() == null || name.isEmpty()) {
            throw new UserException("cannot make image " + name + ": no name for a file");
        }
        var clock = session.clock();
        var stamp = session.isReproducible() ? Stamp.reproducible(clock.instant()) : Stamp.fresh(clock);
        try {
            SifWriter.create(target, new NewSif("", stamp, NewSif.DEFAULT_SLOTS, List.of()));
        } catch (FileAlreadyExistsException there) {
            throw new UserException("image " + name + " exists already", "remove it first, or take another name");
        } catch (IOException failed) {
            throw new UserException("cannot make image " + name + ": " + reason(failed));
        }
    }

    private void add(String name, String file) throws UsageException, UserException {
        var request = NewObjectRequest.of(invocation); // before anything is opened
        edit(name, editor -> {
            try (var source = ObjectSource.open(file, Path.of(name))) {
                editor.add(request.with(source.content()));
            }
        });
    }

    private void delete(int id, String name) throws UserException {
        var cleanup = EnumSet.noneOf(SifEditor.Cleanup.class);
        if (invocation.flag("zero")) {
            cleanup.add(SifEditor.Cleanup.ZERO);
        }
        if (invocation.flag("compact")) {
            cleanup.add(SifEditor.Cleanup.COMPACT);
        }
        edit(name, editor -> editor.delete(id, cleanup));
    }

    private void makePrimary(int id, String name) throws UserException {
        edit(name, editor -> editor.makePrimary(id));
    }

    private interface Edit {
        void applyTo(SifEditor editor) throws IOException, UserException;
    }

    private void edit(String name, Edit edit) throws UserException {
        var clock = session.clock();
        try (var editor = SifEditor.open(Path.of(name), clock)) {
            edit.applyTo(editor);
        } catch (FormatException malformed) {
            throw noSif(name, malformed);
        } catch (NoSuchFileException missing) {
            throw new UserException("image " + name + " does not exist");
        } catch (IOException failed) {
            throw new UserException("cannot change image " + name + ": " + reason(failed));
        }
    }

    private void list(String name) throws UserException {
        boolean json = invocation.flag("json");
        read(name, (sif, channel) -> session.out().print(json ? SifJson.of(sif) : SifListing.list(sif)));
    }

    private void info(int id, String name) throws UserException {
        read(name, (sif, channel) -> session.out().print(SifListing.info(descriptor(sif, id, name))));
    }

    private void dump(int id, String name) throws UserException {
        read(name, (sif, channel) -> copy(channel, descriptor(sif, id, name), session.out()));
    }

    private static Descriptor descriptor(Sif sif, int id, String name) throws UserException {
        var descriptor = sif.descriptor(id);
        if (descriptor.isEmpty()) {
            throw new UserException(
                    "image " + name + " has no object " + Integer.toUnsignedString(id), "`kerr sif list` shows them");
        }
        return descriptor.get();
    }

    private static void copy(FileChannel channel, Descriptor descriptor, PrintStream out) throws IOException {
        var object = new ByteRegion(channel, descriptor.offset(), descriptor.size());
        byte[] buffer = new byte[CHUNK];
        for (long done = 0; done < object.size() && !out.checkError(); done += CHUNK) {
            int size = (int) Math.min(CHUNK, object.size() - done);
            object.read(done, buffer, size, "SIF object " + descriptor.id());
            out.write(buffer, 0, size);
        }
    }

    private interface Use {
        void of(Sif sif, FileChannel channel) throws IOException, UserException;
    }

    private static void read(String name, Use use) throws UserException {
        if (Files.exists(Path.of(name)) && !Files.isRegularFile(Path.of(name))) {
            throw new UserException("image " + name + " is no file");
        }
        try (var channel = FileChannel.open(Path.of(name), StandardOpenOption.READ)) {
            use.of(Sif.open(channel), channel);
        } catch (NoSuchFileException missing) {
            throw new UserException("image " + name + " does not exist");
        } catch (FormatException malformed) {
            throw noSif(name, malformed);
        } catch (IOException unreadable) {
            throw new UserException("cannot read image " + name + ": " + reason(unreadable));
        }
    }

    private static UserException noSif(String name, FormatException malformed) {
        return new UserException("image " + name + " is no whole SIF file: " + malformed.getMessage());
    }

    /// What is wrong, less the name of the file, which the message has already.
    private static String reason(IOException failed) {
        return switch (failed) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "no such directory";
            case FileSystemException file when file.getReason() != null -> file.getReason();
            default -> String.valueOf(failed.getMessage());
        };
    }
}
