package dev.kerr.runtime;

import dev.kerr.container.IsolationOp;
import dev.kerr.container.Op;
import dev.kerr.container.OpCode;
import dev.kerr.container.Plan;
import dev.kerr.container.RuntimeOp;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Compiles what is done with a container that was made: a further process in it, its start, its end.
public final class ExecPlanner {
    private ExecPlanner() {}

    /// A further process.
    ///
    /// @param process it
    /// @param filters of system calls
    /// @throws UserException if it cannot be
    public static Plan exec(
            ContainerRecord container,
            BundleConfig.Payload process,
            BundlePlanner.Asked asked,
            List<Op.Seccomp> filters,
            HostView.Caller caller)
            throws UserException {
        var identity = new BundleIdentity(container.readConfig(), caller);
        var ops = new ArrayList<Op>();
        ops.add(BundlePlanner.create(container.id(), "", asked, ContainerRecord.Texts.NONE, List.of()));
        var files = new ArrayList<String>();
        for (String group : container.groups()) {
            files.add(group + "/cgroup.procs");
        }
        if (!files.isEmpty()) {
            ops.add(new IsolationOp.JoinCgroups(files));
        }
        if (process.oomScoreAdjustment().isPresent()) {
            ops.add(RuntimeOp.of(
                    OpCode.PROC_WRITE,
                    "self/oom_score_adj",
                    Integer.toString(process.oomScoreAdjustment().getAsInt())));
        }
        var words = new ArrayList<>(List.of(
                container.id(),
                Long.toString(container.process().pid()),
                Long.toUnsignedString(container.process().startTime()),
                container.process().bootId()));
        for (var namespace : new TreeMap<>(container.namespaces()).entrySet()) {
            words.add(namespace.getKey() + "=" + Long.toUnsignedString(namespace.getValue()));
        }
        ops.add(new RuntimeOp(OpCode.ENTER_CONTAINER, words));
        ops.add(RuntimeOp.of(OpCode.PROCESS, ""));
        ops.addAll(ProcessPlanner.plan(process, asked, filters, identity.payload(process.user())));
        return new Plan(ops, List.of());
    }

    /// The start of one that waits for it.
    public static Plan start(ContainerRecord container, String directory) throws UserException {
        var ops = hooks(container, "poststart");
        ops.add(new RuntimeOp(OpCode.START, facts(container, directory)));
        return new Plan(ops, List.of());
    }

    /// Forgets one.
    ///
    /// @param isForced whether it is ended first
    public static Plan delete(ContainerRecord container, String directory, boolean isForced) throws UserException {
        var ops = hooks(container, "poststop");
        var first = new ArrayList<>(facts(container, directory));
        first.add(isForced ? "force" : "");
        ops.add(RuntimeOp.with(OpCode.DELETE, first, container.groups()));
        return new Plan(ops, List.of());
    }

    /// Forgets one that has no record: whoever made it was killed before there was a process.
    public static Plan deleteUnrecorded(String id, String directory) {
        return new Plan(List.of(RuntimeOp.of(OpCode.DELETE, directory, id, "0", "0", "", "{", "")), List.of());
    }

    private static ArrayList<Op> hooks(ContainerRecord container, String phase) throws UserException {
        var ops = new ArrayList<Op>();
        for (BundleConfig.Hook hook : container.readConfig().hooks()) {
            if (hook.phase().equals(phase)) {
                ops.add(BundlePlanner.hook(hook));
            }
        }
        return ops;
    }

    private static List<String> facts(ContainerRecord container, String directory) {
        return List.of(
                directory,
                container.id(),
                Long.toString(container.process().pid()),
                Long.toUnsignedString(container.process().startTime()),
                container.process().bootId(),
                container.stateForHooks());
    }
}
