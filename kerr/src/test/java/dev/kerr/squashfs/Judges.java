package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Programs that others wrote, which read SquashFS too.
public final class Judges {
    private Judges() {}

    /// Skips the test unless everything can be judged: owners, device files and mounts are root's.
    public static void requireRoot() throws IOException {
        assumeTrue(isRoot(), "only root can mount, and unpack files with their owners");
    }

    static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    /// Whether a program is installed.
    public static boolean has(String program) {
        for (String place : (System.getenv().getOrDefault("PATH", "/usr/bin") + ":/usr/sbin:/sbin").split(":")) {
            if (Files.isExecutable(Path.of(place, program))) {
                return true;
            }
        }
        return false;
    }

    public static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s: %s", String.join(" ", command), output)
                .isZero();
        return output;
    }

    /// What is in a mount, by the kernel or a FUSE program.
    private static <T> T mounted(Path image, Path at, Look<T> look, String... mount)
            throws IOException, InterruptedException {
        Files.createDirectories(at);
        String[] command = new String[mount.length + 2];
        System.arraycopy(mount, 0, command, 0, mount.length);
        command[mount.length] = image.toString();
        command[mount.length + 1] = at.toString();
        run(command);
        try {
            return look.at(at);
        } finally {
            // Lazily: a process that another test is just starting holds our descriptors for a moment, and what stays
            // mounted has FIFOs in it, which would hang whoever cleans up.
            run("umount", "--lazy", at.toString());
        }
    }

    private interface Look<T> {
        T at(Path mounted) throws IOException;
    }

    static List<String> byKernel(Path image, Path at) throws IOException, InterruptedException {
        return mounted(
                image,
                at,
                root -> TreeListing.of(DirectorySource.open(root)),
                "mount",
                "-t",
                "squashfs",
                "-o",
                "loop,ro");
    }

    /// Without extended attributes: squashfuse 0.1.104 takes `trusted.` for `security.` and the other way round, and
    /// one name for another that ends alike, in what mksquashfs wrote too.
    static List<String> bySquashfuse(Path image, Path at) throws IOException, InterruptedException {
        return mounted(
                image,
                at,
                root -> TreeListing.of(TreeListing.withoutXattrs(DirectorySource.open(root))),
                "squashfuse_ll");
    }

    /// Unpacks an image to a directory that is not there yet.
    static void unsquash(Path image, Path to) throws IOException, InterruptedException {
        run("unsquashfs", "-no-progress", "-quiet", "-processors", "1", "-d", to.toString(), image.toString());
    }
}
