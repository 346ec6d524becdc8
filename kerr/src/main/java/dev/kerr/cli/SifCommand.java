package dev.kerr.cli;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifListing;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/// `sif list | header | info`.
final class SifCommand {
    private final Session session;
    private final Invocation invocation;

    SifCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException {
        List<String> operands = invocation.operands();
        String verb = operands.isEmpty() ? "" : operands.getFirst();
        switch (verb) {
            case "list" -> session.out().print(SifListing.list(open(operand(operands, 1, 2))));
            case "header" -> session.out().print(SifListing.header(open(operand(operands, 1, 2))));
            case "info" -> info(operands);
            case "add", "del", "dump", "new", "setprim" ->
                throw new UserException("sif " + verb + " is not yet available in this version");
            default -> throw new UsageException("sif needs list, header or info", Optional.of(Command.SIF));
        }
        return ExitStatus.SUCCESS;
    }

    private void info(List<String> operands) throws UsageException, UserException {
        String image = operand(operands, 2, 3);
        try {
            int id = Integer.parseInt(operands.get(1));
            var descriptor = open(image).descriptor(id);
            if (descriptor.isEmpty()) {
                throw new UserException("image " + image + " has no object " + id, "`kerr sif list` shows them");
            }
            session.out().print(SifListing.info(descriptor.get()));
        } catch (NumberFormatException notANumber) {
            throw new UsageException("object id " + operands.get(1) + " is no number", Optional.of(Command.SIF));
        }
    }

    private static String operand(List<String> operands, int index, int count) throws UsageException {
        if (operands.size() != count) {
            throw new UsageException("wrong number of arguments", Optional.of(Command.SIF));
        }
        return operands.get(index);
    }

    private static Sif open(String name) throws UserException {
        if (Files.exists(Path.of(name)) && !Files.isRegularFile(Path.of(name))) {
            throw new UserException("image " + name + " is no file");
        }
        try (var channel = FileChannel.open(Path.of(name), StandardOpenOption.READ)) {
            return Sif.open(channel);
        } catch (NoSuchFileException missing) {
            throw new UserException("image " + name + " does not exist");
        } catch (FormatException malformed) {
            throw new UserException("image " + name + " is no whole SIF file: " + malformed.getMessage());
        } catch (IOException unreadable) {
            throw new UserException("cannot read image " + name + ": " + unreadable.getMessage());
        }
    }
}
