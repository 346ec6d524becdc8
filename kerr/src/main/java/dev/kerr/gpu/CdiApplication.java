package dev.kerr.gpu;

import dev.kerr.log.UserException;
import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Turns what devices ask for into what a launch does.
final class CdiApplication {
    /// Every bind of ours is like that, whether it is said or not.
    private static final List<String> ALWAYS =
            List.of("ro", "rw", "bind", "rbind", "nosuid", "nodev", "private", "rprivate", "slave", "rslave");

    private final HostTree tree;
    private final Findings findings;

    CdiApplication(HostTree tree, Findings findings) {
        this.tree = Objects.requireNonNull(tree);
        this.findings = Objects.requireNonNull(findings);
    }

    /// @param file that asks, for messages
    /// @throws UserException if something of it cannot be done
    void apply(CdiEdits edits, String file) throws UserException {
        for (Map.Entry<String, String> variable : edits.environment().entrySet()) {
            findings.variable(variable.getKey(), variable.getValue());
        }
        for (CdiEdits.Node node : edits.nodes()) {
            node(node, file);
        }
        for (CdiEdits.Mount mount : edits.mounts()) {
            mount(mount, file);
        }
        for (CdiEdits.Hook hook : edits.hooks()) {
            new CdiHook(findings, file).apply(hook);
        }
        if (edits.owned()) {
            findings.warning(
                    file + ": the container's device nodes have the owner and mode that they have on the host");
        }
        if (!edits.groups().isEmpty()) {
            findings.warning(file + ": the groups " + String.join(", ", edits.groups())
                    + " are not added: a container has the groups of its caller");
        }
    }

    private void node(CdiEdits.Node node, String file) throws UserException {
        File host = tree.file(node.hostPath());
        if (!host.exists()) {
            throw new UserException(
                    file + ": the device node " + node.hostPath() + " is not there",
                    "load the driver, or describe the devices anew");
        }
        if (!node.permissions().isEmpty()
                && !(node.permissions().contains("r") && node.permissions().contains("w"))) {
            findings.warning(file + ": the permissions " + node.permissions() + " of " + node.path()
                    + " are not enforced: its mode on the host holds");
        }
        findings.device(node.hostPath(), node.path());
    }

    private void mount(CdiEdits.Mount mount, String file) throws UserException {
        File host = tree.file(mount.hostPath());
        if (!host.exists()) {
            throw new UserException(
                    file + ": cannot bind " + mount.hostPath() + ": no such file or directory",
                    "describe the devices anew: the driver may have changed");
        }
        for (String option : mount.options()) {
            if (option.equals("noexec")) {
                boolean socket = !host.isDirectory() && !host.isFile();
                if (!socket) {
                    findings.warning(file + ": noexec of " + mount.containerPath() + " is not enforced");
                }
            } else if (!ALWAYS.contains(option)) {
                throw new UserException(
                        file + ": the option '" + option + "' of the mount " + mount.containerPath()
                                + " is not supported",
                        "supported are " + String.join(", ", ALWAYS) + ", noexec");
            }
        }
        boolean readOnly = mount.options().lastIndexOf("ro") > mount.options().lastIndexOf("rw");
        findings.file(new GpuMounts.File(mount.hostPath(), mount.containerPath(), readOnly, true));
    }
}
