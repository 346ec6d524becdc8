package dev.kerr.runtime;

import dev.kerr.cgroups.Limits;
import dev.kerr.json.JsonObject;
import dev.kerr.log.UserException;
import dev.kerr.runtime.BundleConfig.Device;
import dev.kerr.runtime.BundleConfig.IdMapping;
import dev.kerr.runtime.BundleConfig.Linux;
import dev.kerr.runtime.BundleConfig.Namespace;
import dev.kerr.runtime.BundleConfig.Paths;
import dev.kerr.runtime.BundleConfig.Propagation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads the `linux` of a `config.json`.
final class LinuxReader {
    private static final List<String> KINDS = List.of("pid", "network", "mount", "ipc", "uts", "user", "cgroup");
    private static final long IDS = 1L << 32;
    private static final int RANGES_MAX = 340;
    private static final int PER_LINUX32 = 8;

    private final ConfigNode linux;

    LinuxReader(ConfigNode linux) {
        this.linux = linux;
    }

    Linux read() throws UserException {
        linux.refuse("Kerr sets no labels", "mountLabel");
        linux.refuse("Kerr has no part in Intel's resource director", "intelRdt");
        linux.refuse("Kerr makes no time namespace", "timeOffsets");
        linux.refuse("Kerr moves no network devices: name a network namespace that has them", "netDevices");
        linux.refuse("Kerr sets no memory policy", "memoryPolicy");
        var resources = linux.child("resources");
        return new Linux(
                namespaces(),
                mappings("uidMappings"),
                mappings("gidMappings"),
                devices(),
                cgroupsPath(),
                resources.isPresent() ? new ResourcesReader(resources.get()).read() : Limits.NONE,
                seccomp(),
                new Paths(paths("maskedPaths"), paths("readonlyPaths")),
                propagation(),
                sysctls(),
                personality());
    }

    private List<Namespace> namespaces() throws UserException {
        var namespaces = new ArrayList<Namespace>();
        var seen = new HashSet<String>();
        for (ConfigNode namespace : linux.children("namespaces")) {
            String kind = namespace.needText("type");
            if (!KINDS.contains(kind)) {
                throw namespace.wrong(
                        "type", kind + " is not supported", "Kerr makes those of " + String.join(", ", KINDS));
            }
            if (!seen.add(kind)) {
                throw namespace.wrong("type", kind + " is there twice");
            }
            String path = namespace.textOrEmpty("path");
            if (!path.isEmpty() && !path.startsWith("/")) {
                throw namespace.wrong("path", path + " is not absolute");
            }
            if (!path.isEmpty() && kind.equals("mount")) {
                throw namespace.wrong("path", "is not supported: a container has mounts of its own");
            }
            namespaces.add(new Namespace(kind, path));
        }
        if (!seen.contains("mount")) {
            throw linux.wrong("namespaces", "has no mount namespace: without one the host's mounts would be changed");
        }
        return namespaces;
    }

    private List<IdMapping> mappings(String name) throws UserException {
        var mappings = new ArrayList<IdMapping>();
        for (ConfigNode mapping : linux.children(name)) {
            mappings.add(new IdMapping(
                    mapping.needNumber("containerID", 0, IDS - 1),
                    mapping.needNumber("hostID", 0, IDS - 1),
                    mapping.needNumber("size", 1, IDS - 1)));
        }
        if (mappings.size() > RANGES_MAX) {
            throw linux.wrong(name, "has more than " + RANGES_MAX + " ranges");
        }
        return mappings;
    }

    private List<Device> devices() throws UserException {
        var devices = new ArrayList<Device>();
        for (ConfigNode device : linux.children("devices")) {
            String path = device.needText("path");
            String type = device.needText("type");
            if (!path.startsWith("/") || List.of(path.split("/")).contains("..")) {
                throw device.wrong("path", path + " is no absolute path");
            }
            if (!List.of("c", "u", "b").contains(type)) {
                throw device.wrong("type", type + " is not supported: devices are of type c, u or b");
            }
            String place = String.valueOf(device.wrong("path", "").getMessage());
            devices.add(new Device(
                    place.replace(".path ", ""),
                    path,
                    type.equals("u") ? "c" : type,
                    device.needNumber("major", 0, IDS),
                    device.needNumber("minor", 0, IDS)));
        }
        return devices;
    }

    private String cgroupsPath() throws UserException {
        String path = linux.textOrEmpty("cgroupsPath");
        if (List.of(path.split("/")).contains("..")) {
            throw linux.wrong("cgroupsPath", path + " leads upwards by ..");
        }
        if (path.indexOf(':') >= 0 && !path.startsWith("/")) {
            throw linux.wrong(
                    "cgroupsPath",
                    path + " is not supported: it names a unit of systemd",
                    "have the caller manage control groups by itself: podman --cgroup-manager=cgroupfs");
        }
        return path;
    }

    private Optional<JsonObject> seccomp() throws UserException {
        return linux.child("seccomp").map(ConfigNode::object);
    }

    private List<String> paths(String name) throws UserException {
        List<String> paths = linux.texts(name);
        for (String path : paths) {
            if (!path.startsWith("/")) {
                throw linux.wrong(name, "has " + path + ", which is not absolute");
            }
        }
        return paths;
    }

    private Propagation propagation() throws UserException {
        String word = linux.textOrEmpty("rootfsPropagation");
        return switch (word) {
            case "", "private", "rprivate" -> Propagation.PRIVATE;
            case "slave", "rslave" -> Propagation.SLAVE;
            default ->
                throw linux.wrong("rootfsPropagation", word + " is not supported: what a container mounts stays in it");
        };
    }

    /// Those that are a namespace's own; others would change the host.
    private Map<String, String> sysctls() throws UserException {
        Map<String, String> sysctls = linux.textMap("sysctl");
        for (String name : sysctls.keySet()) {
            Optional<String> kind = SysctlNames.namespaceOf(name);
            if (kind.isEmpty() || name.indexOf('/') >= 0 || name.contains("..")) {
                throw linux.wrong("sysctl", "has " + name + ", which is the host's, not a container's");
            }
            boolean isOwn = false;
            for (Namespace namespace : namespaces()) {
                isOwn |= namespace.kind().equals(kind.get());
            }
            if (!isOwn) {
                throw linux.wrong("sysctl", "has " + name + ", which needs a " + kind.get() + " namespace");
            }
        }
        return sysctls;
    }

    private OptionalInt personality() throws UserException {
        var personality = linux.child("personality");
        if (personality.isEmpty()) {
            return OptionalInt.empty();
        }
        personality.get().refuse("only the domain can be set", "flags");
        String domain = personality.get().needText("domain");
        return switch (domain) {
            case "LINUX" -> OptionalInt.of(0);
            case "LINUX32" -> OptionalInt.of(PER_LINUX32);
            default -> throw personality.get().wrong("domain", domain + " is neither LINUX nor LINUX32");
        };
    }
}
