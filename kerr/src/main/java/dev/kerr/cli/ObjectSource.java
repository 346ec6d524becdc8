package dev.kerr.cli;

import dev.kerr.log.UserException;
import dev.kerr.sif.ObjectContent;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What `sif add` takes an object from: a file, a pipe that has a name, or standard input.
///
/// @param content as much as a regular file has when it is opened; all that comes out of anything else
/// @param open to be closed when the content is copied
record ObjectSource(ObjectContent content, Closeable open) implements Closeable {
    private static final Path STANDARD_INPUT = Path.of("/proc/self/fd/0");

    /// @param name of the file; `-` for standard input
    /// @param image that is being added to
    static ObjectSource open(String name, Path image) throws UserException {
        return name.equals("-") ? standardInput(image) : file(name);
    }

    private static ObjectSource standardInput(Path image) throws UserException {
        if (isSameFile(image)) {
            throw new UserException("image " + image + " cannot be added to itself by standard input", "name it twice");
        }
        var stream = new FileInputStream(FileDescriptor.in);
        return new ObjectSource(new ObjectContent.Stream(stream), stream);
    }

    /// The content would grow as fast as it is read.
    private static boolean isSameFile(Path image) {
        try {
            return Files.isSameFile(STANDARD_INPUT, image);
        } catch (IOException closed) {
            return false;
        }
    }

    private static ObjectSource file(String name) throws UserException {
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            throw new UserException("cannot add " + name + ": it is a directory");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            boolean sized = Files.isRegularFile(path) && channel.size() > 0; // files of /proc have none
            ObjectContent content = sized
                    ? new ObjectContent.Range(channel, 0, channel.size())
                    : new ObjectContent.Stream(Channels.newInputStream(channel));
            return new ObjectSource(content, channel);
        } catch (NoSuchFileException missing) {
            throw new UserException("cannot add " + name + ": no such file");
        } catch (AccessDeniedException denied) {
            throw new UserException("cannot add " + name + ": permission denied");
        } catch (IOException unreadable) {
            throw new UserException("cannot add " + name + ": " + unreadable.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
