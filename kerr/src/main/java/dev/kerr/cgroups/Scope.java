package dev.kerr.cgroups;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A group that systemd makes for a running process, and removes with the last process in it.
///
/// **Source:** org.freedesktop.systemd1(5), StartTransientUnit; systemd.scope(5); busctl(1).
public final class Scope {
    private static final int SECONDS_MOST = 10;
    private static final int POLL_MILLIS = 5;

    private final String busctl;
    private final HostFiles host;

    /// @param busctl the program
    public Scope(String busctl, HostFiles host) {
        this.busctl = busctl;
        this.host = host;
    }

    /// Has a process put into a scope, and waits until it is there.
    ///
    /// @throws UserException if systemd refuses, or has not done it in ten seconds
    public void start(long process, Placement.Scope scope) throws UserException, IOException {
        String unit = "kerr-" + process + ".scope";
        var program = new ProcessBuilder(command(process, unit, scope)).redirectErrorStream(true);
        Process call = program.start();
        call.getOutputStream().close();
        String said = new String(call.getInputStream().readNBytes(4096), StandardCharsets.UTF_8).strip();
        try {
            if (!call.waitFor(SECONDS_MOST, TimeUnit.SECONDS) || call.exitValue() != 0) {
                call.destroyForcibly();
                throw new UserException("systemd made no group for the limits: " + lastLine(said), remedy(scope));
            }
            await(process, unit, scope);
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    List<String> command(long process, String unit, Placement.Scope scope) {
        var words = new ArrayList<>(List.of(
                busctl,
                scope.ofUser() ? "--user" : "--system",
                "--timeout=" + SECONDS_MOST,
                "call",
                "org.freedesktop.systemd1",
                "/org/freedesktop/systemd1",
                "org.freedesktop.systemd1.Manager",
                "StartTransientUnit",
                "ssa(sv)a(sa(sv))",
                unit,
                "fail"));
        words.addAll(List.of("5", "PIDs", "au", "1", Long.toString(process)));
        words.addAll(List.of("Delegate", "b", "true"));
        words.addAll(List.of("Slice", "s", scope.slice()));
        words.addAll(List.of("Description", "s", "A container of kerr that is limited"));
        words.addAll(List.of("CollectMode", "s", "inactive-or-failed"));
        words.add("0");
        return words;
    }

    private void await(long process, String unit, Placement.Scope scope) throws UserException, InterruptedException {
        for (int millis = 0; millis < SECONDS_MOST * 1000; millis += POLL_MILLIS) {
            for (String line :
                    host.text("/proc/" + process + "/cgroup").orElse("").split("\n")) {
                if (line.startsWith("0::") && line.endsWith("/" + unit)) {
                    return;
                }
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        throw new UserException(
                "systemd did not move this launch into " + unit + " in " + SECONDS_MOST + " s", remedy(scope));
    }

    private static String remedy(Placement.Scope scope) {
        return scope.ofUser() ? "does `systemctl --user status` work?" : "does `systemctl status` work?";
    }

    private static String lastLine(String text) {
        return text.substring(text.lastIndexOf('\n') + 1);
    }
}
