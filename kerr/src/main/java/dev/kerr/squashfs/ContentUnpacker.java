package dev.kerr.squashfs;

import dev.kerr.squashfs.Inode.RegularFile;
import dev.kerr.squashfs.UnpackingWork.NewFile;
import dev.kerr.squashfs.UnpackingWork.Piece;
import dev.kerr.squashfs.UnpackingWork.SharedFile;
import java.io.IOException;

/// Makes regular files and writes what is in them. One thread's.
final class ContentUnpacker {
    private final SquashfsReader reader;
    private final NewFiles host;
    private final Finisher finisher;
    private final UnpackingProgress progress;
    private final int root;
    private final byte[] block;

    /// @param root the open directory that all is below
    ContentUnpacker(SquashfsReader reader, NewFiles host, LeftOut leftOut, UnpackingProgress progress, int root) {
        this.reader = reader;
        this.host = host;
        this.finisher = new Finisher(reader, host, leftOut);
        this.progress = progress;
        this.root = root;
        this.block = new byte[reader.superblock().blockSize()];
    }

    /// Makes a file.
    void unpack(NewFile file) throws IOException {
        String path = file.path();
        RegularFile inode = file.inode();
        int fd = host.makeFile(root, path);
        try {
            if (inode.size() > 0 && writeBlocks(fd, file, FileContent.Place.start(inode), inode.size())) {
                host.setSize(fd, inode.size(), path);
            }
            finisher.finish(fd, inode, path);
        } catch (IOException e) {
            host.closeFile(fd);
            throw e;
        }
        host.closeWritten(fd, path);
    }

    /// Writes the blocks from `start` to `end`, but for holes.
    ///
    /// @return whether the last was a hole
    private boolean writeBlocks(int fd, NewFile file, FileContent.Place start, long end) throws IOException {
        FileContent content = reader.content(file.inode(), start, block);
        long position = file.inode().size() - start.left();
        while (position < end && !progress.isStopped()) {
            int length = content.nextBlock();
            if (!content.isHole()) {
                host.write(fd, position, block, length, file.path());
            }
            position += length;
            progress.add(length);
        }
        return content.isHole();
    }

    /// Writes a piece of a file, and finishes the file if it was the last.
    void unpack(Piece piece) throws IOException {
        SharedFile file = piece.file();
        writeBlocks(file.fd(), file.file(), piece.start(), piece.end());
        release(file);
    }

    /// Finishes a file unless it has more pieces to come.
    void release(SharedFile file) throws IOException {
        if (file.isLast() && !progress.isStopped()) {
            String path = file.file().path();
            finisher.finish(file.fd(), file.file().inode(), path);
            progress.closed(file);
            host.closeWritten(file.fd(), path);
        }
    }
}
