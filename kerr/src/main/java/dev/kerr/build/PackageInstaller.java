package dev.kerr.build;

import dev.kerr.deffile.Bootstrap;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Installs a distribution into an empty root file system, by the programs that the host has for it.
///
/// Each runs as root, real or mapped, in the namespaces of a step of a build: what it mounts and starts ends there.
final class PackageInstaller {
    private static final List<String> LEFT_OUT = List.of("openssl", "udev", "debconf-i18n", "e2fsprogs");

    private static final String SCRIPT = "install-packages.sh";

    private final HostCommands host;
    private final BuildDirectory directory;
    private final Log log;

    PackageInstaller(HostCommands host, BuildDirectory directory, Log log) {
        this.host = host;
        this.directory = directory;
        this.log = log;
    }

    /// Debian and its relatives: by mmdebstrap, which takes a third of the time, where it makes the same of it.
    void install(Bootstrap.Debootstrap debootstrap, Path rootfs) throws IOException, UserException {
        Optional<String> lack = Mmdebstrap.lack(debootstrap, host);
        if (lack.isEmpty()) {
            log.info("Installing " + debootstrap.suite() + " with mmdebstrap");
            List<String> arguments = new ArrayList<>(List.of(shims("mount").toString(), rootfs.toString()));
            arguments.addAll(Mmdebstrap.arguments(debootstrap, LEFT_OUT, rootfs));
            mustSucceed("mmdebstrap", host.script("mmdebstrap.sh", arguments));
            return;
        }
        require("debootstrap", "debootstrap");
        log.info("Installing " + debootstrap.suite() + " with debootstrap");
        log.verbose("mmdebstrap, which is faster, is not used: " + lack.get());
        List<String> arguments = new ArrayList<>(List.of(
                shims("mknod").toString(),
                rootfs.toString(),
                "--variant=minbase",
                "--exclude=" + String.join(",", LEFT_OUT)));
        if (!debootstrap.packages().isEmpty()) {
            arguments.add("--include=" + String.join(",", debootstrap.packages()));
        }
        arguments.addAll(List.of(debootstrap.suite(), rootfs.toString()));
        if (!debootstrap.mirror().isEmpty()) {
            arguments.add(debootstrap.mirror());
        }
        mustSucceed("debootstrap", host.script("debootstrap.sh", arguments));
    }

    /// Fedora, Enterprise Linux and what is made of it.
    void install(Bootstrap.Dnf dnf, Path rootfs) throws IOException, UserException {
        String program = host.has("dnf") ? "dnf" : "yum";
        require(program, "dnf");
        require("rpm", "rpm");
        log.info("Installing from " + dnf.mirror() + " with " + program);
        Path work = directory.newDirectory("dnf");
        Path configuration = Files.writeString(work.resolve("dnf.conf"), RepositoryText.ofDnf(dnf));
        List<String> arguments = new ArrayList<>(List.of(
                work.toString(),
                rootfs.toString(),
                program,
                "--noplugins",
                "-c",
                configuration.toString(),
                "--installroot=" + rootfs,
                "-y"));
        if (!dnf.release().isEmpty()) {
            arguments.add("--releasever=" + dnf.release());
        }
        dnf.options().forEach(option -> arguments.add("--setopt=" + option));
        arguments.addAll(List.of("install", "/etc/redhat-release", "coreutils"));
        arguments.addAll(dnf.packages());
        mustSucceed(program, host.script(SCRIPT, arguments));
    }

    /// openSUSE and SUSE Linux Enterprise.
    void install(Bootstrap.Zypper zypper, Path rootfs) throws IOException, UserException {
        require("zypper", "zypper");
        require("rpm", "rpm");
        Path work = directory.newDirectory("zypper");
        if (zypper.registration().isPresent()) {
            register(zypper, zypper.registration().get(), work, rootfs);
        }
        List<String> program = new ArrayList<>(
                List.of(work.toString(), rootfs.toString(), "zypper", "--root", rootfs.toString(), "-n"));
        program.add("--gpg-auto-import-keys");
        if (!zypper.release().isEmpty()) {
            program.addAll(List.of("--releasever", zypper.release()));
        }
        int number = 0;
        for (String repository : zypper.repositories()) {
            log.info("Adding the repository " + repository);
            var add = new ArrayList<>(program);
            add.addAll(List.of("addrepo", "--no-gpgcheck", repository, "repo-" + number));
            mustSucceed("zypper", host.script(SCRIPT, add));
            number++;
        }
        log.info("Installing with zypper");
        var install = new ArrayList<>(program);
        install.addAll(List.of("install", "--auto-agree-with-licenses", "--download", "in-advance", "aaa_base"));
        install.addAll(zypper.packages());
        mustSucceed("zypper", host.script(SCRIPT, install));
    }

    private void register(Bootstrap.Zypper zypper, Bootstrap.Registration registration, Path work, Path rootfs)
            throws IOException, UserException {
        require("SUSEConnect", "suseconnect-ng");
        String machine =
                "/" + zypper.release() + "/" + System.getProperty("os.arch").replace("amd64", "x86_64");
        log.info("Registering " + registration.product());
        var arguments = new ArrayList<>(List.of(work.toString(), rootfs.toString(), "SUSEConnect"));
        arguments.addAll(List.of("--root", rootfs.toString(), "--product", registration.product() + machine));
        arguments.addAll(List.of("--email", registration.user(), "--regcode", registration.code()));
        if (!registration.url().isEmpty()) {
            arguments.addAll(List.of("--url", registration.url()));
        }
        if (!registration.key().isEmpty()) {
            var key = List.of(work.toString(), rootfs.toString(), "rpm", "--root", rootfs.toString(), "--import");
            var importKey = new ArrayList<>(key);
            importKey.add(registration.key());
            mustSucceed("rpm --import", host.script(SCRIPT, importKey));
        }
        mustSucceed("SUSEConnect", host.script(SCRIPT, arguments));
        for (String module : registration.modules()) {
            var add = List.of(work.toString(), rootfs.toString(), "SUSEConnect", "--root", rootfs.toString());
            var addModule = new ArrayList<>(add);
            addModule.addAll(List.of("--product", module + machine));
            mustSucceed("SUSEConnect", host.script(SCRIPT, addModule));
        }
    }

    /// Arch Linux. `pacstrap` would do no more than call pacman so, in mounts that only real root may have.
    void install(Bootstrap.Arch arch, Path rootfs) throws IOException, UserException {
        require("pacman", "pacman-package-manager");
        Path work = directory.newDirectory("pacman");
        Path configuration = work.resolve("pacman.conf");
        if (arch.configuration().isEmpty()) {
            Files.writeString(configuration, RepositoryText.ofPacman());
        } else {
            download(arch.configuration(), configuration);
        }
        log.info("Installing Arch Linux with pacman");
        List<String> directories = List.of("etc", "run", "var/cache/pacman/pkg", "var/lib/pacman", "var/log");
        var make = new ArrayList<>(List.of("mkdir", "-p", "--"));
        directories.forEach(name -> make.add(rootfs + "/" + name));
        mustSucceed("mkdir", host.run(make));
        List<String> arguments = new ArrayList<>(List.of(work.toString(), rootfs.toString(), "pacman", "-r"));
        arguments.addAll(List.of(rootfs.toString(), "--config", configuration.toString(), "--noconfirm"));
        arguments.addAll(List.of("--cachedir", rootfs + "/var/cache/pacman/pkg", "-Sy", "base"));
        arguments.addAll(arch.packages());
        mustSucceed("pacman", host.script(SCRIPT, arguments));
    }

    /// One static program that is all of a small system.
    void install(Bootstrap.Busybox busybox, Path rootfs) throws IOException, UserException {
        log.info("Fetching " + busybox.url());
        Path program = directory.newPath("busybox");
        download(busybox.url(), program);
        host.mustRun("lay out busybox", "busybox.sh", List.of(program.toString(), rootfs.toString()));
        int status =
                host.runner().inContainer(rootfs, List.of("/bin/busybox", "--install", "/bin"), host.environment());
        mustSucceed("busybox --install", status);
    }

    private void download(String url, Path file) throws IOException, UserException {
        if (host.has("curl")) {
            mustSucceed("curl", host.run(List.of("curl", "-fsSL", "-o", file.toString(), "--", url)));
            return;
        }
        require("wget", "curl");
        mustSucceed("wget", host.run(List.of("wget", "-q", "-O", file.toString(), "--", url)));
    }

    /// A directory with a program that stands in for the host's; see the scripts.
    private Path shims(String program) throws IOException {
        Path shims = directory.newDirectory("shims");
        Path file = Files.writeString(shims.resolve(program), Texts.of("shims/" + program));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return shims;
    }

    private void require(String program, String aptPackage) throws UserException {
        if (!host.has(program)) {
            throw new UserException(
                    program + " is not installed on this machine", "as root: apt-get install " + aptPackage);
        }
    }

    private static void mustSucceed(String program, int status) throws UserException {
        if (status != 0) {
            throw new UserException(program + " failed: exit status " + status);
        }
    }
}
