package dev.kerr.container;

import dev.kerr.gpu.GpuMounts;
import dev.kerr.log.UserException;
import dev.kerr.seccomp.Abi;
import dev.kerr.seccomp.RootEmulation;
import java.util.Map;

/// Root that has one id and is taken for root with all of them: [RootEmulation], and what programs need that look
/// whether a change of their ids has been made.
///
/// apt fetches files as another user, and stops if it has not become that user: so it is told to stay root. Its
/// settings are in a file of the session where images have an empty directory, and a variable names that file; nothing
/// is mounted on files of the image, which apt may be about to replace.
///
/// **Source:** apt.conf(5): APT_CONFIG, APT::Sandbox::User.
final class EmulatedRoot {
    private static final String SESSION = GpuMounts.LIBRARIES.substring(GpuMounts.LIBRARIES.lastIndexOf('/'));
    private static final String FILE = "/apt.conf";
    private static final String SETTINGS = "APT::Sandbox::User \"root\";\n";

    private final MountPoints points;

    EmulatedRoot(MountPoints points) {
        this.points = points;
    }

    /// Whether it can be had on a machine.
    static boolean isKnownOn(Host host) {
        return Abi.ofMachine(host.architecture().goName()).isPresent();
    }

    /// The filter of system calls.
    static Op.Seccomp filter(Host host) throws UserException {
        Abi machine = Abi.ofMachine(host.architecture().goName())
                .orElseThrow(() -> new UserException(
                        "root cannot be emulated on " + host.architecture().goName(),
                        "--ignore-fakeroot-command does without"));
        return new Op.Seccomp(RootEmulation.text(machine));
    }

    /// Plans the mount of apt's settings in an image that has apt; behind the libraries of graphics processors, which
    /// go into the same directory.
    void add() throws UserException {
        if (points.resolved("/etc/apt").flatMap(found -> found.node()).isEmpty()) {
            return;
        }
        points.session().directory(SESSION, 0755);
        points.session().file(SESSION + FILE, 0644, SETTINGS);
        points.addSession(new MountPoints.Mount(SESSION, GpuMounts.LIBRARIES, "ro,nodev", MountPoints.Need.DEFAULT));
    }

    /// What the payload's environment has.
    Map<String, String> variables() {
        boolean there = points.resolved(GpuMounts.LIBRARIES + FILE)
                .flatMap(found -> found.node())
                .isPresent();
        return there ? Map.of("APT_CONFIG", GpuMounts.LIBRARIES + FILE) : Map.of();
    }
}
