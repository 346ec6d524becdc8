package dev.kerr.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The mounts that keepers hold for the caller's launches on this node.
///
/// **Source:** `starter/keeper.c`, which answers.
///
/// @param directory of their sockets
record KeptMounts(Path directory) {
    private static final byte[] QUESTION = {'?'};
    private static final int ANSWER_BYTES_MAX = 8 << 10;

    /// A mount.
    ///
    /// @param keeper the process that holds it
    /// @param launches processes that have it
    record Item(String image, long keeper, long launches) {}

    /// Asks all; removes what is left of those that were killed.
    List<Item> items() throws IOException {
        var items = new ArrayList<Item>();
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(directory)) {
            for (Path socket : sockets) {
                ask(socket).ifPresent(items::add);
            }
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        }
        removeIfEmpty();
        items.sort(Comparator.comparing(Item::image).thenComparingLong(Item::keeper));
        return items;
    }

    private void removeIfEmpty() throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException used) {
            // as it should be
        }
    }

    private static Optional<Item> ask(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(QUESTION));
            var answer = ByteBuffer.allocate(ANSWER_BYTES_MAX);
            while (answer.hasRemaining() && channel.read(answer) >= 0) {
                // until it closes
            }
            return item(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8));
        } catch (ConnectException killed) {
            Files.deleteIfExists(socket);
            return Optional.empty();
        } catch (IOException ending) {
            return Optional.empty();
        }
    }

    /// `PID LAUNCHES PATH`, and a line feed.
    private static Optional<Item> item(String answer) {
        String[] fields = answer.split(" ", 3);
        if (fields.length < 3 || !answer.endsWith("\n")) {
            return Optional.empty();
        }
        String path = fields[2].substring(0, fields[2].length() - 1);
        return Optional.of(new Item(path, Long.parseLong(fields[0]), Long.parseLong(fields[1])));
    }
}
