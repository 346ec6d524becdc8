package dev.kerr.container;

import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.seccomp.Abi;
import dev.kerr.seccomp.TerminalFilter;
import java.util.ArrayList;
import java.util.List;

/// The filters of a payload's system calls, in the order in which they are loaded: the strictest last, for it may
/// forbid that another follows.
final class SyscallFilters {
    private SyscallFilters() {}

    static List<Op> of(ContainerSpec spec, Host host) {
        var ops = new ArrayList<Op>();
        var machine = Abi.ofMachine(host.architecture().goName());
        if (machine.isPresent() && spec.payload().action() != Action.STEP) {
            ops.add(new Op.Seccomp(TerminalFilter.text(machine.get())));
        }
        var syscalls = spec.isolation().security().syscalls();
        if (syscalls.isPresent()) {
            ops.add(new Op.Seccomp(syscalls.get().program(), syscalls.get().isLogged()));
        }
        return ops;
    }
}
