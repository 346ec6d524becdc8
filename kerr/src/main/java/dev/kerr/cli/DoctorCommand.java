package dev.kerr.cli;

import dev.kerr.config.Config;
import dev.kerr.container.Host;
import dev.kerr.container.Overlay;
import dev.kerr.container.SubIdLacks;
import dev.kerr.gpu.GpuMounts;
import dev.kerr.gpu.Gpus;
import dev.kerr.linux.Inputs;
import dev.kerr.linux.Lack;
import dev.kerr.linux.MountTable;
import dev.kerr.linux.UserNamespaces;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// `doctor`: tries what each capability needs, and names what mends it.
final class DoctorCommand {
    private final Session session;
    private boolean launches = true;

    DoctorCommand(Session session) {
        this.session = session;
    }

    /// @return success if this host can launch containers, whatever else it lacks
    int run() throws UserException, IOException {
        Config config = session.config();
        Host host = Host.probe(config, session.variables(), session.directories());
        session.out().println("Containers without privilege, step by step:");
        kernel();
        session.out().println();
        session.out().println("Images:");
        images(config, host);
        session.out().println();
        session.out().println("Overlays:");
        overlays(config, host);
        session.out().println();
        session.out().println("Graphics processors:");
        gpus(config, host);
        session.out().println();
        session.out().println("Networks:");
        networks(config, host);
        session.out().println();
        session.out().println("Root in containers:");
        root(config, host);
        session.out().println();
        session.out().println("Building:");
        building(config);
        session.out().println();
        session.out().println("This program:");
        installation();
        return launches ? ExitStatus.SUCCESS : ExitStatus.FATAL;
    }

    private void kernel() throws IOException {
        var process = new ProcessBuilder(session.directories().program().toString(), "--check")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        report.lines().forEach(line -> session.out().println("  " + line));
        var settings = new UserNamespaces(Path.of("/proc/sys"));
        for (Lack lack : settings.forbidden()) {
            report(false, lack.what(), lack.remedy());
        }
        for (Lack lack : settings.restricted()) {
            report(false, lack.what(), lack.remedy());
        }
        launches = report.contains("This host can run containers without privilege.");
    }

    private void images(Config config, Host host) {
        boolean served = Files.isExecutable(Path.of(host.facilities().squashfsServer()));
        boolean kernelMounts = host.facilities().kernelSquashfs();
        report(
                served,
                "images are served to ordinary users: " + host.facilities().squashfsServer(),
                "install Kerr again: the program is not there");
        report(
                !host.credentials().mayMount() || kernelMounts,
                "the kernel mounts images for root",
                "modprobe squashfs; modprobe loop; root has them served until then");
        launches &= served || kernelMounts;
        session.log().debug("programs are looked for in " + String.join(":", config.programs()));
    }

    private void overlays(Config config, Host host) throws IOException {
        String[][] rows = {
            {"mkfs.ext3", "makes overlays in files", "e2fsprogs"},
            {"fuse2fs", "serves overlays in files to ordinary users", "fuse2fs (e2fsprogs on older distributions)"},
            {"fuse-overlayfs", "lays overlays over images where the kernel cannot", "fuse-overlayfs"},
        };
        for (String[] row : rows) {
            var program = Host.program(config, row[0]);
            report(
                    program.isPresent(),
                    row[0] + " " + row[1] + program.map(path -> ": " + path).orElse(""),
                    "install the package " + row[2]);
        }
        var mounts = MountTable.current();
        for (String directory : List.of(host.account().home(), host.workingDirectory())) {
            String type = mounts.typeOf(directory).orElse("");
            report(
                    Overlay.isWritableOn(type),
                    "overlay directories can be written to in " + directory + " (" + type + ")",
                    "an overlay in a file: kerr overlay create");
        }
    }

    /// Facts: a host without graphics processors lacks nothing.
    private void gpus(Config config, Host host) throws UserException, IOException {
        var processors = new LaunchGpus(session, config, new Inputs());
        for (boolean nvidia : new boolean[] {true, false}) {
            var found = processors.ofHost(nvidia, host);
            String maker = nvidia ? "NVIDIA: --nv" : "AMD: --rocm";
            if (found.libraries().isEmpty()) {
                fact("no driver of " + maker + " has nothing to bind");
                continue;
            }
            var devices = new StringBuilder();
            for (GpuMounts.Device device : found.devices()) {
                devices.append(' ').append(device.hostPath());
            }
            fact(maker + " binds " + found.libraries().size() + " names of libraries, "
                    + found.files().size() + " files and programs, and shows"
                    + (devices.isEmpty() ? " no device" : devices));
        }
        fact(Host.program(config, "nvidia-container-cli")
                .map(path -> "--nvccli asks " + path)
                .orElse("no nvidia-container-cli: --nvccli cannot be used"));
        var devices = Gpus.cdiDevices(Path.of("/"), Gpus.CDI_DIRECTORIES);
        fact(
                devices.isEmpty()
                        ? "no CDI files in /etc/cdi and /var/run/cdi: --device knows no devices"
                        : "--device knows " + String.join(", ", devices));
    }

    private void networks(Config config, Host host) throws IOException {
        String[][] rows = {
            {"pasta", "passt"}, {"slirp4netns", "slirp4netns"},
        };
        for (String[] row : rows) {
            var program = Host.program(config, row[0]);
            report(
                    program.isPresent(),
                    row[0] + " connects containers of ordinary users"
                            + program.map(path -> ": " + path).orElse(""),
                    "install the package " + row[1]);
        }
        var tunnel = Path.of("/dev/net/tun");
        report(
                Files.isWritable(tunnel),
                tunnel + " is open to this user, which both need",
                "modprobe tun; chmod 0666 " + tunnel);
        var plugins = new LaunchNetwork(session, config).networks(host).pluginDirectory();
        fact(plugins.map(directory -> "plugins of CNI make root's networks: " + directory)
                .orElse("no plugins of CNI: root has the networks of an ordinary user (package"
                        + " containernetworking-plugins)"));
    }

    private void fact(String text) {
        session.out().println("  -       " + text);
    }

    /// Root without sub-ids is one id alone: that is little, but works.
    private void root(Config config, Host host) throws UserException, IOException {
        if (host.credentials().mayMount()) {
            fact("root is root itself: --fakeroot needs nothing");
            return;
        }
        var lacks = SubIdLacks.of(host, config);
        for (Lack lack : lacks) {
            report(false, lack.what(), lack.remedy());
        }
        if (lacks.isEmpty() && host.facilities().subIds().isPresent()) {
            var ids = host.facilities().subIds().get();
            report(
                    true,
                    "--fakeroot has sub-ids: " + ids.users().text() + "; groups "
                            + ids.groups().text(),
                    "");
        } else {
            fact("--fakeroot and builds have one id: changes of owner report success and do nothing");
        }
        for (Lack lack : SubIdLacks.overlaps(host)) {
            report(false, lack.what(), lack.remedy());
        }
    }

    private void building(Config config) {
        report(
                Host.program(config, "debootstrap").isPresent(),
                "debootstrap bootstraps Debian and Ubuntu",
                "install the package debootstrap");
        fact(
                Host.program(config, "mmdebstrap").isPresent()
                        ? "mmdebstrap bootstraps Debian 12 and later, in a third of the time"
                        : "there is no mmdebstrap: bootstraps of Debian 12 and later take three times as long");
    }

    private void installation() {
        Path library = session.directories().prefix().resolve("lib/kerr");
        report(
                List.of("launch.aot", "containers.aot", "kerr.aot").stream()
                        .allMatch(name -> Files.isReadable(library.resolve(name))),
                "the ahead-of-time caches are there: launches start fast",
                "build and install Kerr again; make says why if it cannot train them");
    }

    private void report(boolean good, String what, String remedy) {
        session.out().println((good ? "  ok      " : "  LACKS   ") + what);
        if (!good) {
            session.out().println("          remedy: " + remedy);
        }
    }
}
