package dev.kerr.instance;

import dev.kerr.cgroups.HostFiles;
import dev.kerr.linux.ProcessStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the processes of an instance have of the machine, added up from `/proc`.
///
/// @param nanos of the processors that those have had that are there now
/// @param memoryBytes of memory, shared pages by their share
/// @param memoryLimitBytes that there are, or that a control group of theirs allows
/// @param readBytes from devices
/// @param writtenBytes to devices
///
/// **Source:** proc_pid_stat(5), proc_pid_smaps(5), proc_pid_io(5), proc_meminfo(5).
public record Usage(
        long nanos, long memoryBytes, long memoryLimitBytes, long readBytes, long writtenBytes, int processes) {
    private static final long NANOS_A_TICK = 10_000_000; // USER_HZ is 100 on every architecture of ours
    private static final long KIB = 1024;

    /// Adds up all processes in the PID namespace of an instance.
    public static Usage of(Instance instance) throws IOException {
        var sum = new Usage(0, 0, value(Path.of("/proc/meminfo"), "MemTotal:") * KIB, 0, 0, 0);
        String namespace = "pid:[" + instance.anchor().namespaces().get("pid") + "]";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (isIn(process, namespace)) {
                    sum = sum.plus(process);
                }
            }
        }
        return sum;
    }

    private static boolean isIn(Path process, String namespace) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/pid")).toString().equals(namespace);
        } catch (IOException endedOrAnothers) {
            return false;
        }
    }

    private Usage plus(Path process) {
        var status = ProcessStatus.of(Long.parseLong(String.valueOf(process.getFileName())));
        if (status.isEmpty()) {
            return this;
        }
        long share = value(process.resolve("smaps_rollup"), "Pss:");
        long memory = share > 0 ? share : value(process.resolve("status"), "VmRSS:");
        return new Usage(
                nanos + status.get().ticks() * NANOS_A_TICK,
                memoryBytes + memory * KIB,
                Math.min(memoryLimitBytes, limit(process)),
                readBytes + value(process.resolve("io"), "read_bytes:"),
                writtenBytes + value(process.resolve("io"), "write_bytes:"),
                processes + 1);
    }

    /// What the control group of a process allows: the first process of an instance is not limited itself.
    private static long limit(Path process) {
        var group = dev.kerr.cgroups.Usage.of(String.valueOf(process.getFileName()), HostFiles.HERE);
        return group.isEmpty() ? Long.MAX_VALUE : group.get().memoryLimitBytes().orElse(Long.MAX_VALUE);
    }

    /// The number behind the name of a line; 0 if there is none, or the process has ended.
    private static long value(Path file, String name) {
        try {
            for (String line : new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).split("\n")) {
                if (line.startsWith(name)) {
                    return Long.parseLong(line.substring(name.length()).strip().split(" ")[0]);
                }
            }
        } catch (IOException ended) {
            return 0;
        }
        return 0;
    }
}
