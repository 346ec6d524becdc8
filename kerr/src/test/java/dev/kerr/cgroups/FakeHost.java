package dev.kerr.cgroups;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A host of files that a test names.
final class FakeHost implements HostFiles {
    private final Map<String, String> files = new HashMap<>();
    private final Set<String> writable = new HashSet<>();
    private final Map<String, BlockDevice> devices = new HashMap<>();

    FakeHost file(String path, String text) {
        files.put(path, text);
        return this;
    }

    FakeHost writable(String... paths) {
        writable.addAll(List.of(paths));
        return this;
    }

    FakeHost device(String path, long major, long minor) {
        devices.put(path, new BlockDevice(major, minor));
        return this;
    }

    /// A host of so many processors and two memory nodes.
    static FakeHost ofProcessors(int processors) {
        return new FakeHost()
                .file("/sys/devices/system/cpu/online", "0-" + (processors - 1) + "\n")
                .file("/sys/devices/system/node/online", "0-1\n");
    }

    /// Controllers of version 1 on separate hierarchies, as on older hosts, and version 2 without any.
    ///
    /// @param groups the group of each controller, by its name
    static FakeHost v1(Map<String, String> groups) {
        var host = ofProcessors(4);
        var cgroup = new StringBuilder();
        var mounts = new StringBuilder("23 1 8:1 / / rw - ext4 /dev/root rw\n");
        int number = 9;
        for (var group : groups.entrySet()) {
            cgroup.append(number--)
                    .append(':')
                    .append(group.getKey())
                    .append(':')
                    .append(group.getValue())
                    .append('\n');
            mounts.append("32 31 0:29 / /sys/fs/cgroup/")
                    .append(group.getKey())
                    .append(" rw,relatime shared:9 - cgroup cgroup rw,")
                    .append(group.getKey())
                    .append('\n');
        }
        cgroup.append("0::/\n");
        mounts.append("41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n");
        return host.file("/proc/self/cgroup", cgroup.toString())
                .file("/proc/self/mountinfo", mounts.toString())
                .file("/sys/fs/cgroup/unified/cgroup.controllers", "hugetlb\n");
    }

    /// Version 2 alone, at a group that has these controllers to give.
    static FakeHost v2(String group, String controllers) {
        String at = "/sys/fs/cgroup" + group;
        String above = at.substring(0, at.lastIndexOf('/'));
        return ofProcessors(4)
                .file("/proc/self/cgroup", "0::" + group + "\n")
                .file(
                        "/proc/self/mountinfo",
                        "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n")
                .file(at + "/cgroup.controllers", controllers + "\n")
                .file(at + "/cgroup.subtree_control", "\n")
                .file(at + "/cgroup.events", "populated 1\nfrozen 0\n")
                .file(at + "/cgroup.procs", "700\n701\n")
                .file(above + "/cgroup.controllers", controllers + "\n")
                .file(above + "/cgroup.subtree_control", controllers + "\n");
    }

    /// The caller may do all with a group but change its limits, as where it was delegated to.
    FakeHost delegated(String directory) {
        return writable(directory, directory + "/cgroup.procs", directory + "/cgroup.subtree_control");
    }

    @Override
    public Optional<String> text(String path) {
        return Optional.ofNullable(files.get(path));
    }

    @Override
    public boolean isThere(String path) {
        return files.containsKey(path);
    }

    @Override
    public boolean isWritable(String path) {
        return writable.contains(path);
    }

    @Override
    public List<String> directories(String path) {
        var names = new TreeSet<String>();
        for (String file : files.keySet()) {
            if (file.startsWith(path + "/")) {
                String rest = file.substring(path.length() + 1);
                if (rest.indexOf('/') > 0) {
                    names.add(rest.substring(0, rest.indexOf('/')));
                }
            }
        }
        return List.copyOf(names);
    }

    @Override
    public Optional<BlockDevice> blockDevice(String path) {
        return Optional.ofNullable(devices.get(path));
    }
}
