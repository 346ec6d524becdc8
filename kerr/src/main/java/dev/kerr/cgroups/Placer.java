package dev.kerr.cgroups;

import dev.kerr.cgroups.Hierarchy.Unified;
import dev.kerr.cgroups.Placement.Direct;
import dev.kerr.cgroups.Placement.Directory;
import dev.kerr.cgroups.Placement.Leaf;
import dev.kerr.cgroups.Placement.Scope;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Decides where limits are applied: a function of what was asked and what the host is. Never is a launch taken out of
/// a limit that it has: it goes below its group, or beside it where the caller could lift that group's limits as well.
/// Only systemd takes it elsewhere, and not out of a job of a batch system.
public final class Placer {
    private static final String NAME = "/kerr-";

    private final Limits limits;
    private final Hierarchy hierarchy;
    private final Caller caller;

    /// Who asks.
    ///
    /// @param isRoot whether it is the host's root
    /// @param processes of this launch, which are to be limited or will have ended by then
    /// @param systemd what can be asked for a group of its own
    public record Caller(boolean isRoot, Set<Long> processes, Systemd systemd) {
        public Caller {
            processes = Set.copyOf(processes);
        }
    }

    /// A systemd that makes groups.
    public sealed interface Systemd {
        /// There is none.
        ///
        /// @param reason why, for messages
        record None(String reason) implements Systemd {}

        record Manager(boolean ofUser) implements Systemd {}

        /// It has made the group that the launch is in now.
        record Asked() implements Systemd {}
    }

    private Placer(Limits limits, Hierarchy hierarchy, Caller caller) {
        this.limits = limits;
        this.hierarchy = hierarchy;
        this.caller = caller;
    }

    /// @throws UserException if a limit cannot be applied: which, why, and what to do
    public static Placement place(Limits limits, Hierarchy hierarchy, Caller caller) throws UserException {
        return new Placer(limits, hierarchy, caller).place();
    }

    private Placement place() throws UserException {
        var directories = new ArrayList<Directory>();
        var needed = new ArrayList<Controller>();
        for (Controller controller : limits.names().keySet()) {
            if (controller == Controller.CPUSET) {
                checkSets();
            }
            if (hierarchy.v1().containsKey(controller)) {
                add(directories, v1(controller));
            } else if (controller != Controller.DEVICES || !isHarmless()) {
                needed.add(controller);
            }
        }
        if (needed.isEmpty()) {
            return directories.isEmpty() ? Placement.NONE : new Direct(Optional.empty(), directories);
        }
        Placement v2 = v2(needed);
        if (v2 instanceof Direct direct) {
            directories.addAll(direct.directories());
            return new Direct(direct.leaf(), directories);
        }
        return v2;
    }

    /// Controllers of version 1 may share a hierarchy, and so a group.
    private static void add(List<Directory> directories, Directory directory) {
        for (int i = 0; i < directories.size(); i++) {
            Directory other = directories.get(i);
            if (other.prefix().equals(directory.prefix())) {
                var settings = new ArrayList<>(other.settings());
                settings.addAll(directory.settings());
                directories.set(i, new Directory(other.prefix(), settings));
                return;
            }
        }
        directories.add(directory);
    }

    /// Where nothing is forbidden, rules that allow change nothing.
    private boolean isHarmless() {
        for (Limits.Device device : limits.devices()) {
            if (!device.allow()) {
                return false;
            }
        }
        return true;
    }

    /// Version 2 would take processors that the group has not, and leave them out.
    private void checkSets() throws UserException {
        checkSet(limits.cpu().cpus(), hierarchy.cpus(), "processors");
        checkSet(limits.cpu().mems(), hierarchy.mems(), "memory nodes");
    }

    private void checkSet(String wanted, String allowed, String what) throws UserException {
        var these = NumberSet.parse(wanted);
        var those = NumberSet.parse(allowed);
        if (these.isPresent() && those.isPresent()) {
            String missing = NumberSet.missing(these.get(), those.get());
            if (!missing.isEmpty()) {
                throw new UserException(
                        limits.name(Controller.CPUSET) + " " + wanted + ": the caller itself may not use " + what + " "
                                + missing,
                        "it may use " + allowed);
            }
        }
    }

    private Directory v1(Controller controller) throws UserException {
        var group = hierarchy.v1().get(controller);
        for (String file : limits.unified().keySet()) {
            if (controller.hasFile(file)) {
                throw new UserException(
                        limits.name(controller) + ": " + file + " is a file of cgroup version 2, and " + controller.v1()
                                + " is of version 1 on this host",
                        "write [" + controller.v1() + "] in its place");
            }
        }
        if (group == null || !group.isWritable()) {
            throw new UserException(
                    limits.name(controller) + " cannot be applied: the caller may make no group in "
                            + (group == null ? "" : group.directory()),
                    controller.v1()
                            + " is of cgroup version 1 on this host, which is root's: boot with"
                            + " systemd.unified_cgroup_hierarchy=1, or let root give you that directory");
        }
        var inherited = new Limits.Cpu(
                limits.cpu().shares(),
                limits.cpu().quota(),
                limits.cpu().period(),
                limits.cpu().realtimeRuntime(),
                limits.cpu().realtimePeriod(),
                hierarchy.cpus(),
                hierarchy.mems());
        return new Directory(group.directory() + NAME, Settings.v1(limits, controller, inherited));
    }

    private Placement v2(List<Controller> needed) throws UserException {
        var names = new TreeSet<String>();
        boolean hasBfq = hierarchy.v2().isPresent() && hierarchy.v2().get().hasBfq();
        var settings = new ArrayList<Setting>();
        for (Controller controller : needed) {
            settings.addAll(Settings.v2(limits, controller, hasBfq));
            names.add(controller.v2());
        }
        String asked = limits.name(needed.getFirst());
        if (hierarchy.v2().isEmpty()) {
            throw new UserException(
                    asked + " cannot be applied: no control groups with " + String.join(", ", names) + " are mounted",
                    "mount -t cgroup2 cgroup2 /sys/fs/cgroup");
        }
        Unified here = hierarchy.v2().get();
        if (here.isRoot() && here.isDelegated() && here.available().containsAll(names)) {
            return new Direct(Optional.empty(), List.of(inRoot(here, names, settings)));
        }
        boolean isFull = here.available().containsAll(names);
        if (isFull && here.isDelegated() && caller.processes().containsAll(here.processes())) {
            var leaf = new Leaf(here.directory() + NAME + "outside-", List.copyOf(names));
            return new Direct(Optional.of(leaf), List.of(new Directory(here.directory() + NAME, settings)));
        }
        if (here.parent().isPresent() && isBesideAllowed(here, here.parent().get(), names)) {
            String above = here.parent().get().directory();
            return new Direct(Optional.empty(), List.of(new Directory(above + NAME, settings)));
        }
        if (hierarchy.job().isEmpty() && caller.systemd() instanceof Systemd.Manager manager) {
            return new Scope(manager.ofUser(), slice(here.path(), manager.ofUser()));
        }
        throw refusal(asked, here, names);
    }

    private static Directory inRoot(Unified root, Set<String> names, List<Setting> settings) {
        var all = new ArrayList<Setting>();
        for (String name : names) {
            if (!root.enabled().contains(name)) {
                all.add(new Setting("../cgroup.subtree_control", "+" + name));
            }
        }
        all.addAll(settings);
        return new Directory((root.directory() + NAME), all);
    }

    /// Whether a group may be made beside the present one: not by root, who may change all and so would leave any
    /// limit; not in what systemd manages.
    private boolean isBesideAllowed(Unified here, Hierarchy.Parent above, Set<String> names) {
        return !caller.isRoot()
                && here.ownLimits()
                && above.isDelegated()
                && above.enabled().containsAll(names)
                && !above.directory().endsWith(".slice")
                && !here.directory().endsWith(".service")
                && !here.directory().endsWith(".scope");
    }

    /// The innermost slice that the caller is in, of the manager that is asked.
    static String slice(String path, boolean ofUser) {
        String slice = ofUser ? "app.slice" : "system.slice";
        boolean isOfUser = false;
        for (String part : path.split("/")) {
            if (part.startsWith("user@") && part.endsWith(".service")) {
                isOfUser = true;
            } else if (part.endsWith(".slice") && isOfUser == ofUser) {
                slice = part;
            }
        }
        return slice;
    }

    private UserException refusal(String asked, Unified here, Set<String> names) {
        var lacking = new TreeSet<>(names);
        lacking.removeAll(here.available());
        String what = asked + " cannot be applied: ";
        if (hierarchy.job().isPresent()) {
            return new UserException(
                    what + "this is part of a batch job (" + hierarchy.job().get() + "), and in its group "
                            + here.directory() + " " + obstacle(here, lacking),
                    "ask the batch system for the limit, such as srun --mem or --cpus-per-task");
        }
        if (caller.systemd() instanceof Systemd.Asked && !lacking.isEmpty()) {
            return new UserException(
                    what + "systemd did not give the user the controllers " + String.join(" ", lacking),
                    "root: put [Service] and Delegate=cpu cpuset io memory pids into"
                            + " /etc/systemd/system/user@.service.d/delegate.conf, then systemctl daemon-reload");
        }
        String reason = caller.systemd() instanceof Systemd.None none ? ", and " + none.reason() : "";
        return new UserException(
                what + "in the caller's group " + here.directory() + " " + obstacle(here, lacking) + reason,
                "log in so that systemd runs for you, or start it in a group of its own that is yours");
    }

    private String obstacle(Unified here, Set<String> lacking) {
        if (!lacking.isEmpty()) {
            return "there is no " + String.join(", ", lacking);
        }
        if (!here.isDelegated()) {
            return "the caller may make none";
        }
        return "there are other processes, so that it may have no limited groups";
    }
}
