package dev.kerr.squashfs;

import dev.kerr.compress.CompressionSetting;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// Packs a directory and prints one line: `wall_s cpu_s bytes peak_rss_kib`.
///
/// Arguments: the directory, the file to write, a compression such as `zstd:3`, bytes of a block, threads.
final class PackBenchmark {
    private PackBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        var settings = WriterSettings.usual(0)
                .with(CompressionSetting.parse(arguments[2]).orElseThrow())
                .withBlockSize(Integer.parseInt(arguments[3]))
                .withThreads(Integer.parseInt(arguments[4]));
        Path image = Path.of(arguments[1]);
        long start = System.nanoTime();
        long size;
        try (var out = FileChannel.open(
                        image,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                var source = DirectorySource.open(Path.of(arguments[0]))) {
            size = SquashfsWriter.write(out, 0, source, settings).size();
        }
        // The JVM's start belongs to it.
        Instant started = ProcessHandle.current().info().startInstant().orElseThrow();
        double whole = Duration.between(started, Instant.now()).toMillis() / 1e3;
        double inside = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%.2f %.2f %d %d (%.2f without the start of the JVM)%n",
                whole,
                cpuSeconds(),
                size,
                peakKib(),
                inside);
    }

    /// User and system time of the whole process.
    private static double cpuSeconds() throws IOException {
        String[] fields =
                Files.readString(Path.of("/proc/self/stat")).split("\\) ")[1].split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    private static long peakKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
