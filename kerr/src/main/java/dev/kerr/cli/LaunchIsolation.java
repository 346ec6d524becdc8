package dev.kerr.cli;

import dev.kerr.container.Isolation;
import dev.kerr.container.Isolation.Namespace;
import dev.kerr.container.Isolation.Processes;
import dev.kerr.container.Rights;
import dev.kerr.container.Security;
import dev.kerr.log.UserException;
import dev.kerr.network.Network;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a launch is kept apart from the host, from what was typed.
final class LaunchIsolation {
    /// The kernel's limit: __NEW_UTS_LEN, sethostname(2).
    private static final int HOSTNAME_BYTES_MAX = 64;

    private final Invocation invocation;
    private final Network network;
    private final LaunchLimits limits;

    LaunchIsolation(Invocation invocation, Network network, LaunchLimits limits) {
        this.invocation = invocation;
        this.network = network;
        this.limits = limits;
    }

    Isolation isolation(Rights rights, Security security) throws UserException, IOException {
        boolean masksProc = !invocation.items("security").contains("proc:unmasked");
        return Isolation.of(namespaces(), processes())
                .named(hostname())
                .hiding(masksProc, isApart())
                .with(rights, security)
                .on(network)
                .within(limits.groups());
    }

    private boolean isApart() {
        return invocation.flag("containall") || invocation.flag("compat");
    }

    private List<Namespace> namespaces() {
        var namespaces = new ArrayList<Namespace>();
        if (invocation.flag("ipc") || isApart()) {
            namespaces.add(Namespace.IPC);
        }
        boolean boots = invocation.flag("boot");
        if (invocation.flag("uts") || invocation.value("hostname").isPresent() || boots) {
            namespaces.add(Namespace.UTS);
        }
        if (boots || network.isNew()) {
            namespaces.add(Namespace.NET);
        }
        return namespaces;
    }

    private Processes processes() {
        if (InstanceStart.isOne(invocation)) {
            return Processes.OWN_WITHOUT_INIT; // its first process makes an init of its own
        }
        boolean own = (invocation.flag("pid") || isApart()) && !invocation.flag("no-pid");
        boolean withoutInit = invocation.flag("no-init") || invocation.flag("compat");
        if (!own) {
            return Processes.HOST;
        }
        return withoutInit ? Processes.OWN_WITHOUT_INIT : Processes.OWN;
    }

    private Optional<String> hostname() throws UserException {
        var name = invocation.value("hostname");
        if (name.isPresent() && !isHostname(name.get())) {
            throw new UserException(
                    "--hostname " + name.get() + " is no host name",
                    "it is 1 to " + HOSTNAME_BYTES_MAX + " letters, digits, dots and hyphens");
        }
        boolean isNamed = name.isPresent() || !invocation.flag("boot");
        return isNamed ? name : Optional.of(invocation.operands().get(1)).filter(LaunchIsolation::isHostname);
    }

    private static boolean isHostname(String name) {
        if (name.isEmpty() || name.length() > HOSTNAME_BYTES_MAX || name.startsWith("-") || name.startsWith(".")) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean fits = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.';
            if (!fits) {
                return false;
            }
        }
        return true;
    }
}
