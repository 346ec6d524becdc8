package dev.kerr.build;

import dev.kerr.linux.NewFile;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Writes the ext3 file system of an overlay: the directories `upper` and `work`, which overlayfs(5) wants side by side
/// on one file system, and the layout's directories below `upper`.
///
/// The work is that of mkfs.ext3(8), and of debugfs(8) for what is in it. What mkfs' configuration may turn on and
/// older
/// kernels or fuse2fs(1) do not know is turned off.
final class Ext3Writer {
    private static final int CHUNK = 1 << 20;

    private final String mkfs;
    private final String debugfs;

    /// @param mkfs path of mkfs.ext3(8)
    /// @param debugfs path of debugfs(8)
    Ext3Writer(String mkfs, String debugfs) {
        this.mkfs = Objects.requireNonNull(mkfs);
        this.debugfs = Objects.requireNonNull(debugfs);
    }

    /// Writes the file system into an empty file.
    ///
    /// @throws UserException if a program refuses the work, with what it says
    void write(NewFile file, OverlayLayout layout) throws IOException, UserException {
        allocate(file.channel(), layout);
        List<String> command = new ArrayList<>(List.of(mkfs, "-q", "-F", "-b", "4096", "-m", "0"));
        command.addAll(List.of("-O", "^64bit,^metadata_csum"));
        boolean sparse = layout.space() == OverlayLayout.Space.SPARSE; // a discard gives blocks back
        command.addAll(List.of("-E", sparse ? "discard" : "nodiscard"));
        if (sparse) {
            command.addAll(List.of("-J", "size=4")); // the least; a journal is written out whole
        }
        String path = file.pathForPrograms().toString();
        command.add(path);
        run(command, "");
        for (String line : run(List.of(debugfs, "-w", "-f", "-", path), script(layout))) {
            boolean expected = line.startsWith("debugfs ") || line.startsWith("debugfs: ");
            if (!expected) { // it succeeds whatever fails
                throw new UserException("debugfs failed: " + line);
            }
        }
    }

    private static void allocate(FileChannel file, OverlayLayout layout) throws IOException {
        if (layout.space() == OverlayLayout.Space.SPARSE) {
            file.write(ByteBuffer.allocate(1), layout.sizeBytes() - 1);
            return;
        }
        var zeros = ByteBuffer.allocateDirect(CHUNK);
        for (long done = 0; done < layout.sizeBytes(); done += file.write(zeros.clear(), done)) {
            zeros.limit((int) Math.min(CHUNK, layout.sizeBytes() - done));
        }
    }

    /// What debugfs is to do: make the directories, and give them and the root to their owner.
    private static String script(OverlayLayout layout) {
        var script = new StringBuilder();
        own(script, "\"/\"", layout.owner());
        for (Path directory : directories(layout)) {
            String quoted = "\"" + directory.toString().replace("\"", "\"\"") + "\"";
            script.append("mkdir ").append(quoted).append('\n');
            script.append("set_inode_field ").append(quoted).append(" mode 040755\n");
            own(script, quoted, layout.owner());
        }
        return script.toString();
    }

    private static void own(StringBuilder script, String quoted, OverlayLayout.Ids owner) {
        for (var field : Map.of("uid", owner.uid(), "gid", owner.gid()).entrySet()) {
            script.append("set_inode_field ")
                    .append(quoted)
                    .append(' ')
                    .append(field.getKey())
                    .append(' ')
                    .append(Integer.toUnsignedString(field.getValue()))
                    .append('\n');
        }
    }

    /// Parents first, each once.
    private static Set<Path> directories(OverlayLayout layout) {
        var directories = new LinkedHashSet<Path>();
        directories.add(Path.of("/upper"));
        directories.add(Path.of("/work"));
        for (Path wanted : layout.directories()) {
            Path path = Path.of("/upper");
            for (Path part : wanted.normalize()) {
                path = path.resolve(part).normalize();
                directories.add(path);
            }
        }
        return directories;
    }

    /// Runs a program and returns what it says, by lines.
    ///
    /// @param input what it reads
    private static List<String> run(List<String> command, String input) throws IOException, UserException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        var process = builder.start();
        try (var words = process.outputWriter()) {
            words.write(input);
        }
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status;
        try {
            status = process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        List<String> lines = said.lines().filter(line -> !line.isBlank()).toList();
        if (status != 0) {
            String reason = lines.isEmpty() ? "exit status " + status : lines.getLast();
            throw new UserException(Path.of(command.getFirst()).getFileName() + " failed: " + reason);
        }
        return lines;
    }
}
