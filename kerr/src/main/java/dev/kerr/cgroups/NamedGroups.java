package dev.kerr.cgroups;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Control groups of a name that the caller chose, which stay until they are removed: those of containers that another
/// program manages.
///
/// An absolute name counts from the root of each hierarchy; another one from the caller's own group, so that no limit
/// of
/// it is left. Of version 1 there is a group for each controller that something is asked of, and one to freeze; of
/// version 2 one.
public final class NamedGroups {
    private static final String FREEZER = "freezer";

    private final Limits limits;
    private final String name;
    private final HostFiles host;

    private NamedGroups(Limits limits, String name, HostFiles host) {
        this.limits = limits;
        this.name = name;
        this.host = host;
    }

    /// A group.
    ///
    /// @param directory absolute path on the host
    public record Group(String directory, List<Setting> settings) {
        public Group {
            settings = List.copyOf(settings);
        }
    }

    /// Places them; none if the caller may make none and nothing is limited.
    ///
    /// @throws UserException if a limit cannot be applied
    public static List<Group> place(Limits limits, String name, HostFiles host) throws UserException {
        return new NamedGroups(limits, name, host).place();
    }

    /// What is to be written to groups that are there already.
    ///
    /// @param directories of the groups
    public static List<Group> update(Limits limits, List<String> directories, HostFiles host) throws UserException {
        var groups = new ArrayList<Group>();
        for (Controller controller : limits.names().keySet()) {
            var found = directories.stream()
                    .filter(directory -> isOf(directory, controller, host))
                    .findFirst()
                    .orElseThrow(() -> new UserException(
                            limits.name(controller) + " cannot be changed: the container has no control group for it",
                            "a limit of that kind in its config.json gives it one"));
            boolean isV2 = host.isThere(found + "/cgroup.controllers");
            groups.add(new Group(
                    found,
                    isV2
                            ? Settings.v2(limits, controller, host.isThere(found + "/io.bfq.weight"))
                            : Settings.v1(limits, controller, limits.cpu())));
        }
        return groups;
    }

    private static boolean isOf(String directory, Controller controller, HostFiles host) {
        String listed = host.text(directory + "/cgroup.controllers").orElse("");
        if (!controller.v2().isEmpty() && List.of(listed.strip().split(" ")).contains(controller.v2())) {
            return true;
        }
        for (var root : Hierarchy.roots(host).entrySet()) {
            if (root.getKey().equals(controller.v1()) && directory.startsWith(root.getValue() + "/")) {
                return true;
            }
        }
        return false;
    }

    private List<Group> place() throws UserException {
        Map<String, String> bases = name.startsWith("/") ? Hierarchy.roots(host) : Hierarchy.places("self", host);
        var groups = new LinkedHashMap<String, Group>();
        var unified = new ArrayList<Controller>();
        for (Controller controller : limits.names().keySet()) {
            String base = bases.get(controller.v1());
            if (base == null || controller.v1().isEmpty()) {
                unified.add(controller);
            } else {
                add(groups, base, Settings.v1(limits, controller, inherited(base)), limits.name(controller));
            }
        }
        String freezer = bases.get(FREEZER);
        if (freezer != null) {
            add(groups, freezer, List.of(), "");
        }
        String root = bases.get("");
        if (!unified.isEmpty() || freezer == null && root != null) {
            addUnified(groups, unified, root == null ? "" : root);
        }
        return List.copyOf(groups.values());
    }

    /// A new group of version 1 has no processors and no memory nodes before it is given some.
    private Limits.Cpu inherited(String base) {
        var cpu = limits.cpu();
        return new Limits.Cpu(
                cpu.shares(),
                cpu.quota(),
                cpu.period(),
                cpu.realtimeRuntime(),
                cpu.realtimePeriod(),
                host.text(base + "/cpuset.cpus").orElse("").strip(),
                host.text(base + "/cpuset.mems").orElse("").strip());
    }

    /// @param asked how something was asked for; empty if nothing was, and it may be left
    private void add(Map<String, Group> groups, String base, List<Setting> settings, String asked)
            throws UserException {
        String directory = directory(base);
        if (!isWritable(directory)) {
            if (!asked.isEmpty()) {
                throw new UserException(
                        "config.json: " + asked + " is not supported: you may make no control group " + directory,
                        "leave it out, or have root give you a group");
            }
            return;
        }
        var all = new ArrayList<Setting>();
        var present = groups.get(directory);
        if (present != null) {
            all.addAll(present.settings());
        }
        all.addAll(settings);
        groups.put(directory, new Group(directory, all));
    }

    private void addUnified(Map<String, Group> groups, List<Controller> controllers, String root) throws UserException {
        String asked = controllers.isEmpty() ? "" : limits.name(controllers.getFirst());
        if (root.isEmpty()) {
            throw new UserException(
                    "config.json: " + asked + " is not supported: no control groups for it are mounted");
        }
        var settings = new ArrayList<Setting>();
        if (!controllers.isEmpty()) {
            if (!name.startsWith("/")) {
                throw new UserException(
                        "config.json: " + asked + " is not supported without an absolute linux.cgroupsPath",
                        "a group of version 2 that holds processes gives the groups in it no controllers");
            }
            settings.addAll(enable(controllers));
            for (Controller controller : controllers) {
                settings.addAll(Settings.v2(limits, controller, host.isThere(root + "/io.bfq.weight")));
            }
        }
        add(groups, root, settings, asked);
    }

    /// Each group above gives its controllers to those in it, the uppermost first.
    private List<Setting> enable(List<Controller> controllers) {
        var words = new TreeSet<String>();
        for (Controller controller : controllers) {
            words.add("+" + controller.v2());
        }
        var settings = new ArrayList<Setting>();
        int depth = (int) name.chars().filter(c -> c == '/').count();
        for (int up = depth; up > 0; up--) {
            settings.add(new Setting("../".repeat(up) + "cgroup.subtree_control", String.join(" ", words)));
        }
        return settings;
    }

    private String directory(String base) {
        String plain = base.equals("/") ? "" : base;
        return plain + (name.startsWith("/") ? name : "/" + name);
    }

    private boolean isWritable(String directory) {
        String above = directory;
        while (above.lastIndexOf('/') > 0 && !host.isThere(above)) {
            above = above.substring(0, above.lastIndexOf('/'));
        }
        return host.isWritable(above);
    }
}
