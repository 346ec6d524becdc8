package dev.kerr.cgroups;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where a process is in the host's control groups, and what its caller may do there.
///
/// @param v1 its group of each controller that has a hierarchy of version 1
/// @param v2 its group in the hierarchy of version 2; empty if that is not mounted
/// @param cpus the processors that the process may have, such as `0-3`; empty if nothing says
/// @param mems its memory nodes
/// @param job what says that it is part of a job of a batch system; empty if nothing does
///
/// **Source:** cgroups(7), proc_pid_cgroup(5), proc_pid_mountinfo(5).
public record Hierarchy(
        Map<Controller, Group> v1, Optional<Unified> v2, String cpus, String mems, Optional<String> job) {
    /// Parts of the paths that batch systems give their jobs.
    private static final List<String> BATCH_SYSTEMS =
            List.of("slurm", "pbs_jobs", "pbspro", "lsf", "htcondor", "sge", "torque");

    public Hierarchy {
        v1 = Collections.unmodifiableMap(new TreeMap<>(v1));
        Objects.requireNonNull(v2);
        Objects.requireNonNull(cpus);
        Objects.requireNonNull(mems);
        Objects.requireNonNull(job);
    }

    /// A group of version 1.
    ///
    /// @param directory absolute path on the host
    /// @param isWritable whether the caller may make groups in it
    public record Group(String directory, boolean isWritable) {}

    /// A group of version 2.
    ///
    /// @param path of the group as the kernel names it: `/` for the root of what is seen
    /// @param directory absolute path on the host
    /// @param isRoot whether it is the root of the hierarchy itself, which may hold processes and controllers
    /// @param isDelegated whether the caller may make groups in it, move processes within, and enable controllers
    /// @param ownLimits whether the caller may also change what limits this group itself
    /// @param available controllers that may be enabled in it
    /// @param enabled those that groups in it have
    /// @param processes those that are in it
    /// @param hasBfq whether groups have the weights of the BFQ scheduler for input and output
    /// @param parent the group above, if it is seen
    public record Unified(
            String path,
            String directory,
            boolean isRoot,
            boolean isDelegated,
            boolean ownLimits,
            Set<String> available,
            Set<String> enabled,
            List<Long> processes,
            boolean hasBfq,
            Optional<Parent> parent) {
        public Unified {
            available = Set.copyOf(available);
            enabled = Set.copyOf(enabled);
            processes = List.copyOf(processes);
        }
    }

    /// The group above one of version 2.
    public record Parent(String directory, boolean isDelegated, Set<String> available, Set<String> enabled) {
        public Parent {
            available = Set.copyOf(available);
            enabled = Set.copyOf(enabled);
        }
    }

    /// Of a process of this host.
    ///
    /// @param process its number, or `self`
    /// @param jobVariable a variable by which a batch system says that this is a job, if there is one
    public static Hierarchy of(String process, HostFiles host, Optional<String> jobVariable) {
        String groups = host.text("/proc/" + process + "/cgroup").orElse("");
        var mounts = mounts(host.text("/proc/self/mountinfo").orElse(""));
        var v1 = new TreeMap<Controller, Group>();
        Optional<Unified> v2 = Optional.empty();
        Optional<String> job = jobVariable;
        for (String line : groups.split("\n")) {
            int first = line.indexOf(':');
            int second = line.indexOf(':', first + 1);
            if (second < 0) {
                continue;
            }
            String path = line.substring(second + 1);
            if (isOfJob(path)) {
                job = Optional.of("the control group " + path);
            }
            String names = line.substring(first + 1, second);
            if (names.isEmpty()) {
                var at = directory(mounts, "", path);
                v2 = at.isPresent() ? Optional.of(unified(path, at.get(), host)) : Optional.empty();
            } else {
                for (String name : names.split(",")) {
                    addV1(v1, name, directory(mounts, name, path), host);
                }
            }
        }
        return new Hierarchy(v1, v2, allowed("cpus", v1, v2, host), allowed("mems", v1, v2, host), job);
    }

    /// Version 2 says more exactly what a group has; version 1 takes nothing that the group above was not given.
    private static String allowed(String what, Map<Controller, Group> v1, Optional<Unified> v2, HostFiles host) {
        Group group = v1.get(Controller.CPUSET);
        if (group != null) {
            return host.text(group.directory + "/cpuset." + what).orElse("").strip();
        }
        return v2.isEmpty()
                ? ""
                : host.text(v2.get().directory + "/cpuset." + what + ".effective")
                        .orElse("")
                        .strip();
    }

    /// The directories of a process's groups, by the names of controllers of version 1, and by the empty name for
    /// version
    /// 2. What no mount shows is left out.
    public static Map<String, String> places(String process, HostFiles host) {
        var mounts = mounts(host.text("/proc/self/mountinfo").orElse(""));
        var places = new TreeMap<String, String>();
        for (String line : host.text("/proc/" + process + "/cgroup").orElse("").split("\n")) {
            int first = line.indexOf(':');
            int second = line.indexOf(':', first + 1);
            if (second >= 0) {
                String path = line.substring(second + 1);
                for (String name : line.substring(first + 1, second).split(",")) {
                    var at = directory(mounts, name, path);
                    if (at.isPresent()) {
                        places.put(name, at.get());
                    }
                }
            }
        }
        return places;
    }

    /// The uppermost group of each hierarchy that is mounted, by names as [#places] has them.
    static Map<String, String> roots(HostFiles host) {
        var mounts = mounts(host.text("/proc/self/mountinfo").orElse(""));
        var roots = new TreeMap<String, String>();
        for (Mount mount : mounts) {
            for (String name : mount.controllers.isEmpty() ? List.of("") : mount.controllers) {
                if (mount.root.equals("/")) {
                    roots.putIfAbsent(name, mount.target);
                }
            }
        }
        return roots;
    }

    private static boolean isOfJob(String path) {
        for (String part : path.split("/")) {
            for (String system : BATCH_SYSTEMS) {
                boolean starts = part.startsWith(system);
                int end = system.length();
                if (starts
                        && (part.length() == end
                                || !Character.isLetter(part.charAt(end))
                                || part.startsWith("slurmstepd"))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void addV1(Map<Controller, Group> v1, String name, Optional<String> directory, HostFiles host) {
        for (Controller controller : Controller.values()) {
            if (!name.isEmpty() && controller.v1().equals(name) && directory.isPresent()) {
                v1.put(controller, new Group(directory.get(), host.isWritable(directory.get())));
            }
        }
    }

    private static Unified unified(String path, String directory, HostFiles host) {
        String above = directory.substring(0, directory.lastIndexOf('/'));
        boolean hasParent = !path.equals("/") && host.isThere(above + "/cgroup.controllers");
        var parent = hasParent
                ? Optional.of(new Parent(
                        above,
                        isDelegated(above, host),
                        words(above + "/cgroup.controllers", host),
                        words(above + "/cgroup.subtree_control", host)))
                : Optional.<Parent>empty();
        var processes = new ArrayList<Long>();
        for (String line : host.text(directory + "/cgroup.procs").orElse("").split("\n")) {
            if (!line.isEmpty()) {
                processes.add(Long.parseLong(line));
            }
        }
        return new Unified(
                path,
                directory,
                !host.isThere(directory + "/cgroup.events"),
                isDelegated(directory, host),
                host.isWritable(directory + "/cgroup.max.descendants"),
                words(directory + "/cgroup.controllers", host),
                words(directory + "/cgroup.subtree_control", host),
                processes,
                hasFile(directory, "io.bfq.weight", host),
                parent);
    }

    /// Whether groups have a file: the root of a hierarchy lacks some.
    private static boolean hasFile(String directory, String file, HostFiles host) {
        if (host.isThere(directory + "/" + file)) {
            return true;
        }
        for (String below : host.directories(directory)) {
            if (host.isThere(directory + "/" + below + "/" + file)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDelegated(String directory, HostFiles host) {
        return host.isWritable(directory)
                && host.isWritable(directory + "/cgroup.procs")
                && host.isWritable(directory + "/cgroup.subtree_control");
    }

    private static Set<String> words(String file, HostFiles host) {
        var words = new TreeSet<String>();
        for (String word : host.text(file).orElse("").strip().split(" ")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    /// A mounted hierarchy.
    ///
    /// @param controllers by which it is known; empty for version 2
    /// @param root the group that is at the mount point
    private record Mount(List<String> controllers, String root, String target) {}

    private static List<Mount> mounts(String mountinfo) {
        var mounts = new ArrayList<Mount>();
        for (String line : mountinfo.split("\n")) {
            String[] fields = line.split(" ");
            int dash = 6;
            while (dash < fields.length && !fields[dash].equals("-")) {
                dash++;
            }
            if (dash + 1 >= fields.length) {
                continue;
            }
            if (fields[dash + 1].equals("cgroup2")) {
                mounts.add(new Mount(List.of(), fields[3], fields[4]));
            } else if (fields[dash + 1].equals("cgroup") && dash + 3 < fields.length) {
                mounts.add(new Mount(List.of(fields[dash + 3].split(",")), fields[3], fields[4]));
            }
        }
        return mounts;
    }

    /// The directory of a group; empty if no mount shows it.
    private static Optional<String> directory(List<Mount> mounts, String controller, String path) {
        for (Mount mount : mounts) {
            boolean fits = controller.isEmpty() ? mount.controllers.isEmpty() : mount.controllers.contains(controller);
            if (!fits || path.startsWith("/..")) {
                continue;
            }
            if (mount.root.equals("/")) {
                return Optional.of(path.equals("/") ? mount.target : mount.target + path);
            }
            if (path.equals(mount.root)) {
                return Optional.of(mount.target);
            }
            if (path.startsWith(mount.root + "/")) {
                return Optional.of(mount.target + path.substring(mount.root.length()));
            }
        }
        return Optional.empty();
    }
}
