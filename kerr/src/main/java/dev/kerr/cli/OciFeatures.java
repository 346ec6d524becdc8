package dev.kerr.cli;

import dev.kerr.container.SecurityLabel.Module;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.linux.Capability;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// What of the runtime specification there is, for those who ask before they call.
///
/// **Source:** the runtime specification, `features.md`.
final class OciFeatures {
    static final String NEWEST = "1.2.0";

    private OciFeatures() {}

    static JsonObject json() {
        var capabilities = new ArrayList<String>();
        for (Capability capability : Capability.values()) {
            capabilities.add(capability.text());
        }
        var linux = object().with(
                        "namespaces", Json.Array.of(List.of("cgroup", "ipc", "mount", "network", "pid", "user", "uts")))
                .with("capabilities", Json.Array.of(capabilities))
                .with(
                        "cgroup",
                        object().with("v1", truth(true))
                                .with("v2", truth(true))
                                .with("systemd", truth(false))
                                .with("systemdUser", truth(false)))
                .with("seccomp", object().with("enabled", truth(true)))
                .with("apparmor", object().with("enabled", truth(Module.APPARMOR.isActive())))
                .with("selinux", object().with("enabled", truth(Module.SELINUX.isActive())))
                .with("intelRdt", object().with("enabled", truth(false)));
        return object().with("ociVersionMin", new Json.Text("1.0.0"))
                .with("ociVersionMax", new Json.Text(NEWEST))
                .with(
                        "hooks",
                        Json.Array.of(List.of(
                                "prestart",
                                "createRuntime",
                                "createContainer",
                                "startContainer",
                                "poststart",
                                "poststop")))
                .with(
                        "mountOptions",
                        Json.Array.of(List.of(
                                "bind",
                                "rbind",
                                "ro",
                                "rw",
                                "nosuid",
                                "nodev",
                                "noexec",
                                "noatime",
                                "nodiratime",
                                "strictatime",
                                "relatime",
                                "nosymfollow",
                                "private",
                                "rprivate",
                                "slave",
                                "rslave")))
                .with("linux", linux);
    }

    private static JsonObject object() {
        return new JsonObject(new LinkedHashMap<>());
    }

    private static Json.Truth truth(boolean value) {
        return new Json.Truth(value);
    }
}
