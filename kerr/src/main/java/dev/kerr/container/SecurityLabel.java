package dev.kerr.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// What a security module of the kernel has a payload run as, from its `exec` on: a profile of AppArmor, a context of
/// SELinux. The kernel refuses what is not loaded, or what the caller may not become; the launch ends then.
///
/// **Source:** aa_change_onexec(2) and setexeccon(3), and the files of proc_pid_attr(5) that both write to.
public record SecurityLabel(Module module, String text) {
    private static final Path ROOT = Path.of("/");

    public SecurityLabel {
        Objects.requireNonNull(module);
        Objects.requireNonNull(text);
    }

    /// Sets it, as the last thing but filters of system calls before the `exec`.
    public RuntimeOp op() {
        return op(ROOT);
    }

    RuntimeOp op(Path root) {
        return switch (module) {
            case SELINUX -> RuntimeOp.of(OpCode.PROC_WRITE, "thread-self/attr/exec", text);
            case APPARMOR -> RuntimeOp.of(OpCode.PROC_WRITE, appArmorFile(root), "exec " + text);
        };
    }

    /// Kernels before 5.8 have one file for all modules.
    private static String appArmorFile(Path root) {
        String own = "self/attr/apparmor/exec";
        return Files.exists(root.resolve("proc").resolve(own)) ? own : "self/attr/exec";
    }

    /// A module that has labels.
    public enum Module {
        APPARMOR("AppArmor", "sys/module/apparmor/parameters/enabled", "Y"),
        SELINUX("SELinux", "sys/fs/selinux/enforce", "");

        private final String title;
        private final String file;
        private final String start;

        /// @param file that is there, and starts so, where the kernel runs with the module
        Module(String title, String file, String start) {
            this.title = title;
            this.file = file;
            this.start = start;
        }

        public String title() {
            return title;
        }

        /// Whether the kernel of this host runs with it.
        public boolean isActive() {
            return isActive(ROOT);
        }

        boolean isActive(Path root) {
            try {
                return Files.readString(root.resolve(file), StandardCharsets.ISO_8859_1)
                        .startsWith(start);
            } catch (IOException missing) {
                return false;
            }
        }
    }
}
