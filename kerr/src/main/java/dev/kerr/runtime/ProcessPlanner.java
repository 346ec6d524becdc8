package dev.kerr.runtime;

import dev.kerr.container.Op;
import dev.kerr.container.OpCode;
import dev.kerr.container.RuntimeOp;
import dev.kerr.container.SecurityLabel;
import dev.kerr.runtime.BundleConfig.Rlimit;
import java.util.ArrayList;
import java.util.List;

/// The last part of a plan: what is a process's own, be it a container's first or a further one.
final class ProcessPlanner {
    private ProcessPlanner() {}

    /// A filter that only privilege can load comes before privilege goes; one that can be loaded without comes last, so
    /// that it need not allow what leads there.
    ///
    /// @param identity becomes its user
    static List<Op> plan(
            BundleConfig.Payload process, BundlePlanner.Asked asked, List<Op.Seccomp> filters, List<Op> identity) {
        var ops = new ArrayList<Op>();
        if (process.terminal() && !asked.consoleSocket().isEmpty()) {
            ops.add(RuntimeOp.of(
                    OpCode.CONSOLE,
                    Integer.toString(process.console().columns()),
                    Integer.toString(process.console().rows()),
                    Integer.toString(process.user().uid())));
        }
        if (process.user().umask().isPresent()) {
            ops.add(new Op.Umask(process.user().umask().getAsInt()));
        }
        ops.add(new Op.ChangeDirectory(List.of(process.directory())));
        for (Rlimit rlimit : process.rlimits()) {
            ops.add(RuntimeOp.of(
                    OpCode.RLIMIT,
                    Integer.toString(rlimit.number()),
                    Long.toUnsignedString(rlimit.soft()),
                    Long.toUnsignedString(rlimit.hard()),
                    rlimit.name()));
        }
        ops.add(new Op.Environment(OpCode.ENV_KEEP, List.of()));
        for (String variable : process.environment()) {
            int equals = variable.indexOf('=');
            ops.add(new Op.Environment(
                    OpCode.ENV_SET, List.of(variable.substring(0, equals), variable.substring(equals + 1))));
        }
        for (SecurityLabel label : process.labels()) {
            ops.add(label.op());
        }
        var rights = process.rights();
        if (!rights.noNewPrivileges()) {
            ops.addAll(filters);
        }
        ops.addAll(identity);
        ops.add(RuntimeOp.capabilities(
                rights.noNewPrivileges(),
                rights.bounding(),
                rights.permitted(),
                rights.effective(),
                rights.inheritable(),
                rights.ambient()));
        ops.add(RuntimeOp.of(
                OpCode.READY,
                Integer.toString(asked.keptFiles()),
                process.arguments().getFirst()));
        if (rights.noNewPrivileges()) {
            ops.addAll(filters);
        }
        ops.add(new Op.Exec(0, process.arguments()));
        return ops;
    }
}
