package dev.kerr.cgroups;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The files of a host that tell of its control groups.
public interface HostFiles {
    /// This host's.
    HostFiles HERE = new HostFiles() {
        @Override
        public Optional<String> text(String path) {
            try {
                return Optional.of(new String(Files.readAllBytes(Path.of(path)), StandardCharsets.UTF_8));
            } catch (IOException unreadable) {
                return Optional.empty();
            }
        }

        @Override
        public boolean isThere(String path) {
            return new File(path).exists();
        }

        @Override
        public boolean isWritable(String path) {
            return new File(path).canWrite();
        }

        @Override
        public List<String> directories(String path) {
            var names = new ArrayList<String>();
            File[] files = new File(path).listFiles();
            for (File file : files == null ? new File[0] : files) {
                if (file.isDirectory()) {
                    names.add(file.getName());
                }
            }
            Collections.sort(names);
            return names;
        }

        @Override
        public Optional<BlockDevice> blockDevice(String path) {
            try {
                int mode = (Integer) Files.getAttribute(Path.of(path), "unix:mode");
                long device = (Long) Files.getAttribute(Path.of(path), "unix:rdev");
                boolean isBlock = (mode & 0170000) == 0060000;
                return isBlock ? Optional.of(BlockDevice.of(device)) : Optional.empty();
            } catch (IOException missing) {
                return Optional.empty();
            }
        }
    };

    /// A block device, by its numbers.
    record BlockDevice(long major, long minor) {
        /// From `dev_t` as the C library has it.
        ///
        /// **Source:** makedev(3).
        static BlockDevice of(long device) {
            return new BlockDevice(
                    device >>> 8 & 0xfff | device >>> 32 & 0xfffff000L, device & 0xff | device >>> 12 & 0xffffff00L);
        }
    }

    /// What is in a file; empty if it cannot be read.
    Optional<String> text(String path);

    boolean isThere(String path);

    /// Whether the caller may write to a file, or make something in a directory.
    boolean isWritable(String path);

    /// The names of the directories in one, in order; none if it cannot be read.
    List<String> directories(String path);

    /// The block device at a path; empty if there is none.
    Optional<BlockDevice> blockDevice(String path);
}
