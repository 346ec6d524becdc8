package dev.kerr.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whether the kernel lets users without privilege have user namespaces.
///
/// **Source:** namespaces(7); Debian's and Ubuntu's kernels for the other two settings.
public final class UserNamespaces {
    private final Path sysctls;

    /// @param sysctls `/proc/sys`
    public UserNamespaces(Path sysctls) {
        this.sysctls = sysctls;
    }

    /// What forbids them for certain.
    public List<Lack> forbidden() {
        var lacks = new ArrayList<Lack>();
        if (value("user/max_user_namespaces").equals("0")) {
            lacks.add(new Lack(
                    "user namespaces are forbidden: user.max_user_namespaces is 0",
                    "root: sysctl -w user.max_user_namespaces=15000"));
        }
        if (value("kernel/unprivileged_userns_clone").equals("0")) {
            lacks.add(new Lack(
                    "user namespaces are forbidden to users: kernel.unprivileged_userns_clone is 0",
                    "root: sysctl -w kernel.unprivileged_userns_clone=1"));
        }
        return lacks;
    }

    /// What forbids them unless something else allows it.
    public List<Lack> restricted() {
        var lacks = new ArrayList<Lack>();
        if (value("kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
            lacks.add(new Lack(
                    "AppArmor leaves user namespaces without rights: kernel.apparmor_restrict_unprivileged_userns is 1",
                    "an AppArmor profile that has `userns,` for the program kerr; or, root:"
                            + " sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"));
        }
        return lacks;
    }

    private String value(String name) {
        try {
            return Files.readString(sysctls.resolve(name)).strip();
        } catch (IOException absent) {
            return "";
        }
    }
}
