package dev.kerr.gpu;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a device asks for: `containerEdits`.
///
/// @param environment variables
/// @param owned whether a node is to have an owner or mode of its own
/// @param groups `additionalGids`, which older files spell `additionalGIDs`
///
/// Source: CDI 0.8.0, "Container edits".
record CdiEdits(
        Map<String, String> environment,
        List<Node> nodes,
        List<Mount> mounts,
        List<Hook> hooks,
        boolean owned,
        List<String> groups) {
    private static final List<String> KNOWN = List.of(
            "env", "deviceNodes", "mounts", "hooks", "additionalGids", "additionalGIDs", "intelRdt", "netDevices");

    CdiEdits {
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        nodes = List.copyOf(nodes);
        mounts = List.copyOf(mounts);
        hooks = List.copyOf(hooks);
        groups = List.copyOf(groups);
    }

    /// @param permissions for the device cgroup: letters of `rwm`; empty means all
    record Node(String path, String hostPath, String permissions) {}

    record Mount(String hostPath, String containerPath, List<String> options) {
        Mount {
            options = List.copyOf(options);
        }
    }

    /// @param name when it is run: `createContainer`
    record Hook(String name, String path, List<String> arguments) {
        Hook {
            arguments = List.copyOf(arguments);
        }
    }

    /// @throws UserException if a field is missing, unknown or not what it should be
    static CdiEdits of(CdiObject edits) throws UserException {
        edits.allow(KNOWN);
        for (String refused : List.of("intelRdt", "netDevices")) {
            if (edits.has(refused)) {
                throw edits.fault(refused, "is not supported: a container has neither its own caches nor this network");
            }
        }
        var environment = new LinkedHashMap<String, String>();
        for (String variable : edits.texts("env")) {
            int equals = variable.indexOf('=');
            if (equals < 1 || variable.indexOf('\0') >= 0) {
                throw edits.fault("env", "has '" + variable + "', which is not NAME=VALUE");
            }
            environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        boolean owned = false;
        var nodes = new ArrayList<Node>();
        for (CdiObject node : edits.objects("deviceNodes")) {
            nodes.add(node(node));
            owned |= node.has("uid") || node.has("gid") || node.has("fileMode");
        }
        var mounts = new ArrayList<Mount>();
        for (CdiObject mount : edits.objects("mounts")) {
            mounts.add(mount(mount));
        }
        var hooks = new ArrayList<Hook>();
        for (CdiObject hook : edits.objects("hooks")) {
            hook.allow(List.of("hookName", "path", "args", "env", "timeout"));
            hooks.add(new Hook(hook.required("hookName"), hook.required("path"), hook.texts("args")));
        }
        var groups = new ArrayList<>(edits.texts("additionalGids"));
        groups.addAll(edits.texts("additionalGIDs"));
        return new CdiEdits(environment, nodes, mounts, hooks, owned, groups);
    }

    private static Node node(CdiObject node) throws UserException {
        node.allow(List.of("path", "hostPath", "type", "major", "minor", "fileMode", "permissions", "uid", "gid"));
        String path = path(node, "path");
        String hostPath = node.has("hostPath") ? path(node, "hostPath") : path;
        if (!List.of("", "b", "c", "u", "p").contains(node.text("type"))) {
            throw node.fault("type", "is '" + node.text("type") + "', which is none of b, c, u and p");
        }
        String permissions = node.text("permissions");
        for (int i = 0; i < permissions.length(); i++) {
            if ("rwm".indexOf(permissions.charAt(i)) < 0) {
                throw node.fault("permissions", "is '" + permissions + "', which is not made of r, w and m");
            }
        }
        return new Node(path, hostPath, permissions);
    }

    private static Mount mount(CdiObject mount) throws UserException {
        mount.allow(List.of("hostPath", "containerPath", "options", "type"));
        if (!List.of("", "bind", "none").contains(mount.text("type"))) {
            throw mount.fault("type", "is '" + mount.text("type") + "': only bind mounts are supported");
        }
        return new Mount(path(mount, "hostPath"), path(mount, "containerPath"), mount.texts("options"));
    }

    private static String path(CdiObject object, String name) throws UserException {
        String path = object.required(name);
        if (!isPlainPath(path)) {
            throw object.fault(name, "is '" + path + "', which is not an absolute path without '..'");
        }
        return path;
    }

    /// Whether a path is absolute and does not climb.
    static boolean isPlainPath(String path) {
        return path.startsWith("/") && !(path + "/").contains("/../") && path.indexOf('\0') < 0;
    }
}
