package dev.kerr.runtime;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What of the host a bundle's plan depends on.
public interface HostView {
    /// This host.
    HostView HERE = new HostView() {
        @Override
        public boolean isThere(String path) {
            return Files.exists(Path.of(path));
        }

        @Override
        public boolean isDirectory(String path) {
            return Files.isDirectory(Path.of(path));
        }

        @Override
        public Optional<DeviceFile> device(String path) {
            try {
                int mode = (Integer) Files.getAttribute(Path.of(path), "unix:mode") & 0170000;
                long number = (Long) Files.getAttribute(Path.of(path), "unix:rdev");
                String type = mode == 0020000 ? "c" : mode == 0060000 ? "b" : "";
                return type.isEmpty() ? Optional.empty() : Optional.of(DeviceFile.of(type, number));
            } catch (IOException | UnsupportedOperationException missing) {
                return Optional.empty();
            }
        }
    };

    boolean isThere(String path);

    boolean isDirectory(String path);

    /// The device file at a path; empty if there is none.
    Optional<DeviceFile> device(String path);

    /// @param type `c` or `b`
    record DeviceFile(String type, long major, long minor) {
        /// From `dev_t` as the C library has it.
        ///
        /// **Source:** makedev(3).
        static DeviceFile of(String type, long device) {
            return new DeviceFile(
                    type,
                    device >>> 8 & 0xfff | device >>> 32 & 0xfffff000L,
                    device & 0xff | device >>> 12 & 0xffffff00L);
        }
    }

    /// Who calls.
    ///
    /// @param mayMount whether the caller has the right to make namespaces and mounts as it is
    /// @param uidProgram newuidmap; empty if there is none
    record Caller(int uid, int gid, boolean mayMount, String uidProgram, String gidProgram) {
        /// The programs that map ids of others.
        ///
        /// @throws UserException if they are not there
        void needPrograms() throws UserException {
            if (uidProgram.isEmpty() || gidProgram.isEmpty()) {
                throw new UserException(
                        "config.json: linux.uidMappings map more than your own id, and newuidmap is not there",
                        "newuidmap and newgidmap come with the package uidmap");
            }
        }
    }
}
