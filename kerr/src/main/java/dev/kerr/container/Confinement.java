package dev.kerr.container;

import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.seccomp.Abi;
import dev.kerr.seccomp.TerminalFilter;
import java.util.ArrayList;
import java.util.List;

/// What the kernel restricts a payload by: first the labels of its modules, then the filters of its system calls, the
/// strictest last, for it may forbid that another follows.
final class Confinement {
    private Confinement() {}

    static List<Op> of(ContainerSpec spec, Host host) {
        var ops = new ArrayList<Op>();
        for (SecurityLabel label : spec.isolation().security().labels()) {
            ops.add(label.op());
        }
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
