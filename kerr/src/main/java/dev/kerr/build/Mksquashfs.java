package dev.kerr.build;

import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Writes SquashFS files with the host's `mksquashfs`.
///
/// Its exit status is not enough: it can say 0 after running out of space, so the superblock is looked at
/// too.
public final class Mksquashfs implements SquashfsWriter {
    private static final int SUPERBLOCK_SIZE = 96;
    private static final int MAGIC = 0x73717368;
    private static final int BYTES_USED_AT = 40;

    private final HostCommands host;
    private final List<String> arguments;
    private final Log log;

    /// @param environment the caller's, for the path that programs are found in
    /// @param arguments further ones of the user; without `-comp` among them zstd is used, where this
    /// mksquashfs has it
    public Mksquashfs(BuildRunner runner, Map<String, String> environment, List<String> arguments, Log log) {
        this.host = new HostCommands(runner, environment);
        this.arguments = List.copyOf(arguments);
        this.log = log;
    }

    @Override
    public void write(Path rootfs, Path output) throws IOException, UserException {
        if (!host.has("mksquashfs")) {
            throw new UserException(
                    "mksquashfs is not installed on this machine", "as root: apt-get install squashfs-tools");
        }
        List<String> packing = new ArrayList<>(
                List.of(rootfs.toString(), output.toString(), "-noappend", "-no-progress", "-no-recovery"));
        if (!arguments.contains("-comp")) {
            packing.addAll(compression());
        }
        packing.addAll(arguments);
        int status = host.script("pack.sh", packing);
        if (status != 0) {
            throw new UserException("cannot write the image's file system: mksquashfs: exit status " + status);
        }
        verify(output);
    }

    private List<String> compression() throws IOException {
        if (help().lines().anyMatch(line -> line.strip().startsWith("zstd"))) {
            return List.of("-comp", "zstd", "-Xcompression-level", "3");
        }
        log.verbose("this mksquashfs cannot write zstd; using gzip");
        return List.of("-comp", "gzip");
    }

    private String help() throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "mksquashfs -help-all 2>&1 || mksquashfs -help 2>&1");
        builder.environment().putAll(host.environment());
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Checks that a file is as long as the superblock of the SquashFS in it says.
    ///
    /// @throws UserException if it is not
    static void verify(Path file) throws IOException, UserException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer superblock = ByteBuffer.allocate(SUPERBLOCK_SIZE).order(ByteOrder.LITTLE_ENDIAN);
            int count = channel.read(superblock, 0);
            boolean whole = count == SUPERBLOCK_SIZE
                    && superblock.getInt(0) == MAGIC
                    && superblock.getLong(BYTES_USED_AT) >= SUPERBLOCK_SIZE
                    && superblock.getLong(BYTES_USED_AT) <= channel.size();
            if (!whole) {
                throw new UserException(
                        "the image's file system was not written completely",
                        "is there space left in " + file.getParent() + "?");
            }
        }
    }
}
