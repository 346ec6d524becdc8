package dev.kerr.cli;

import dev.kerr.sif.Architecture;
import dev.kerr.sif.Extra;
import dev.kerr.sif.FsType;
import dev.kerr.sif.NewObject;
import dev.kerr.sif.NewSif;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.PartitionType;
import dev.kerr.sif.SifWriter;
import dev.kerr.sif.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Writes the small images that [Training] works on. A program of its own, because what a training run itself uses
/// would lie in the cache.
public final class TrainingImages {
    static final String GZIP = "training-gzip.sqfs";
    static final String SIF = "training.sif";
    static final String SANDBOX = "sandbox";
    static final String SUB_IDS = "subuid";

    private static final String ZSTD = "training-zstd.sqfs";

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private TrainingImages() {}

    /// Writes them into a new directory, the only argument.
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        for (String name : List.of(ZSTD, GZIP)) {
            try (var in = Objects.requireNonNull(TrainingImages.class.getResourceAsStream(name), name)) {
                Files.copy(in, directory.resolve(name));
            }
        }
        writeSif(directory.resolve(SIF), directory.resolve(ZSTD));
        Files.createDirectories(directory.resolve(SANDBOX).resolve("bin"));
        Files.createFile(directory.resolve(SANDBOX).resolve("bin/sh"));
        Files.writeString(directory.resolve(SANDBOX).resolve("bin/small"), "small");
        Files.writeString(directory.resolve(SANDBOX).resolve("bin/large"), "a few blocks\n".repeat(1 << 16));
        Files.writeString(directory.resolve(SUB_IDS), "trainee:100000:65536\n");
    }

    private static void writeSif(Path file, Path squashfs) throws IOException {
        var extra = new Extra.Partition(
                FsType.SQUASHFS,
                PartitionType.PRIMARY_SYSTEM,
                Architecture.ofJavaName(System.getProperty("os.arch", "")));
        var partition = NewObject.partition(extra, new ObjectContent.File(squashfs));
        SifWriter.write(file, NewSif.runnable(Stamp.reproducible(Instant.EPOCH), List.of(partition)), OWNER);
    }
}
