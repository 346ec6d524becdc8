package dev.kerr.squashfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// Unpacks or lists a SquashFS file in a process of its own: for tests as other users, and for `bench/squashfs`, since
/// no command of Kerr lists and does nothing else.
final class SquashfsProgram {
    private SquashfsProgram() {}

    /// @param arguments `list FILE` or `unpack FILE DIRECTORY THREADS`
    public static void main(String[] arguments) throws IOException {
        try (var channel = FileChannel.open(Path.of(arguments[1]))) {
            if (arguments[0].equals("list")) {
                list(channel);
            } else {
                var settings = new UnpackSettings(Integer.parseInt(arguments[3]), bytes -> {});
                System.out.println(TreeUnpacker.unpack(channel, 0, channel.size(), Path.of(arguments[2]), settings));
            }
        }
    }

    private static void list(FileChannel channel) throws IOException {
        long files = 0;
        long xattrs = 0;
        try (SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            TreeWalk walk = reader.walk(reader.root());
            for (var next = walk.next(); next.isPresent(); next = walk.next()) {
                files++;
                xattrs += reader.xattrs(next.get().inode()).size();
            }
        }
        System.out.println(files + " files, " + xattrs + " extended attributes");
    }
}
