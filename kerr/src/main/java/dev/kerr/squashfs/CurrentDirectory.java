package dev.kerr.squashfs;

import java.io.IOException;
import java.util.Optional;

/// Keeps the directory open that was used last, since most often it is wanted again. Not thread-safe.
final class CurrentDirectory implements AutoCloseable {
    private final NewFiles host;
    private final int root;
    private Optional<MadeDirectory> directory = Optional.empty();
    private int fd;

    CurrentDirectory(NewFiles host, int root) {
        this.host = host;
        this.root = root;
    }

    /// An open `wanted`, until another is wanted.
    int open(MadeDirectory wanted) throws IOException {
        if (directory.isPresent() && directory.get() == wanted) {
            return fd;
        }
        boolean isStepDown = directory.isPresent() && wanted.isIn(directory.get());
        String path = wanted.path();
        int opened = host.openDirectory(isStepDown ? fd : root, isStepDown ? wanted.name() : path, path);
        close();
        fd = opened;
        directory = Optional.of(wanted);
        return fd;
    }

    @Override
    public void close() {
        if (directory.isPresent()) {
            directory = Optional.empty();
            host.closeFile(fd);
        }
    }
}
