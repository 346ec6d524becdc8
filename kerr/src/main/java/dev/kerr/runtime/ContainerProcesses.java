package dev.kerr.runtime;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/// The processes of a container: those of its PID namespace or, without one of its own, of its control groups.
public record ContainerProcesses(ContainerRecord container) {
    private static final Path PROC = Path.of("/proc");

    public ContainerProcesses {
        Objects.requireNonNull(container);
    }

    /// Their numbers on the host, in order.
    public List<Long> list() throws IOException {
        var found = new TreeSet<Long>();
        if (!container.process().isAlive()) {
            return List.of();
        }
        found.add(container.process().pid());
        if (isOwnNamespace()) {
            addOfNamespace(found);
        } else {
            addOfGroups(found);
        }
        return List.copyOf(found);
    }

    /// Whether a process is one of them.
    public boolean has(long pid) throws IOException {
        return isOwnNamespace() ? isInNamespace(pid) : list().contains(pid);
    }

    private boolean isOwnNamespace() {
        Long inode = container.namespaces().get("pid");
        return inode != null && !link("self").equals(name(inode));
    }

    private boolean isInNamespace(long pid) {
        Long inode = container.namespaces().get("pid");
        return inode != null && link(Long.toString(pid)).equals(name(inode));
    }

    private void addOfNamespace(TreeSet<Long> found) throws IOException {
        try (DirectoryStream<Path> names = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (Path name : names) {
                long pid = Long.parseLong(String.valueOf(name.getFileName()));
                if (isInNamespace(pid)) {
                    found.add(pid);
                }
            }
        }
    }

    private void addOfGroups(TreeSet<Long> found) {
        for (String group : container.groups()) {
            try {
                for (String line : Files.readAllLines(Path.of(group, "cgroup.procs"))) {
                    found.add(Long.parseLong(line));
                }
            } catch (IOException gone) {
                // nobody is in it
            }
        }
    }

    private static String name(long inode) {
        return "pid:[" + inode + "]";
    }

    private static String link(String process) {
        try {
            return Files.readSymbolicLink(PROC.resolve(process).resolve("ns/pid"))
                    .toString();
        } catch (IOException endedOrAnothers) {
            return "";
        }
    }

    /// Those numbers as texts.
    public List<String> texts() throws IOException {
        var texts = new ArrayList<String>();
        for (long pid : list()) {
            texts.add(Long.toString(pid));
        }
        return texts;
    }
}
