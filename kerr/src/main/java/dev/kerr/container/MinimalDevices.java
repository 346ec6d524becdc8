package dev.kerr.container;

import dev.kerr.container.MountPoints.Mount;
import dev.kerr.container.MountPoints.Need;
import dev.kerr.log.UserException;
import java.util.List;

/// A `/dev` of a payload's own: the devices that harm nobody, terminals and shared memory that nobody else has.
///
/// **Source:** the `minimal` value of the directive `mount dev` of apptainer.conf.
final class MinimalDevices {
    /// Session path.
    private static final String DEVICES = "/devices";

    private static final List<String> HARMLESS = List.of("null", "zero", "full", "random", "urandom", "tty");

    private MinimalDevices() {}

    /// @param terminals whether the payload has terminals of its own: the directive `mount devpts`
    /// @param messages whether it has an IPC namespace of its own, and so message queues
    static void add(MountPoints points, Host host, boolean terminals, boolean messages) throws UserException {
        var session = points.session();
        session.directory(DEVICES, 0755);
        for (String name : HARMLESS) {
            session.file(DEVICES + "/" + name, 0666, "");
        }
        session.directory(DEVICES + "/shm", 01777);
        if (messages) {
            session.directory(DEVICES + "/mqueue", 01777);
        }
        session.link(DEVICES + "/fd", "/proc/self/fd");
        session.link(DEVICES + "/stdin", "/proc/self/fd/0");
        session.link(DEVICES + "/stdout", "/proc/self/fd/1");
        session.link(DEVICES + "/stderr", "/proc/self/fd/2");
        if (terminals) {
            session.directory(DEVICES + "/pts", 0755);
            session.link(DEVICES + "/ptmx", "pts/ptmx");
        }
        if (!points.addSession(new Mount(DEVICES, "/dev", "noexec", Need.DEFAULT))) {
            return;
        }
        for (String name : HARMLESS) {
            points.add(new Mount("/dev/" + name, "/dev/" + name, "noexec", Need.DEFAULT));
        }
        points.addNew("tmpfs", "/dev/shm", "nodev", List.of("mode=1777"));
        if (terminals) {
            points.addNew("devpts", "/dev/pts", "noexec", List.of("newinstance", "ptmxmode=0666", "mode=0620"));
        }
        if (messages) {
            points.addNew("mqueue", "/dev/mqueue", "nodev,noexec", List.of());
        }
        if (host.terminal().isPresent()) {
            points.add(new Mount(host.terminal().get(), "/dev/console", "noexec", Need.QUIET));
        }
    }
}
